"""Which legend a raster of classes follows: the one said to be, or another that fits better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem, problem
from zoning.messages import Text, message
from zoning.stats.specs import Scheme
from zoning.stats.tables import forest_definitions

F8 = NDArray[np.float64]
#: Groups that look alike from above, for the comparison with the embedded land cover.
_FAMILIES: Final[Mapping[str, int]] = {
    "forest": 0, "shrub": 1, "grass": 2, "crop": 3, "orchard": 3, "built": 4, "mining": 4,
    "water": 5, "wetland": 5, "bare": 6, "rock": 6, "snow": 6,
}  # fmt: skip
#: How far two families are the same ground, seen once in 30 m and once as the majority of 5 km.
_LIKE: Final = np.array(
    [
        [1.0, 0.6, 0.2, 0.0, 0.0, 0.0, 0.0],
        [0.6, 1.0, 0.5, 0.2, 0.0, 0.0, 0.2],
        [0.2, 0.5, 1.0, 0.4, 0.1, 0.0, 0.5],
        [0.0, 0.2, 0.4, 1.0, 0.4, 0.1, 0.2],
        [0.0, 0.0, 0.1, 0.4, 1.0, 0.0, 0.2],
        [0.0, 0.0, 0.0, 0.1, 0.0, 1.0, 0.0],
        [0.0, 0.2, 0.5, 0.2, 0.2, 0.0, 1.0],
    ]
)
#: A legend fits where it has the classes of this share of the cells.
_FITS: Final = 0.95
#: Points below which nothing is concluded.
_POINTS: Final = 300
#: By so much another legend's agreement beyond chance must exceed the chosen one's.
_MARGIN: Final = 0.1
#: Agreement beyond chance under which the classes tell nothing of the ground.
_NOTHING: Final = 0.05
#: Share of the ground from which a family is large.
_LARGE: Final = 0.05
_EMBEDDED: Final = "igbp"


@dataclass(frozen=True)
class Refusal:
    """A legend that another fits better than."""

    chosen: Scheme
    best: Scheme
    agreement: float
    better: float
    table: Text

    def of(self, file: str) -> Problem:
        """Return it as the problem of a file."""
        return problem(
            "legend-mismatch", file=file, field="landcover", key="legend-mismatch.fits-another",
            chosen=self.chosen.id, best=self.best.id, agreement=self.agreement,
            better=self.better, table=self.table,
        )  # fmt: skip


def fitting(shares: Mapping[int, float], schemes: Iterable[Scheme] | None = None) -> list[str]:
    """Return the legends that have the classes of a raster, the fullest use of a legend first.

    Parameters
    ----------
    shares : mapping
        Share of the cells (0 to 1) by class.
    schemes : iterable of Scheme, optional
        The built-in ones if None.
    """
    found = []
    for scheme in schemes or forest_definitions().schemes:
        known = set(scheme.by_code())
        share = sum(value for code, value in shares.items() if code in known)
        if share >= _FITS:
            found.append((-share, len(known - set(shares)), scheme.id))
    return [name for *_, name in sorted(found)]


def agreement(values: F8, known: F8, scheme: Scheme) -> float | None:
    """Return how far classes agree with the embedded land cover beyond chance (1: wholly).

    Parameters
    ----------
    values, known : float64 arrays (n,)
        Classes of the raster and of the embedded land cover at the same points.
    scheme : Scheme

    Returns
    -------
    float or None
        Weighted kappa (Cohen 1968); None where the legend lacks classes.
    """
    counts = _counts(values, known, scheme)
    if counts is None or counts.sum() == 0.0:
        return None
    joint = counts / counts.sum()
    seen = float((joint * _LIKE).sum())
    chance = float((np.outer(joint.sum(axis=1), joint.sum(axis=0)) * _LIKE).sum())
    return (seen - chance) / (1.0 - chance) if chance < 1.0 else 0.0


def doubt_legend(values: F8, known: F8, chosen: Scheme) -> tuple[Refusal | None, Text | None]:
    """Hold the classes of a raster against the embedded land cover.

    Returns
    -------
    refusal : Refusal or None
        Another legend agrees clearly better.
    doubt : Text or None
        No legend agrees, or the raster is too small to tell.
    """
    good = np.isfinite(values) & np.isfinite(known)
    values, known = values[good], known[good]
    judged = values.size >= _POINTS and np.unique(known).size > 1
    mine = agreement(values, known, chosen) if judged else None
    few = np.unique(values).size < 3 and np.unique(known).size < 3
    if mine is None or few:
        return None, None
    others = {
        s.id: found
        for s in forest_definitions().schemes
        if s.id != chosen.id and (found := agreement(values, known, s)) is not None
    }
    best = max(others, key=others.__getitem__, default=None)
    if best is not None and others[best] > mine + _MARGIN and others[best] > 2.0 * _NOTHING:
        rival = forest_definitions().scheme(best)
        table = cross_table(values, known, chosen)
        return Refusal(chosen, rival, mine, others[best], table), None
    if mine < _NOTHING or _reversed(values, known, chosen):
        return None, message("sanity.legend-unlike", chosen=chosen.id, agreement=mine,
                             table=cross_table(values, known, chosen))  # fmt: skip
    return None, None


def cross_table(values: F8, known: F8, scheme: Scheme) -> Text:
    """Return the largest classes with what the embedded land cover has there, in words."""
    mine, theirs = scheme.by_code(), forest_definitions().scheme(_EMBEDDED).by_code()
    codes, counts = np.unique(values, return_counts=True)
    rows = []
    for at in np.argsort(-counts, kind="stable")[:3]:
        code = int(codes[at])
        under, many = np.unique(known[values == codes[at]], return_counts=True)
        most = int(under[np.argmax(many)])
        share = 100.0 * many.max() / counts[at]
        names = [Text(c.zh, c.en) if c else Text(str(k), str(k))
                 for c, k in ((mine.get(code), code), (theirs.get(most), most))]  # fmt: skip
        rows.append(message("sanity.cross", code=code, named=names[0],
                            part=100.0 * counts[at] / values.size,
                            under=names[1], share=share))  # fmt: skip
    zh, en = "；".join(r.zh for r in rows), "; ".join(r.en for r in rows)
    return Text(zh, en)


def _counts(values: F8, known: F8, scheme: Scheme) -> F8 | None:
    """Return the table of families, or None where the legend lacks classes of the raster."""
    mine = _family(values, scheme)
    theirs = _family(known, forest_definitions().scheme(_EMBEDDED))
    if mine.size == 0 or (mine >= 0).mean() < _FITS:
        return None
    both = (mine >= 0) & (theirs >= 0)
    found = np.zeros(_LIKE.shape)
    np.add.at(found, (mine[both], theirs[both]), 1.0)
    return found


def _reversed(values: F8, known: F8, scheme: Scheme) -> bool:
    """Return whether a large family lies where the embedded land cover has less of it than usual.

    The classes of two large families may be confused while the rest agrees.
    """
    counts = _counts(values, known, scheme)
    if counts is None or counts.sum() == 0.0:
        return False
    joint = counts / counts.sum()
    mine, theirs, both = joint.sum(axis=1), joint.sum(axis=0), np.diag(joint)
    large = (mine >= _LARGE) & (theirs >= _LARGE)
    return bool((both[large] < mine[large] * theirs[large]).any())


def _family(values: F8, scheme: Scheme) -> NDArray[np.int64]:
    table = {code: _FAMILIES[c.group] for code, c in scheme.by_code().items()}
    codes, at = np.unique(values, return_inverse=True)
    return np.array([table.get(int(c), -1) for c in codes], np.int64)[at]
