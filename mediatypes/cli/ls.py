"""``mediatypes ls``: the runs in a folder."""

from __future__ import annotations

import json
from typing import Any

import click

from mediatypes._core.terminal import safe
from mediatypes.cli.choice import dir_option
from mediatypes.errors import MediaTypesError
from mediatypes.reader import open_run, runs

__all__ = ["command"]


@click.command("ls")
@click.argument("folder_argument", metavar="[DIR]", required=False)
@dir_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run and line.")
def command(folder_argument: str | None, folder: str, *, as_json: bool) -> None:
    """List the runs in DIR, the oldest first."""
    found = [_facts(path) for path in runs(folder_argument or folder).paths]
    if as_json:
        for facts in found:
            click.echo(json.dumps(facts))
        return
    if not found:
        click.echo(f"no runs in {safe(folder_argument or folder)}")
        return
    widths = {"name": 28, "state": 9, "steps": 7, "media": 7, "created": 25}
    click.echo(
        "  ".join(f"{name:<{width}}" for name, width in widths.items()) + "  dir"
    )
    for facts in found:
        cells = (f"{safe(str(facts[n]), w):<{w}}" for n, w in widths.items())
        click.echo("  ".join(cells) + f"  {safe(facts['dir'], 400)}")


def _facts(path: Any) -> dict[str, Any]:
    names = ("name", "id", "state", "steps", "media", "created")
    facts: dict[str, Any] = dict.fromkeys(names, "")
    facts |= {"name": path.name, "state": "damaged", "dir": str(path)}
    try:
        run = open_run(path)
    except (MediaTypesError, OSError):
        return facts
    steps = run.history()
    facts |= {
        "name": run.name,
        "id": run.id,
        "state": run.state,
        "steps": len(steps),
        "media": run.media_count,
        "created": run.created,
    }
    run.close()
    return facts
