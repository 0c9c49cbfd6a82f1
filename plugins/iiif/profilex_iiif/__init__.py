"""IIIF for profilex: a source that takes the pages of a manifest, and exporters that write Web Annotations."""

__version__ = "0.1.0"
