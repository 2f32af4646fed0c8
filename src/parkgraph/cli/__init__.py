"""The command line."""

import sys
from typing import NoReturn

import typer
from rich.markup import escape

from parkgraph.cli.commands import Commands
from parkgraph.cli.common import ERR
from parkgraph.cli.problems import is_mendable

app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


@app.callback()
def parkgraph() -> None:
    """One GraphQL graph over every parking network and every private yard."""


def main() -> None:
    """Run the command line; a problem that an operator can mend is one sentence, and exit code 1."""
    try:
        app()
    except OSError as problem:
        _fail(f"{problem.filename or 'the output'}: {problem.strerror}")
    except Exception as problem:
        if not is_mendable(problem):
            raise
        _fail(str(problem))


def _fail(sentence: str) -> NoReturn:
    ERR.print(f"[red]parkgraph:[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    sys.exit(1)
