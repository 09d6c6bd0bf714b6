"""Vector land use by unit: areas as stated, and ellipsoidal adjusted to the control area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
import shapely

from zoning.base.errors import UsageError, problem
from zoning.base.geodesy import areas as polygon_areas
from zoning.base.units import M2_PER_HA, M2_PER_KM2
from zoning.messages import Text, message
from zoning.stats.figures import Column, Figures, Note, Table, quality_columns, unit_columns
from zoning.stats.overlapping import overlap_notes, overlap_table, overlapping
from zoning.stats.patches import Patches
from zoning.stats.specs import Category, Scheme
from zoning.stats.survey import Survey
from zoning.stats.tables import forest_definitions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Measure = Literal["stated", "adjusted"]
#: Ground of a unit that must be covered before areas are adjusted to the unit's own area.
_WHOLE: Final = 0.98
#: Share of a unit's ground that may be counted twice; with more, no verdict is drawn.
_TWICE: Final = 0.001
CATEGORIES: Final[tuple[Category, ...]] = (
    "cropland", "garden", "forest_land", "grassland", "wetland", "water", "construction",
    "other_farm", "unused",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of classes by unit.

    Attributes
    ----------
    classes : DataFrame
        ``unit``, ``class``, ``stated_m2``, ``ellipsoidal_m2``, ``adjusted_m2``.
    sums : DataFrame
        By ``unit``: ``stated_m2``, ``ellipsoidal_m2``, ``adjusted_m2``, ``control_m2`` (NaN if
        unknown), ``unit_m2``, ``overlap_m2`` (ground counted more than once).
    survey : Survey
    notes : tuple of Note
    pairs : DataFrame
        Patches that overlap, see :func:`zoning.stats.overlapping.overlapping`.
    """

    classes: pd.DataFrame
    sums: pd.DataFrame
    survey: Survey
    notes: tuple[Note, ...]
    pairs: pd.DataFrame

    @property
    def tables(self) -> tuple[Table, ...]:
        """Areas of the classes, and the patches that overlap if any do."""
        found = (class_table(self),)
        return found if self.pairs.empty else (*found, overlap_table(self.pairs))

    @property
    def doubted(self) -> dict[str, list[str]]:
        """Fact that keeps verdicts back where much ground is counted twice."""
        much = (self.sums["overlap_m2"] > _TWICE * self.sums["ellipsoidal_m2"]).any()
        return {"doubted": ["landcover"]} if much else {}

    def like_zonal(self, measure: Measure) -> pd.DataFrame:
        """Return the areas in the form of :func:`zoning.zonal.zonal_areas`."""
        frame = self.classes[["unit", "class"]].copy()
        frame["area_m2"] = self.classes[f"{measure}_m2"].to_numpy(float)
        whole = self.sums[f"{measure}_m2"].where(self.sums["ellipsoidal_m2"] > 0.0)
        share = np.minimum(self.sums["ellipsoidal_m2"] / self.sums["unit_m2"], 1.0)
        # Patches that fill the unit to within its border's accuracy are the whole of it.
        full = share >= _WHOLE
        size = self.sums["unit_m2"].where(~full, whole)
        bare = pd.DataFrame({"unit": self.sums.index[whole.isna()], "class": pd.NA,
                             "area_m2": 0.0})  # fmt: skip
        frame = pd.concat([frame, bare], ignore_index=True) if len(bare) else frame
        frame["class"] = frame["class"].astype("Int64")
        frame["unit_area_m2"] = frame["unit"].map(size.fillna(self.sums["unit_m2"]))
        frame["coverage_share"] = frame["unit"].map(share.where(~full, 1.0).fillna(0.0))
        frame["low_coverage"] = frame["coverage_share"] < 0.99
        order = {unit: at for at, unit in enumerate(self.sums.index)}
        at = frame["unit"].map(order).to_numpy()
        return frame.iloc[np.lexsort((frame["class"].fillna(-1), at))].reset_index(drop=True)


def gather(parts: Sequence[Patches], units: GeoDataFrame, control: Mapping[str, float]) -> Areas:
    """Sum the patches of all files by unit and class.

    Parameters
    ----------
    parts : sequence of Patches
        One a file; all of one edition.
    units : GeoDataFrame
        ``unit``, ``name``, polygons in EPSG:4490.
    control : mapping
        Control area of units in m²; the unit's own area where it is covered to 98 % and has none.

    Raises
    ------
    UsageError
        Files of different editions.
    """
    editions = {p.survey.scheme.id: p.survey for p in parts}
    if len(editions) > 1:
        raise UsageError(problem("epochs-differ", key="epochs-differ.editions",
                                 editions=sorted(editions)))  # fmt: skip
    frame = pd.concat([p.frame.assign(file=at) for at, p in enumerate(parts)], ignore_index=True)
    notes = [note for p in parts for note in p.notes]
    placed, how = _placed(frame, units)
    notes.append(Note("method", message(f"land-use.{how}")))
    keys = ["unit", "class"]
    areas = ["stated_m2", "ellipsoidal_m2"]
    classes = placed.groupby(keys, as_index=False)[areas].sum(min_count=1)
    sums = classes.groupby("unit")[areas].sum(min_count=1).reindex(units["unit"])
    sums["ellipsoidal_m2"] = sums["ellipsoidal_m2"].fillna(0.0)
    sums["unit_m2"] = polygon_areas(units.geometry.to_numpy())
    covered = sums["ellipsoidal_m2"] / sums["unit_m2"]
    own = sums["unit_m2"].where((covered >= _WHOLE) & (covered <= 2.0 - _WHOLE))
    given = pd.Series(control, dtype=float).reindex(sums.index)
    sums["control_m2"] = given.fillna(own)
    factor = (sums["control_m2"] / sums["ellipsoidal_m2"]).where(sums["ellipsoidal_m2"] > 0.0)
    classes["adjusted_m2"] = classes["ellipsoidal_m2"] * classes["unit"].map(factor.fillna(1.0))
    sums["adjusted_m2"] = sums["ellipsoidal_m2"] * factor.fillna(1.0)
    pairs = overlapping(parts, placed.groupby(["file", "patch"])["unit"].first())
    twice = pairs.groupby("unit")["area_m2"].sum()
    sums["overlap_m2"] = twice.reindex(sums.index).fillna(0.0)
    notes += overlap_notes(pairs)
    over = sorted(sums.index[covered > 1.02])
    if over:
        notes.append(Note("warning", message("land-use.more-than-unit", units=over[:5])))
    return Areas(classes, sums, next(iter(editions.values())), tuple(notes), pairs)


def _placed(frame: pd.DataFrame, units: GeoDataFrame) -> tuple[pd.DataFrame, str]:
    """Give each patch its unit: by the county code it carries, else by where it lies."""
    known = set(units["unit"])
    if len(frame) and frame["place"].isin(known).all():
        return frame.assign(unit=frame["place"]), "by-code"
    shapes, polygons = frame["shape"].to_numpy(), units.geometry.to_numpy()
    which, unit = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    inside = shapely.covers(polygons[unit], shapes[which])
    share = np.ones(which.size)
    cut = np.flatnonzero(~inside)
    if cut.size:
        whole = polygon_areas(shapes[which[cut]])
        part = polygon_areas(shapely.intersection(shapes[which[cut]], polygons[unit[cut]]))
        share[cut] = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)
    found = frame.iloc[which].assign(unit=units["unit"].to_numpy()[unit])
    for column in ("stated_m2", "ellipsoidal_m2"):
        found[column] = found[column].to_numpy(float) * share
    return found[share > 0.0], "by-place"


def land_use_columns() -> tuple[Column, ...]:
    """Return the columns of ``land-use``."""
    ha = tuple(Column(f"{c}_ha", message(f"land-use.categories.{c.replace('_', '-')}"), "ha", 2)
               for c in CATEGORIES)  # fmt: skip
    return (
        *unit_columns(),
        *ha,
        Column("forest_cover_pct", message("forest.forest-cover"), "%", 2),
        Column("forest_grass_pct", message("land-use.forest-grass"), "%", 2),
        Column("stated_ha", message("land-use.stated"), "ha", 2),
        Column("ellipsoidal_ha", message("land-use.ellipsoidal"), "ha", 2),
        Column("control_ha", message("land-use.control"), "ha", 2),
        Column("difference_pct", message("land-use.difference"), "%", 3),
        Column("overlap_ha", message("land-use.overlap"), "ha", 2),
        Column("gap_ha", message("land-use.gap"), "ha", 2),
        *quality_columns(),
    )


AREA_COLUMNS: Final = (
    Column("unit", message("forest.code")),
    Column("class", message("forest.class")),
    Column("class_name", message("forest.class-name")),
    Column("stated_ha", message("land-use.stated"), "ha", 2),
    Column("adjusted_ha", message("land-use.adjusted"), "ha", 2),
    Column("difference_ha", message("land-use.difference"), "ha", 2),
)


def land_use(areas: Areas, units: GeoDataFrame, measure: Measure, facts: dict[str, Any],
             caliber: str) -> Figures:  # fmt: skip
    """Report areas by category, forest cover and the share of forest and grass.

    Parameters
    ----------
    areas : Areas
    units : GeoDataFrame
    measure : {"stated", "adjusted"}
        Which areas the figures are made of; the other total stands beside them.
    facts : dict
        Where the patches come from.
    caliber : str
        Of forest cover.
    """
    zonal = areas.like_zonal(measure)
    known, what = areas.survey.scheme.by_code(), forest_definitions().caliber(caliber).id
    data = zonal[zonal["class"].notna()].copy()
    data["category"] = [areas.survey.categories.get(int(c)) for c in data["class"]]
    data["forest"] = data["area_m2"] * [
        known[c].weights(what)[0] if c in known else 0.0 for c in data["class"].astype(int)
    ]
    wide = data.pivot_table(index="unit", columns="category", values="area_m2", aggfunc="sum")
    wide = wide.reindex(index=areas.sums.index, columns=list(CATEGORIES)).fillna(0.0)
    each = zonal.drop_duplicates("unit").set_index("unit")
    land = data.groupby("unit")["area_m2"].sum().reindex(areas.sums.index)
    frame = units[["unit", "name", "geometry"]].copy()
    row = areas.sums.reindex(units["unit"])
    frame["land_area_km2"] = row["unit_m2"].to_numpy() / M2_PER_KM2
    bare = land.isna().to_numpy()
    for category in CATEGORIES:
        frame[f"{category}_ha"] = np.where(bare, np.nan, wide[category].to_numpy() / M2_PER_HA)
    forest = data.groupby("unit")["forest"].sum().reindex(areas.sums.index)
    frame["forest_cover_pct"] = (100.0 * forest / land).to_numpy()
    both = wide["forest_land"] + wide["grassland"]
    frame["forest_grass_pct"] = (100.0 * both / land).to_numpy()
    for name in ("stated", "ellipsoidal", "control"):
        frame[f"{name}_ha"] = row[f"{name}_m2"].to_numpy() / M2_PER_HA
    frame["difference_pct"] = (
        100.0 * (row["stated_m2"] / row["adjusted_m2"].where(row["adjusted_m2"] > 0.0) - 1.0)
    ).to_numpy()
    frame["overlap_ha"] = row["overlap_m2"].to_numpy() / M2_PER_HA
    # What no patch covers; less than nothing where patches reach beyond the control area.
    frame["gap_ha"] = frame["control_ha"] - frame["ellipsoidal_ha"] + frame["overlap_ha"]
    frame["coverage_share"] = each["coverage_share"].reindex(units["unit"]).to_numpy()
    frame["low_coverage"] = each["low_coverage"].reindex(units["unit"]).to_numpy()
    columns = land_use_columns()
    return Figures(
        topic="land-use",
        title=message("land-use.title"),
        columns=columns,
        frame=frame[[*(c.name for c in columns), "geometry"]],
        notes=(*areas.notes, *edition_notes(areas.survey.scheme, measure)),
        tables=areas.tables,
        facts={**facts, "edition": areas.survey.scheme.id, "areas": measure, "caliber": caliber,
               "embedded": False, **areas.doubted},
    )  # fmt: skip


def edition_notes(edition: Scheme, measure: Measure) -> list[Note]:
    """Return what must be said of the edition and of the areas."""
    return [
        Note("source", message("land-use.edition", name=edition.name, source=edition.source)),
        Note("method", message(f"land-use.{measure}-areas")),
        Note("caliber", message("land-use.forest-grass-caliber")),
    ]


def class_table(areas: Areas) -> Table:
    """Return the areas of each class, as stated and as adjusted, with the difference."""
    names, data = areas.survey.scheme.by_code(), areas.classes
    stated, adjusted = (data[f"{m}_m2"].to_numpy(float) / M2_PER_HA for m in ("stated", "adjusted"))
    frame = pd.DataFrame(
        {
            "unit": data["unit"].to_numpy(),
            "class": [areas.survey.code(c) if c in names else "—" for c in data["class"]],
            "class_name": [Text(names[c].zh, names[c].en) if c in names
                           else message("forest.legend") for c in data["class"]],
            "stated_ha": stated,
            "adjusted_ha": adjusted,
            "difference_ha": stated - adjusted,
        }
    )  # fmt: skip
    return Table("areas", message("land-use.areas"), AREA_COLUMNS, frame)
