"""The suffixes that outputs may have, known before what writes them is loaded."""

from __future__ import annotations

from typing import Final

#: Of findings, as `zoning.show.files` writes them.
SUFFIXES: Final = (".geojson", ".gpkg", ".xlsx", ".csv", ".parquet")
#: Of an opinion on a review.
OPINION: Final = (".docx", ".pdf", ".html")
