"""Plugins: sources of pages, exporters and archives, found by entry points.

This module has what a plugin needs: its protocols, the errors that it may raise, and the vessel frame. The values that
it receives are documented in `profilex.types`.
"""

from profilex.errors import Code, PageError, RunError
from profilex.export.columns.properties import section_properties, vessel_properties
from profilex.export.frame.metric_bar import MetricBar, metric_bar
from profilex.export.frame.vessel_frame import PlacedVessel, place_vessel
from profilex.files import write_atomic
from profilex.images import whole_scan
from profilex.plugins.archiving import LoadedArchive, load_archive, package_problems, push_package
from profilex.plugins.delivery import PageDelivery, load_deliveries
from profilex.plugins.exporting import LoadedExporter, export_with, load_exporter
from profilex.plugins.fetching import Fetched, fetch_scans, preview_scans
from profilex.plugins.options import parse_settings
from profilex.plugins.packages import Package, read_package
from profilex.plugins.protocols import COLLECTION, PAGE, Archive, Exporter, Option, Options, Problem, Receipt, Source
from profilex.plugins.registry import GROUPS, Plugin, find_plugin, installed
from profilex.types import MissingScan

__all__ = [
    "COLLECTION",
    "GROUPS",
    "PAGE",
    "Archive",
    "Code",
    "Exporter",
    "Fetched",
    "LoadedArchive",
    "LoadedExporter",
    "MetricBar",
    "MissingScan",
    "Option",
    "Options",
    "Package",
    "PageDelivery",
    "PageError",
    "PlacedVessel",
    "Plugin",
    "Problem",
    "Receipt",
    "RunError",
    "Source",
    "export_with",
    "fetch_scans",
    "find_plugin",
    "installed",
    "load_archive",
    "load_deliveries",
    "load_exporter",
    "metric_bar",
    "package_problems",
    "parse_settings",
    "place_vessel",
    "preview_scans",
    "push_package",
    "read_package",
    "section_properties",
    "vessel_properties",
    "whole_scan",
    "write_atomic",
]
