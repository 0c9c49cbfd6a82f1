"""Files of a whole collection: workbook, outlines for morphometrics, annotations for detectors, one GeoPackage."""
