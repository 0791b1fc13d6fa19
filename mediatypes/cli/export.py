"""``mediatypes export``: the dashboard of some runs, as one file or as a folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find

__all__ = ["command"]

_MEGABYTE = 1_000_000
_DEFAULT_MEGABYTES = 50.0
_PAGES = (".html", ".htm")
_MADE = ("data", "media")


@click.command("export")
@click.argument("runs", nargs=-1, required=True, metavar="RUN…")
@click.argument("out")
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
    runs: tuple[str, ...], out: str, folder: str, max_mb: float, *, force: bool
) -> None:
    """Write the dashboard of RUN… into OUT: a file OUT.html, or a folder OUT.

    It opens from disk, and asks nothing of any network. In a folder, media are files
    beside the page.
    """
    from mediatypes.viewer.bundle import bundle, unfold
    from mediatypes.viewer.catalogue import Catalogue

    paths: list[Path] = []
    for text in runs:
        reader = find(text, folder)
        paths.append(reader.dir)
        reader.close()
    target, room = Path(out), round(max_mb * _MEGABYTE)
    is_folder = _is_folder(out)
    _make_room(target, is_folder=is_folder, force=force)
    catalogue = Catalogue.of(paths)
    catalogue.poll()
    if is_folder:
        target.mkdir(parents=True, exist_ok=True)
        made = unfold(catalogue, target, most_bytes=room)
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    else:
        made = bundle(catalogue, most_bytes=room)
        target.write_text(made.html, encoding="utf-8")
        size = target.stat().st_size
    items, size_words = plural(made.kept, "media item"), size_text(size)
    where = safe(str(target / "index.html" if is_folder else target), 400)
    click.echo(f"{where}: {plural(len(paths), 'run')}, {items}, {size_words}")
    if made.left_out:
        rest = plural(made.left_out, "media item")
        click.echo(f"left out, beyond --max-mb {max_mb:g}: {rest}")


def _is_folder(out: str) -> bool:
    if out.endswith(("/", os.sep)) or Path(out).is_dir():
        return True
    return Path(out).suffix.lower() not in _PAGES


def _make_room(target: Path, *, is_folder: bool, force: bool) -> None:
    """Refuse what is in the way, or remove what an earlier export has left."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not force:
        msg = f"{target} is there already. Pass --force to replace it."
        raise click.UsageError(msg)
    if not is_folder:
        return
    if not (target / "data" / "answers.js").is_file():
        msg = f"{target} is no earlier export, so it is not replaced. Pass another."
        raise click.UsageError(msg)
    for name in _MADE:
        shutil.rmtree(target / name, ignore_errors=True)
