"""`profilex review`: look at vessels in the browser, accept, reject and mend them."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("review")(review)


def review(  # one parameter an option: Typer reads them from the signature
    context: typer.Context,
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    scans: Annotated[
        list[Path] | None, typer.Option("--scans", help="The scans, as profilex batch was given them; repeatable.")
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Who decides; your login name by default.")
    ] = None,
    orcid: Annotated[str, typer.Option("--orcid", help="The reviewer's ORCID.")] = "",
    model: Annotated[
        str | None, typer.Option("--model", help="The model of the magic tool; the shipped one by default.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 is any free port.")] = 0,
    host: Annotated[
        str, typer.Option("--host", help="The address to serve on. Another than this is open to the network.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Review the vessels of PROFILES in the browser, without a network.

    Each decision is one line of PROFILES/corrections.jsonl and is on the disk before the page says so. The files of
    profilex batch stay as they are; export, report and the table follow the decisions. Ctrl+C ends the server.

    Exit status: 0 it was ended; 2, 4 and 5 as for profilex batch.
    """
    import webbrowser

    from profilex.decisions import Person
    from profilex.errors import Code, RunError
    from profilex.review import Collection, Serving, serve
    from profilex.review.growing import Grower
    from profilex.review.scans import Scans
    from profilex.run.options import ModelChoice
    from profilex.run.progress import escaped

    choice = ModelChoice(model) if context.obj is None else ModelChoice(model, provider=context.obj)
    collection = Collection(profiles, Person(reviewer or getpass.getuser(), orcid))
    for notice in collection.log.notices:
        print(escaped(notice), file=sys.stderr)

    def started(address: str) -> None:
        print(f"Review at {address}\nCtrl+C ends it.", file=sys.stderr, flush=True)
        if browser:
            webbrowser.open(address)

    serving = Serving(collection, Scans(scans or []), Grower(lambda: choice.load(0)))
    try:
        serve(serving, host=host, port=port, started=started)
    except OSError as error:
        raise RunError(
            Code.USAGE, f"{host}, port {port}: cannot be served on ({error.strerror}).", "Choose another --port."
        ) from error
