"""``mediatypes init``: settings of the programs that run in this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mediatypes._core.defaults import FILE, read_settings

__all__ = ["command"]


@click.command("init")
@click.option("--project", help="What runs belong to.")
@click.option("--dir", metavar="DIR", help="Folder that holds runs.")
@click.option(
    "--mode", type=click.Choice(["offline", "disabled"]), help="Whether to keep runs."
)
@click.option("--group", help="What runs have in common.")
@click.option("--job-type", help="What runs do.")
@click.option("--tag", "tags", multiple=True, help="Label; may be given several times.")
def command(**options: Any) -> None:
    """Write the settings of this folder to mediatypes.toml.

    `init()` uses them where neither an argument nor the environment says otherwise.
    Settings that are there and not named stay.
    """
    given = {name: value for name, value in options.items() if value}
    settings = read_settings() | given
    lines = [f"{name} = {_toml(value)}\n" for name, value in settings.items()]
    Path(FILE).write_text("".join(lines), encoding="utf-8")
    click.echo(f"{FILE}\n\n{''.join(lines) or '(no settings)'}")


def _toml(value: Any) -> str:
    """Return text or a list of texts as TOML, which has JSON's strings."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
