"""``mediatypes recover``: media that a killed run left in its spool."""

from __future__ import annotations

import click

from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.recorder.recover import recover
from mediatypes.store.beneath import Folder

__all__ = ["command"]

_DAMAGE = 2


@click.command("recover")
@click.argument("run")
@dir_option
@click.option(
    "--force",
    is_flag=True,
    help="Also of writers on other machines, which may still be alive.",
)
def command(run: str, folder: str, *, force: bool) -> int:
    """Write the media that RUN, a folder, name or id, had logged when it was killed.

    Exits with 2 if some of them are lost, and names them.
    """
    found = recover(Folder(find_folder(run, folder)), force=force)
    for text in found.lost:
        click.echo(f"lost: {safe(text, 300)}")
    for writer in found.living:
        click.echo(f"note: {writer} may still be writing, and was left alone")
    click.echo(f"recovered: {plural(found.items, 'media item')}")
    return _DAMAGE if found.lost else 0
