"""The options of a run; the settings that decide on its outputs are in `profilex.settings`."""

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from profilex.settings import Settings
from profilex.types import MissingScan, ModelCard, Network, Record


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model by name or path, and the module that finds, verifies and loads it.

    `provider` is the dotted name of a module with `find_model`, `verify_model` and `load_segmenter`, like
    `profilex.model`; only tests use another one. It is a name, not a module, because it is sent to workers.
    """

    model: str | None = None
    device: str = "auto"
    provider: str = "profilex.model"

    def card(self) -> ModelCard:
        """Verify the model's files without loading the network.

        Raises:
            RunError: the model is missing or its bytes do not match its card.
        """
        module = self._module()
        return module.verify_model(module.find_model(self.model))

    def load(self, threads: int) -> Network:
        """The network, ready to process pages with `threads` threads.

        Raises:
            RunError: as `card`.
        """
        return self._module().load_segmenter(self.model, device=self.device, threads=threads)

    def _module(self) -> Any:
        return importlib.import_module(self.provider)


class Delivery(Protocol):
    """A receiver of finished pages; `profilex.plugins.PageDelivery` is one."""

    @property
    def name(self) -> str: ...

    def deliver(self, record: Record) -> bool:
        """Deliver a finished page, unless it was delivered before; return whether it was delivered now.

        Raises:
            PageError: the delivery failed; the next run tries again.
        """
        ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """A batch: what to read, where to write, and how.

    `workers` None sizes a local pool to the machine, 0 does the pages in this process. `scheduler` is the address of
    a running dask scheduler. `memory_limit` is that of one worker, in dask's notation ("4GB"). `max_failures` is the
    share (0..1) of failed pages above which the run stops. `recycle_pages` is the number of pages after which a worker
    is replaced by a fresh one. `deliveries` receive every finished page at the end of the run. `missing` are scans that
    a source could not fetch: each is recorded as a failed page.
    """

    inputs: tuple[Path, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    model: ModelChoice = field(default_factory=ModelChoice)
    workers: int | None = None
    memory_limit: str | None = None
    scheduler: str | None = None
    page_timeout_s: float = 600.0
    startup_timeout_s: float = 180.0
    recycle_pages: int = 1000
    retry_failed: bool = False
    force: bool = False
    verify: bool = False
    allow_empty: bool = False
    max_failures: float = 1.0
    limit: int | None = None
    deliveries: tuple[Delivery, ...] = ()
    missing: tuple[MissingScan, ...] = ()
