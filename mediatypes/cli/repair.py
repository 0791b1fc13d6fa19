"""``mediatypes repair``: what is damaged is moved aside and named."""

from __future__ import annotations

import json

import click

from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.cli.choice import dir_option, find_folder
from mediatypes.cli.verify import say_finding
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.living import check_ended
from mediatypes.store.repair import Plan, apply, plan

__all__ = ["command"]

_DAMAGE = 2


@click.command("repair")
@click.argument("run")
@dir_option
@click.option("--apply", "is_applied", is_flag=True, help="Do it, not only say it.")
@click.option("--force", is_flag=True, help="Also a run that may be written still.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    run: str, folder: str, *, is_applied: bool, force: bool, as_json: bool
) -> int:
    """Mend RUN, a folder, name or id; without --apply, say what that would do.

    Nothing is deleted: what is damaged goes to the folder quarantine, and a record says
    what it was. Exits with 2 if something is still to be done or cannot be mended.
    """
    opened = Folder(find_folder(run, folder))
    collected = Collected(opened)
    check_ended(collected, force=force)
    planned = plan(collected)
    if is_applied and not planned.is_empty:
        apply(opened, planned)
    if as_json:
        click.echo(json.dumps(_facts(planned, is_applied=is_applied)))
    else:
        _say(planned, is_applied=is_applied)
    is_open = bool(planned.steps) and not is_applied
    return _DAMAGE if is_open or planned.left else 0


def _facts(planned: Plan, *, is_applied: bool) -> dict[str, object]:
    return {
        "applied": is_applied,
        "steps": [step._asdict() for step in planned.steps],
        "derived": sorted(planned.derived),
        "left": [finding._asdict() for finding in planned.left],
    }


def _say(planned: Plan, *, is_applied: bool) -> None:
    for step in planned.steps:
        place, text = safe(step.where, 300), safe(step.text, 300)
        kept = f", kept as {safe(step.kept, 300)}" if step.kept else ""
        click.echo(f"{step.word}: {place}: {text}{kept}")
    for name in planned.derived:
        click.echo(f"derived: {name}: is made anew from the record")
    for finding in planned.left:
        click.echo("cannot be mended: ", nl=False)
        say_finding(finding)
    if planned.is_empty:
        click.echo("nothing to mend")
        return
    count = plural(len(planned.steps) + len(planned.derived), "step")
    click.echo(f"done: {count}" if is_applied else f"{count}; --apply does them")
