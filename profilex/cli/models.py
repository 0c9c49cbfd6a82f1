"""`profilex models`: which models there are, what their cards say, and whether their bytes are right."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

Name = Annotated[str | None, typer.Argument(metavar="MODEL", help="Name or folder; the shipped model by default.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    models = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The networks that profilex can use.")
    models.command("list")(list_)
    models.command("show")(show)
    models.command("verify")(verify)
    app.add_typer(models, name="models")


def list_(as_json: AsJson = False) -> None:
    """List the models that are installed, by name and folder."""
    from profilex.model import list_models

    found = [str(model) for model in list_models()]
    typer.echo(json.dumps(found) if as_json else "\n".join(found))


def show(model: Name = None) -> None:
    """Show a model's card: architecture, training, metrics, digest."""
    from profilex.model import find_model, verify_model

    typer.echo(json.dumps(asdict(verify_model(find_model(model))), indent=2, default=str))


def verify(model: Name = None) -> None:
    """Check a model's weights against the digest on its card; exit status 7 when they differ."""
    from profilex.model import find_model, verify_model

    card = verify_model(find_model(model))
    typer.echo(f"ok  {card.name}  sha256 {card.digest}")
