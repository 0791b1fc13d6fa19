"""The command line: each command is one module, loaded when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from mediatypes._core.terminal import safe
from mediatypes._core.version import __version__
from mediatypes.errors import MediaTypesError

__all__ = ["COMMANDS", "main"]

COMMANDS: Final = (
    *("demo", "init", "ls", "show", "view", "export", "verify"),
    *("recover", "repair", "gc", "compact", "sync"),
)
"""Names of all commands, and of their modules."""

_WRONG_CALL: Final = 1
_INTERRUPTED: Final = 130


class _Commands(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(
            f"mediatypes.cli.{cmd_name}"
        ).command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mediatypes")
def group() -> None:
    """Look at and check the run folders that mediatypes writes.

    Exit codes: 0 well, 1 wrong call or unreadable folder, 2 damage found.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        code = group.main(args=arguments, prog_name="mediatypes", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return _WRONG_CALL
    except (click.Abort, KeyboardInterrupt):
        click.echo("mediatypes: interrupted", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        return _WRONG_CALL
    except (MediaTypesError, OSError) as error:
        click.echo(f"mediatypes: {safe(str(error), 1000)}", err=True)
        return _WRONG_CALL
    return code if isinstance(code, int) else 0
