"""Findings as a table with geometries: one row a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoning.base.settings import CRS
from zoning.messages import Lang
from zoning.model import Report
from zoning.show.columns import DTYPES, UNITS, columns
from zoning.show.receipt import receipt

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame


def frame_of(table: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a frame with columns of stated types, also where there is no row."""
    import pandas as pd

    told = {n: pd.Series([row[n] for row in table], dtype=kind) for n, kind in types.items()}
    return pd.DataFrame(told)


def to_frame(report: Report, lang: Lang) -> GeoDataFrame:
    """Return the findings as a frame, one row each.

    Parameters
    ----------
    report : Report
        The finished review.
    lang : {"zh", "en"}
        Language of the texts; column names are the same in both.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4490, with the columns and types of `DTYPES`. The geometry is the overlap where
        there is one, else the site; ``geometry_of`` says which.
        ``.attrs["units"]`` names the unit of each figure, ``.attrs["provenance"]`` what is needed
        to make the frame again.
    """
    import pandas as pd
    from geopandas import GeoDataFrame

    found = columns(report, lang)
    told = {name: pd.Series(found[name], dtype=kind) for name, kind in DTYPES.items()}
    frame = GeoDataFrame(told, geometry=found.geometry, crs=CRS)
    frame.attrs["units"] = dict(UNITS)
    frame.attrs["provenance"] = provenance(report, lang)
    return frame


def provenance(report: Report, lang: Lang) -> dict[str, str]:
    """Return what is needed to make the report again, as flat text values."""
    found = {
        "tool": f"zoning {report.tool_version}",
        "catalogue_sha256": report.catalogue_sha256,
        "as_of": report.as_of.isoformat(),
    }
    names = [record.name for record in report.inputs]
    for at, record in enumerate(report.inputs):
        # Files of the same name from two folders are two inputs.
        key = record.name if record.name not in names[:at] else f"{record.name} ({at + 1})"
        found[f"input:{key}"] = record.sha256
        found[f"receipt:{key}"] = receipt(record, lang)
        if record.accepted is not None:
            found[f"accepted:{key}"] = record.accepted
    for layer in report.layers:
        found[f"layer:{layer.id}"] = layer.sha256 or layer.state
    return found
