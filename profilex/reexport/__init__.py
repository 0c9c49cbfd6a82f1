"""From an output folder of `profilex batch` to other files, without segmenting again.

`read_profiles` turns the records and every page.geojson back into values; `export_profiles` writes them in another
format, `write_report` as one page of HTML, and `write_crate` describes the folder as an RO-Crate.
"""

from profilex.export.formats import FORMATS, Wanted
from profilex.reexport.corrections import Misfit, misfits, refresh_table
from profilex.reexport.crate import Described, write_crate
from profilex.reexport.folder import Profiles, Spoilt, read_profiles, standing_page
from profilex.reexport.formats import Exported, export_profiles, refuse_own_place
from profilex.reexport.overview import write_report
from profilex.reexport.reading import page_result

__all__ = [
    "FORMATS",
    "Described",
    "Exported",
    "Misfit",
    "Profiles",
    "Spoilt",
    "Wanted",
    "export_profiles",
    "misfits",
    "page_result",
    "read_profiles",
    "refresh_table",
    "refuse_own_place",
    "standing_page",
    "write_crate",
    "write_report",
]
