"""What all batches of a review share, opened once in each process that checks some of them."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any, Final

import shapely

from zoning import law
from zoning.api.check import decided
from zoning.api.report import Report
from zoning.base.progress import silent
from zoning.base.settings import VERSION
from zoning.catalogue import Catalogue, load_catalogue, open_workspace
from zoning.messages import Lang
from zoning.model import Project
from zoning.read import Reading, ReadOptions
from zoning.review import Asked, Layers, Reviewed, asked_of
from zoning.review.layers import Bounds
from zoning.review.spool import Batch, Origin, reading
from zoning.show.parts import Part, part_of

#: Packages whose version can change a digit or a byte of what is written.
_MAKERS: Final = ("shapely", "pyproj", "numpy", "pandas", "pyarrow")


@dataclass(frozen=True)
class Plan:
    """What is asked of every batch, in values that another machine can be sent.

    Attributes
    ----------
    origins : tuple of Origin
        The sources, and what is the same for every feature of each.
    options : ReadOptions
    as_of : date
    workspace, entry_list : str or None
        Absolute paths; another machine must see them under the same name.
    only, themes : tuple of str
    profiles : bool
    lang : {"zh", "en"}
    full : bool
    bbox : tuple of float or None
        Bounds in degrees outside which a database need not answer, where they are known.
    """

    origins: tuple[Origin, ...]
    options: ReadOptions
    as_of: date
    workspace: str | None = None
    entry_list: str | None = None
    only: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    profiles: bool = True
    lang: Lang = "zh"
    full: bool = False
    bbox: Bounds | None = None


@dataclass(frozen=True)
class Desk:
    """The catalogue and the layers, which all batches are checked against."""

    plan: Plan
    catalogue: Catalogue
    layers: Layers
    asked: Asked
    _book: dict[int, law.RuleBook] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, plan: Plan) -> Desk:
        """Open what a plan names.

        Raises
        ------
        ZoningError
            A catalogue, workspace or entry list that is missing or faulty.
        """
        asked = Asked(
            plan.as_of, plan.options.datum, plan.only, plan.themes, profiles=plan.profiles
        )
        catalogue = asked_of(load_catalogue(), asked, plan.entry_list)
        named, day = plan.workspace, plan.as_of
        opened = open_workspace(named, catalogue.layers, day) if named else None
        # The sites of a batch say nothing of where the next one lies: no layer is cut.
        return cls(plan, catalogue, Layers(catalogue, opened, plan.bbox), asked)

    def review(self, batch: Batch) -> Part:
        """Check a batch.

        Raises
        ------
        ZoningError
            As :func:`zoning.check`.
        """
        plan = self.plan
        found = reading(plan.origins[batch.origin], batch, plan.options)
        part = part_of(self.decided((found,)), plan.lang, full=plan.full)
        self.layers.zone_sets.forget()
        return part

    def decided(
        self, readings: tuple[Reading, ...], projects: Sequence[Project] | None = None
    ) -> Report:
        """Return the report on what was read, or on projects made of it elsewhere."""
        book = self._book.get(0)
        reviewed = Reviewed(self.catalogue, self.layers, readings, self.asked, book=book)
        report = decided(reviewed, silent, projects)
        if report.reviewed.book is not None:  # what it has assessed is not assessed again
            self._book[0] = report.reviewed.book
        return report

    def stated(self) -> dict[str, Any]:
        """Return, as plain values, everything that what is written depends on."""
        plan, opened = self.plan, self.layers.opened
        entries = opened.content.entries if opened else {}
        layers = {layer: self._digest(layer) for layer in sorted(entries)}
        self.layers.zone_sets.forget()  # what was read just now is kept in a file
        return {
            "tool": f"zoning {VERSION}",
            "made_with": _makers(),
            "catalogue_sha256": self.catalogue.sha256,
            "workspace_sha256": opened.sha256 if opened else None,
            "layers": layers,
            "inputs": [
                {"name": origin.source[1], "sha256": origin.source[2], "layer": origin.head.layer}
                for origin in plan.origins
            ],
            "as_of": plan.as_of.isoformat(),
            "options": {
                **{key: value for key, value in asdict(plan.options).items() if value},
                "only": list(plan.only),
                "themes": list(plan.themes),
                "profiles": plan.profiles,
                "lang": plan.lang,
                "full": plan.full,
            },
        }

    def _digest(self, layer: str) -> str:
        record = self.layers[layer].record
        return record.sha256 or record.state


def _makers() -> str:
    """Return one digest of the versions that can change what is written."""
    found = [f"{name} {version(name)}" for name in _MAKERS]
    found += [f"GEOS {shapely.geos_version_string}", f"Python {platform.python_version()}"]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
