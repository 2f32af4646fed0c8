"""`parkgraph schema`."""

from pathlib import Path
from typing import Annotated

import typer

from parkgraph.api import schema
from parkgraph.cli.common import group

app = group("The GraphQL schema.")


@app.command("export")
def schema_export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without, to standard output.")] = None,
) -> None:
    """Write the schema as SDL."""
    if file:
        file.write_text(schema.export(), encoding="utf-8")
    else:
        typer.echo(schema.export(), nl=False)
