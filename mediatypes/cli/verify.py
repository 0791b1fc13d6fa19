"""``mediatypes verify``: a run folder against its own record."""

from __future__ import annotations

import json

import click

from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

__all__ = ["command"]

_DAMAGE = 2


@click.command("verify")
@click.argument("run")
@dir_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(run: str, folder: str, *, as_json: bool) -> int:
    """Check every record and every media file of RUN, a folder, name or id.

    Exits with 2 if anything is damaged or lost, and names it.
    """
    path = find_folder(run, folder)
    report = verify(Folder(path))
    if as_json:
        found = [finding._asdict() for finding in report.findings]
        totals = {
            "files": report.files,
            "bytes": report.bytes,
            "records": report.records,
        }
        text = json.dumps({"damaged": report.is_damaged, **totals, "findings": found})
        click.echo(text)
    else:
        for finding in report.findings:
            place, what = safe(finding.where, 300), safe(finding.text, 300)
            click.echo(f"{finding.severity}: {finding.id}: {place}: {what}")
        state = "damaged" if report.is_damaged else "well"
        counts = (
            f"{plural(report.records, 'record')} and {plural(report.files, 'file')}"
        )
        size = f"{plural(report.bytes, 'byte')} ({size_text(report.bytes)})"
        click.echo(f"{state}: checked {counts}, {size}")
    return _DAMAGE if report.is_damaged else 0
