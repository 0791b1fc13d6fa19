"""``mediatypes view``: the dashboard."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediatypes._core.terminal import safe
from mediatypes.cli.choice import default_dir

if TYPE_CHECKING:
    from mediatypes.viewer.catalogue import Catalogue

__all__ = ["command"]


@click.command("view")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Port to listen on; 0 for any that is free (default: 8765, or the next free).",
)
@click.option("--no-open", is_flag=True, help="Print the link, and open no browser.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A further name by which a browser may call this server; for a proxy.",
)
def command(
    folder: str | None, port: int | None, allow_host: tuple[str, ...], *, no_open: bool
) -> None:
    """Show the runs in DIR, or the one run DIR, in a browser.

    The server listens on this machine only, and only reads. Whoever has the link that
    it prints can see the runs.
    """
    from mediatypes.viewer.app import build
    from mediatypes.viewer.cache import Cache, default_folder
    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.guard import LOOPBACK
    from mediatypes.viewer.links import Links
    from mediatypes.viewer.serve import link, listen, run, tunnel

    catalogue = Catalogue(Path(folder or default_dir()), Cache(default_folder()))
    links = Links()
    listening = listen(port)
    address = link(listening, links.token)
    catalogue.start()
    click.echo(f"{_what(catalogue)}\n\n  {address}\n")
    click.echo(f"From another machine, first:  {tunnel(listening)}")
    click.echo("Ctrl-C ends it.")
    if not no_open:
        webbrowser.open(address)
    run(build(catalogue, links, hosts=(*LOOPBACK, *allow_host)), listening)


def _what(catalogue: Catalogue) -> str:
    where = safe(str(catalogue.root), 400)
    if catalogue.is_single:
        return f"The run {where}"
    count = len(catalogue.all())
    if not count:
        return f"No runs yet in {where}; they appear on the page as they start"
    return f"{count:,} {'run' if count == 1 else 'runs'} in {where}"
