"""Patches of a land-use survey as delivered: codes, stated areas, field ridges, county codes.

The columns are those of the survey's data base (DLBM, TBMJ, TBDLMJ, KCDLBM, KCXS, KCMJ, ZLDWDM);
a user's own layer needs a column of codes only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.base.errors import Problem, UsageError, problem
from zoning.base.geodesy import areas as polygon_areas
from zoning.messages import Text, message
from zoning.stats.figures import Note
from zoning.stats.specs import Edition
from zoning.stats.survey import Survey
from zoning.stats.tables import land_survey

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
#: Columns by what they hold, the names that are looked for.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("DLBM", "地类编码", "YDYHFLDM"),
    "name": ("DLMC", "地类名称", "YDYHFLMC"),
    "stated": ("TBMJ", "图斑面积"),
    "net": ("TBDLMJ", "图斑地类面积"),
    "ridge_code": ("KCDLBM", "扣除地类编码"),
    "ridge_share": ("KCXS", "TKXS", "扣除地类系数"),
    "ridge": ("KCMJ", "扣除地类面积"),
    "place": ("ZLDWDM", "QSDWDM", "XZQDM", "坐落单位代码"),
}
_RIDGE: Final = "1203"
#: A legend fits if it has the codes of this share of the ground.
FITS: Final = 0.995
#: Areas stated twice may differ by this, m² (they are rounded to 0.01).
_ROUNDING: Final = 0.05


@dataclass(frozen=True, eq=False)
class Patches:
    """Ground of one class each, patch by patch; ridges within patches are rows of their own.

    Attributes
    ----------
    frame : DataFrame
        ``patch`` (row of the source), ``class`` (number in the edition's legend, -1 unknown),
        ``stated_m2`` (NaN where the source states none), ``ellipsoidal_m2``, ``place`` (six digits
        or ""), ``shape``.
    survey : Survey
    notes : tuple of Note
    file : str
        Where they come from.
    """

    frame: pd.DataFrame
    survey: Survey
    notes: tuple[Note, ...]
    file: str


def column_of(frame: GeoDataFrame, what: str, own: str | None = None) -> str | None:
    """Return the column of a frame that holds something, or None."""
    names = {str(c).upper(): str(c) for c in frame.columns}
    if own is not None:
        return own if own in frame.columns else names.get(own.upper())
    return next((names[n] for n in _COLUMNS[what] if n in names), None)


def codes_of(values: pd.Series) -> list[str]:
    """Return codes as text: upper case, no spaces, no decimals of numbers stored as reals."""
    found = []
    for value in values.tolist():
        missing = value is None or (isinstance(value, float) and np.isnan(value))
        whole = isinstance(value, float) and value.is_integer()
        found.append("" if missing else str(int(value) if whole else value).strip().upper())
    return found


def edition_of(codes: Sequence[str], weights: F8, wanted: str | None, file: str) -> Edition:
    """Return the edition that codes follow, weighted by area.

    Raises
    ------
    UsageError
        The edition wanted lacks codes, none has them, or several do and disagree.
    """
    editions = {e.id: e for e in land_survey().editions}
    shares = {name: _share(codes, weights, e) for name, e in editions.items()}
    fit = sorted((n for n in editions if shares[n] >= FITS), key=lambda n: -shares[n])
    if wanted is not None:
        if wanted not in editions:
            raise UsageError(_unknown_edition(wanted, list(editions), file))
        if shares[wanted] < FITS:
            raise UsageError(_misfit(wanted, codes, editions[wanted], fit, file))
        return editions[wanted]
    if not fit:
        best = max(shares, key=shares.__getitem__)
        raise UsageError(_misfit(best, codes, editions[best], [], file))
    # An edition that lacks a code of the file is no rival of one that has them all.
    equal = [n for n in fit if shares[n] >= shares[fit[0]] - 1e-12]
    rivals = [n for n in equal if not _alike(codes, editions[fit[0]], editions[n])]
    if rivals:
        raise UsageError(
            problem("legend-mismatch", file=file, field="scheme", key="legend-mismatch.editions",
                    fit=[fit[0], *rivals])
        )  # fmt: skip
    return editions[fit[0]]


def _share(codes: Sequence[str], weights: F8, edition: Edition) -> float:
    numbers = Survey.of(edition)
    known = np.array([numbers.of_code(code) >= 0 for code in codes])
    return float(weights[known].sum() / weights.sum()) if weights.sum() else 0.0


def _alike(codes: Sequence[str], one: Edition, other: Edition) -> bool:
    """Return whether two editions give the same use to every code present."""
    first, second = Survey.of(one), Survey.of(other)
    return all(first.use(code) == second.use(code) for code in set(codes))


def common_edition(frames: Sequence[tuple[str, GeoDataFrame]], field: str | None) -> str | None:
    """Return the edition that the codes of all files follow together, None without any codes."""
    codes: list[str] = []
    sizes = []
    for _, frame in frames:
        column = column_of(frame, "code", field)
        if column is None:
            return None  # Said of the file when it is read.
        codes += codes_of(frame[column])
        sizes.append(polygon_areas(frame.geometry.to_numpy()))
    names = ", ".join(name for name, _ in frames)
    return edition_of(codes, np.concatenate(sizes), None, names).id if codes else None


def read_patches(
    frame: GeoDataFrame,
    file: str,
    *,
    scheme: str | None = None,
    own: Survey | None = None,
    field: str | None = None,
) -> Patches:
    """Return the patches of one file.

    Parameters
    ----------
    frame : GeoDataFrame
        Polygons in EPSG:4490 with the columns of the survey.
    file : str
        Name for messages.
    scheme : str, optional
        Id of the edition; the one that fits if None.
    own : Survey, optional
        The user's legend, instead of an edition.
    field : str, optional
        Column of codes, if it has another name than the survey's.

    Raises
    ------
    UsageError
        No column of codes, or codes that no edition has.
    """
    column = column_of(frame, "code", field)
    if column is None:
        known = [str(c) for c in frame.columns if c != frame.geometry.name]
        raise UsageError(
            problem("column-missing", file=file, field=field or "DLBM",
                    key="column-missing.land-use", columns=known)
        )  # fmt: skip
    codes = codes_of(frame[column])
    true = polygon_areas(frame.geometry.to_numpy())
    numbers = own or Survey.of(edition_of(codes, true, scheme, file))
    stated, ridge, notes = _areas(frame, file, true)
    base = np.where(np.isfinite(stated), stated, true)
    share = np.divide(ridge, base, out=np.zeros_like(ridge), where=base > 0.0)
    main = pd.DataFrame(
        {
            "patch": np.arange(len(frame)),
            "class": [numbers.of_code(c) for c in codes],
            "stated_m2": stated - ridge,
            "ellipsoidal_m2": true * (1.0 - share),
            "place": _places(frame),
            "shape": frame.geometry.to_numpy(),
        }
    )
    inner = main[ridge > 0.0].copy()
    inner["stated_m2"] = np.where(np.isfinite(stated), ridge, np.nan)[ridge > 0.0]
    inner["ellipsoidal_m2"] = (true * share)[ridge > 0.0]
    inner["class"] = _ridge_classes(frame, numbers)[ridge > 0.0]
    unknown = sorted({c or "—" for c in codes if numbers.of_code(c) < 0})
    if unknown:
        told = message("patches.unknown", name=file, codes=unknown[:8])
        notes.append(Note("warning", told))
    return Patches(pd.concat([main, inner], ignore_index=True), numbers, tuple(notes), file)


def _areas(frame: GeoDataFrame, file: str, true: F8) -> tuple[F8, F8, list[Note]]:
    """Return m² stated for each patch, m² of ridges in it, and what does not add up."""
    whole, net, ridge, rate = (
        _numbers(frame, w) for w in ("stated", "net", "ridge", "ridge_share")
    )
    notes: list[Note] = []
    if whole is None:
        notes.append(Note("warning", message("patches.no-stated", name=file)))
        stated = np.full(len(frame), np.nan)
    else:
        stated = whole
    base = np.where(np.isfinite(stated), stated, true)
    if rate is not None and np.nanmax(rate, initial=0.0) > 1.0:
        rate = rate / 100.0  # Some deliveries give the share in per cent.
    if ridge is not None:
        taken = np.nan_to_num(ridge)
    elif whole is not None and net is not None:
        taken = np.nan_to_num(whole - net)
    else:
        taken = np.nan_to_num(rate) * base if rate is not None else np.zeros(len(frame))
    taken = np.clip(taken, 0.0, base)
    for known, other in ((net, base - taken), (None if rate is None else rate * base, taken)):
        if known is None:
            continue
        apart = np.abs(known - other)
        # The share is rounded to four digits, so that its product is.
        bad = int((apart > np.maximum(_ROUNDING, 1e-4 * base)).sum())
        if bad:
            told = message("patches.sums", name=file, count=bad, most=float(np.nanmax(apart)))
            notes.append(Note("warning", told))
    return stated, taken, notes


def _numbers(frame: GeoDataFrame, what: str) -> F8 | None:
    column = column_of(frame, what)
    if column is None:
        return None
    return np.asarray(pd.to_numeric(frame[column], errors="coerce"), float)


def _ridge_classes(frame: GeoDataFrame, numbers: Survey) -> I8:
    column = column_of(frame, "ridge_code")
    codes = codes_of(frame[column]) if column is not None else [""] * len(frame)
    return np.array([numbers.of_code(c) if c else numbers.of_code(_RIDGE) for c in codes], np.int64)


def _places(frame: GeoDataFrame) -> list[str]:
    column = column_of(frame, "place")
    if column is None:
        return [""] * len(frame)
    return [c[:6] if c[:6].isdigit() and len(c) >= 6 else "" for c in codes_of(frame[column])]


def _unknown_edition(name: str, known: list[str], file: str) -> Problem:
    return problem("bad-option", file=file, key="bad-option.pick", option="--scheme", name=name,
                   choices=known)  # fmt: skip


def _misfit(
    chosen: str, codes: Sequence[str], edition: Edition, fit: list[str], file: str
) -> Problem:
    numbers = Survey.of(edition)
    strange = sorted({c or "—" for c in codes if numbers.of_code(c) < 0})[:8]
    shown = Text(", ".join(strange), ", ".join(strange))
    key = "legend-mismatch.survey-better" if fit else "legend-mismatch.survey-none"
    values: dict[str, Any] = {"chosen": chosen, "shown": shown}
    if fit:
        values["best"] = fit[0]
    return problem("legend-mismatch", file=file, field="scheme", key=key, **values)
