"""``mediatypes sync``: a word to those who look for a server."""

from __future__ import annotations

import click

from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option
from mediatypes.reader import runs

__all__ = ["command"]


@click.command("sync")
@click.argument("folder_argument", metavar="[DIR]", required=False)
@dir_option
def command(folder_argument: str | None, folder: str) -> None:
    """Say that the runs in DIR need not be sent anywhere.

    A run is whole in its folder; copy the folder to have it elsewhere.
    """
    place = folder_argument or folder
    found = plural(len(runs(place).paths), "run")
    click.echo(
        f"{found} in {safe(place)}, and nothing to send: each is whole in its folder. "
        "Copy the folder to have it elsewhere."
    )
