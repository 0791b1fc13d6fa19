"""``mediatypes compact``: derived files, made anew from the record."""

from __future__ import annotations

import click

from mediatypes._core.names import writer_name
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected, read_info
from mediatypes.store.compact import compact, outdated
from mediatypes.store.living import check_ended

__all__ = ["command"]


@click.command("compact")
@click.argument("run")
@dir_option
@click.option("--force", is_flag=True, help="Also a run that may be written still.")
def command(run: str, folder: str, *, force: bool) -> None:
    """Write the manifest, summary and config of RUN anew where they are missing or old.

    A run that finished has them; one that was killed has not.
    """
    opened = Folder(find_folder(run, folder))
    read_info(opened)
    collected = Collected(opened)
    check_ended(collected, force=force)
    texts = outdated(collected)
    compact(opened, writer_name(), texts)
    for name in texts:
        click.echo(f"{name}: made anew from the record")
    if not texts:
        click.echo("nothing to do")
