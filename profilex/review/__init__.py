"""A page in the browser on which people look at vessels, decide about them and mend them; see `docs/review.md`."""

from profilex.review.collection import Collection
from profilex.review.server import Serving, serve

__all__ = ["Collection", "Serving", "serve"]
