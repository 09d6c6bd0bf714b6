"""Bounds that no honest file reaches and that keep a hostile one from doing harm."""

from __future__ import annotations

from typing import Final

#: Characters of one attribute value; the rest is cut off, with a notice.
MAX_TEXT: Final = 10_000
#: Attribute columns of one layer.
MAX_FIELDS: Final = 2_000
#: Nesting of GeometryCollections.
MAX_NESTING: Final = 32
#: Bytes of one file inside an archive, and of all that are taken out of it.
MAX_UNPACKED: Final = 4 * 1024**3
#: Unpacked / packed bytes beyond which an archive larger than SMALL is refused. Deflate reaches
#: at most 1032; text coordinates reach 3 to 20.
MAX_RATIO: Final = 200
SMALL: Final = 64 * 1024**2
#: Entries of an archive.
MAX_MEMBERS: Final = 10_000
#: Bytes of a file that is parsed as a whole in Python (GeoJSON, KML, tables).
MAX_PARSED: Final = 1024**3
#: Vertices and rings of a layer. At 5 million vertices in 1 million rings reading takes 2 GB.
MAX_VERTICES: Final = 50_000_000
MAX_RINGS: Final = 5_000_000
#: Vertices and rings of one site, which every layer is measured against: benchmarks/README.md tells
#: what a review takes at a million holes.
MAX_SITE_VERTICES: Final = 6_000_000
MAX_SITE_RINGS: Final = 1_100_000
#: Repair is not tried on polygons with more vertices than this: it may take minutes.
MAX_REPAIR_VERTICES: Final = 2_000_000
#: Bytes of a drawing, all of whose entities are held at once.
MAX_DRAWING: Final = 256 * 1024**2
#: Cells of a worksheet that hold something; a cell takes some 100 bytes.
MAX_CELLS: Final = 5_000_000
