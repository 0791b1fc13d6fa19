"""``mediatypes verify``: a run folder against its own record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from mediatypes.store.findings import Finding, Report

__all__ = ["command", "say_finding"]

_DAMAGE = 2


@click.command("verify")
@click.argument("run")
@dir_option
@click.option("--quick", "level", flag_value="quick", help="Sizes of media files only.")
@click.option(
    "--full",
    "level",
    flag_value="full",
    default=True,
    help="Digests of all media files (the default).",
)
@click.option(
    "--deep",
    "level",
    flag_value="deep",
    help="And decode each media item, in a process with limits.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(run: str, folder: str, level: str, *, as_json: bool) -> int:
    """Check every record and every media file of RUN, a folder, name or id.

    Exits with 2 if anything is damaged or lost, and names it.
    """
    opened = Folder(find_folder(run, folder))
    report = verify(opened, is_quick=level == "quick")
    if level == "deep":
        from mediatypes.reader.decoding import undecodable

        for path, text in undecodable(opened):
            report.add("media-decode", path, text)
    if as_json:
        click.echo(json.dumps(_facts(report, level)))
    else:
        for finding in report.findings:
            say_finding(finding)
        click.echo(_total(report))
    return _DAMAGE if report.is_damaged else 0


def say_finding(finding: Finding) -> None:
    """Print a finding in one line, safe for the terminal."""
    place, what = safe(finding.where, 300), safe(finding.text, 300)
    click.echo(f"{finding.severity}: {finding.id}: {place}: {what}")


def _facts(report: Report, level: str) -> dict[str, object]:
    return {
        "damaged": report.is_damaged,
        "level": level,
        "files": report.files,
        "bytes": report.bytes,
        "records": report.records,
        "counts": report.counts,
        "findings": [finding._asdict() for finding in report.findings],
    }


def _total(report: Report) -> str:
    state = "damaged" if report.is_damaged else "well"
    counts = f"{plural(report.records, 'record')} and {plural(report.files, 'file')}"
    size = f"{plural(report.bytes, 'byte')} ({size_text(report.bytes)})"
    return f"{state}: checked {counts}, {size}"
