"""iDAI.field for profilex: an exporter that writes its import package, and an archive that pushes one."""

__version__ = "0.1.0"
