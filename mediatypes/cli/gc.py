"""``mediatypes gc``: files that nothing needs any more."""

from __future__ import annotations

import json

import click

from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.gc import garbage

__all__ = ["command"]


@click.command("gc")
@click.argument("run")
@dir_option
@click.option("--apply", "is_applied", is_flag=True, help="Delete them.")
@click.option(
    "--min-age",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Younger files stay (default: an hour in tmp/, a day in media/).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    run: str, folder: str, *, is_applied: bool, min_age: float | None, as_json: bool
) -> None:
    """List what ended writers left in RUN that no record names; --apply deletes it."""
    opened = Folder(find_folder(run, folder))
    found = garbage(Collected(opened), min_age_seconds=min_age)
    if is_applied:
        for item in found:
            opened.remove(item.path)
    if as_json:
        files = [item._asdict() for item in found]
        click.echo(json.dumps({"applied": is_applied, "files": files}))
        return
    for item in found:
        click.echo(f"{safe(item.path, 300)}: {item.text}, {size_text(item.size)}")
    total = size_text(sum(item.size for item in found))
    what = "deleted" if is_applied else "to delete; --apply does it"
    count = plural(len(found), "file")
    click.echo(f"{count}, {total}: {what}" if found else "nothing to delete")
