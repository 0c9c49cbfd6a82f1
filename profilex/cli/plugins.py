"""`profilex plugins` and `profilex push`: the installed plugins, and the delivery of packages to archives."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from profilex.plugins import LoadedArchive, Plugin, Receipt

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An option of the archive; repeatable.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    plugins = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Sources, exporters and archives.")
    plugins.command("list")(list_)
    plugins.command("show")(show)
    app.add_typer(plugins, name="plugins")
    app.command("push")(push)


def list_(as_json: AsJson = False) -> None:
    """List the installed plugins: kind, name, package and its version; none is imported."""
    from profilex.plugins import installed

    if as_json:
        typer.echo(json.dumps([_facts(plugin) for plugin in installed()]))
        return
    rows = [(plugin.kind, plugin.name, f"{plugin.package} {plugin.version}") for plugin in installed()]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for kind, name, package in rows:
        typer.echo(f"{kind:<{widths[0]}}  {name:<{widths[1]}}  {package}")


def show(
    name: Annotated[str, typer.Argument(metavar="PLUGIN", help="Its name; all kinds with this name are shown.")],
    as_json: AsJson = False,
) -> None:
    """Import a plugin and show its options; exit status 9 if that fails."""
    from profilex.errors import Code, RunError
    from profilex.plugins import find_plugin, installed

    found = [find_plugin(plugin.kind, name) for plugin in installed() if plugin.name == name]
    if not found:
        raise RunError(Code.USAGE, f"there is no plugin {name!r}.", "See profilex plugins list.")
    shown = [_facts(plugin) | {"options": _options(plugin.load())} for plugin in found]
    if as_json:
        typer.echo(json.dumps(shown))
        return
    for plugin, facts in zip(found, shown, strict=True):
        typer.echo(str(plugin))
        for option in facts["options"]:
            default = "required" if option["required"] else f"default {option['default']!r}"
            typer.echo(f"  {option['name']}: {option['help']} ({default})")


def push(
    archive: Annotated[str, typer.Argument(metavar="ARCHIVE", help="Name of an archive plugin.")],
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A folder that profilex export wrote for it.")],
    set_: Settings = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the package, ask the archive, and change nothing there.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Deliver a package to an archive; a repetition after a failure creates nothing twice.

    Exit status: 0 the archive has all of it; 2 usage; 4 no complete package; 9 the package has problems, or the archive
    cannot be reached or refuses it.
    """
    from profilex.errors import Exit
    from profilex.plugins import load_archive, package_problems, parse_settings, push_package
    from profilex.run.progress import escaped

    loaded = load_archive(archive, parse_settings(set_ or []))
    problems = package_problems(loaded, package)
    for problem in problems:
        print(escaped(f"problem: {problem}"), file=sys.stderr)
    if problems:
        print(escaped(f"{len(problems)} problems; nothing was sent"), file=sys.stderr)
        return int(Exit.PLUGIN)
    _report(push_package(loaded, package, dry_run=dry_run), loaded, dry_run=dry_run, as_json=as_json)
    return int(Exit.OK)


def _report(receipt: "Receipt", loaded: "LoadedArchive", *, dry_run: bool, as_json: bool) -> None:
    from profilex.run.progress import escaped

    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, "counts": dict(receipt.counts), "notes": list(receipt.notes)}))
        return
    for note in receipt.notes:
        print(escaped(note), file=sys.stderr)
    counts = ", ".join(f"{count} {what}" for what, count in receipt.counts.items())
    print(escaped(f"{loaded.plugin.name}{' (dry run)' if dry_run else ''}: {counts}"), file=sys.stderr)


def _facts(plugin: "Plugin") -> dict[str, Any]:
    return {"kind": plugin.kind, "name": plugin.name, "package": plugin.package, "version": plugin.version}


def _options(loaded: Any) -> list[dict[str, Any]]:
    """The declared options; a source has none."""
    from dataclasses import asdict

    return [asdict(option) for option in getattr(loaded, "options", ())]
