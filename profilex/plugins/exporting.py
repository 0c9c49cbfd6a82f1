"""Finished pages in a plugin's format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from profilex.errors import Code, PageError, RunError
from profilex.files import OutputLock
from profilex.plugins.options import settle
from profilex.plugins.packages import safe_name, write_package
from profilex.plugins.protocols import COLLECTION, PAGE, Exporter, Options
from profilex.plugins.registry import Plugin, calling, find_plugin
from profilex.reexport import Exported, Profiles, Spoilt, refuse_own_place
from profilex.types import PageResult


@dataclass(frozen=True, slots=True)
class LoadedExporter:
    """An exporter that was imported, with the values of its options."""

    plugin: Plugin
    exporter: Exporter
    options: Options

    def page_files(self, page: PageResult) -> list[tuple[str, bytes]]:
        """The files of one page, by an exporter with scope "page".

        Raises:
            PageError: whatever the plugin raised, or an unsafe name.
        """
        try:
            with calling(self.plugin):
                files = list(self.exporter.files([page], self.options))
        except RunError as error:  # of this page; others may succeed
            raise PageError(error.code, error.message, error.remedy) from error
        return [(safe_name(name, self.plugin), data) for name, data in files]


def load_exporter(name: str, given: Options) -> LoadedExporter:
    """Import an exporter and resolve its options.

    Raises:
        RunError: there is no such exporter, it cannot be imported, or an option does not fit.
    """
    plugin = find_plugin("exporter", name)
    exporter = plugin.load()
    if exporter.scope not in (PAGE, COLLECTION):
        raise RunError(Code.PLUGIN, f"the {plugin} has the scope {exporter.scope!r}.", "Tell its makers.")
    return LoadedExporter(plugin, exporter, settle(name, exporter.options, given))


def export_with(loaded: LoadedExporter, profiles: Profiles, out: Path) -> Exported:
    """Write all finished pages with a plugin as a package in `out`; files of single pages lie in the pages' folders.

    Pages that cannot be read, or that the plugin cannot write, are counted and the others go on.

    Raises:
        RunError: the plugin failed on the collection; `out` is where batch keeps its own files, is held by another
            process or cannot be written.
    """
    refuse_own_place(profiles.folder, out)
    exported = Exported(failed=len(profiles.failed), torn=len(profiles.torn))
    exported.messages += [f"{record}: cannot be read; its page is left out." for record in profiles.torn]
    exported.messages += profiles.problems
    pages = _readable(profiles, exported)
    with OutputLock(out), calling(loaded.plugin):
        if loaded.exporter.scope == COLLECTION:
            contents: Iterable[tuple[str, bytes]] = loaded.exporter.files(_counted(pages, exported), loaded.options)
        else:
            contents = _page_by_page(loaded, pages, exported)
        exported.files = len(write_package(out, loaded.plugin, contents).files)
    return exported


def _readable(profiles: Profiles, exported: Exported) -> Iterator[PageResult]:
    for page in profiles.pages():
        if isinstance(page, Spoilt):
            exported.leave_out(page.message)
        else:
            yield page


def _counted(pages: Iterable[PageResult], exported: Exported) -> Iterator[PageResult]:
    for page in pages:
        exported.pages += 1
        exported.vessels += len(page.vessels)
        yield page


def _page_by_page(
    loaded: LoadedExporter, pages: Iterable[PageResult], exported: Exported
) -> Iterator[tuple[str, bytes]]:
    for page in pages:
        try:
            files = loaded.page_files(page)
        except PageError as error:
            exported.leave_out(f"pages/{page.ref.folder}: {error}")
            continue
        exported.pages += 1
        exported.vessels += len(page.vessels)
        for name, data in files:
            yield f"{page.ref.folder}/{name}", data
