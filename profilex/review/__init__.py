"""A page in the browser on which people check vessels, decide about them and correct them; see `docs/review.md`."""

from profilex.review.collection import Collection
from profilex.review.server import Serving, serve

__all__ = ["Collection", "Serving", "serve"]
