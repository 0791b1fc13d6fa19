"""``mediatypes export``: the dashboard of some runs as one file."""

from __future__ import annotations

from pathlib import Path

import click

from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find

__all__ = ["command"]

_MEGABYTE = 1_000_000
_DEFAULT_MEGABYTES = 50.0


@click.command("export")
@click.argument("runs", nargs=-1, required=True, metavar="RUN…")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@dir_option
@click.option(
    "--max-mb",
    default=_DEFAULT_MEGABYTES,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Room for media files; what does not fit is left out, the oldest first.",
)
@click.option("--force", is_flag=True, help="Replace OUT if it is there.")
def command(
    runs: tuple[str, ...], out: Path, folder: str, max_mb: float, *, force: bool
) -> None:
    """Write the dashboard of RUN… into OUT, one HTML file.

    It opens from disk, and asks nothing of any network.
    """
    from mediatypes.viewer.bundle import bundle
    from mediatypes.viewer.catalogue import Catalogue

    paths: list[Path] = []
    for text in runs:
        reader = find(text, folder)
        paths.append(reader.dir)
        reader.close()
    if out.exists() and not force:
        msg = f"{out} is there already. Pass --force to replace it."
        raise click.UsageError(msg)
    catalogue = Catalogue.of(paths)
    catalogue.poll()
    made = bundle(catalogue, most_bytes=round(max_mb * _MEGABYTE))
    out.write_text(made.html, encoding="utf-8")
    size = size_text(out.stat().st_size)
    items = plural(made.kept, "media item")
    click.echo(f"{safe(str(out), 400)}: {plural(len(paths), 'run')}, {items}, {size}")
    if made.left_out:
        rest = plural(made.left_out, "media item")
        click.echo(f"left out, beyond --max-mb {max_mb:g}: {rest}")
