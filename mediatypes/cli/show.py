"""``mediatypes show``: what one run holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from mediatypes._core.arrays import is_sequence
from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find
from mediatypes.errors import MediaTypesError

if TYPE_CHECKING:
    from mediatypes.reader import RunReader
    from mediatypes.reader.run import KeyFacts

__all__ = ["command"]

_KEY: Final = 28
_VALUE: Final = 48


@click.command("show")
@click.argument("run")
@dir_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(run: str, folder: str, *, as_json: bool) -> None:
    """Show the settings, summary and keys of RUN, a folder, name or id."""
    reader = find(run, folder)
    if as_json:
        click.echo(json.dumps(_facts(reader)))
        return
    click.echo(f"{safe(reader.name)}  {reader.state}  {safe(str(reader.dir), 400)}")
    click.echo(f"id {safe(reader.id)}, created {safe(reader.created)}")
    for title in ("config", "summary"):
        values = _values(reader, title)
        if values:
            click.echo(f"\n{title}")
        for key, value in values.items():
            click.echo(f"  {safe(key, _KEY):<{_KEY}}  {safe(_short(value), _VALUE)}")
    click.echo("\nkeys")
    for fact in reader.key_facts():
        click.echo(f"  {safe(fact.key, _KEY):<{_KEY}}  {_line(fact)}")
    facts = reader.key_facts()
    total = sum(fact.size for fact in facts)
    items = sum(fact.items for fact in facts)
    steps = plural(len(reader.history()), "step")
    click.echo(f"\n{steps}, {plural(items, 'media item')}, {size_text(total)}")
    for text in reader.losses():
        click.echo(f"lost: {safe(text)}")


def _values(reader: RunReader, title: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = getattr(reader, title)
    except MediaTypesError as error:
        return {"(cannot be read)": str(error)}
    return values


def _line(fact: KeyFacts) -> str:
    steps = plural(fact.steps, "step")
    if not fact.items:
        return f"{fact.kind:<10} {steps}"
    odd = f", {fact.odd:,} with odd values" if fact.odd else ""
    items = plural(fact.items, "item")
    extent = f", latest {fact.extent}" if fact.extent else ""
    return f"{fact.kind:<10} {steps}, {items}, {size_text(fact.size)}{extent}{odd}"


def _short(value: Any) -> str:
    if is_sequence(value):
        return f"{len(value)} × {_short(value[0])}" if value else "[]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _facts(reader: RunReader) -> dict[str, Any]:
    return {
        "name": reader.name,
        "id": reader.id,
        "state": reader.state,
        "created": reader.created,
        "dir": str(reader.dir),
        "steps": len(reader.history()),
        "keys": [fact._asdict() for fact in reader.key_facts()],
        "lost": reader.losses(),
    }
