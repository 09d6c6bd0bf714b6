"""The classes of a vector land-use layer: an edition of the survey, or the user's own legend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zoning.stats.specs import Category, Edition, Scheme
from zoning.stats.tables import land_survey, survey_number, survey_scheme, user_legend

_SUFFIX: Final = re.compile(r"(?<=\d)[A-Z]+$")
#: Category of each group of a user's own legend.
_CATEGORY: Final[Mapping[str, Category]] = {
    "crop": "cropland", "orchard": "garden", "forest": "forest_land", "shrub": "forest_land",
    "grass": "grassland", "wetland": "wetland", "water": "water", "built": "construction",
    "mining": "construction", "bare": "unused", "rock": "unused", "snow": "unused",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Survey:
    """What the codes of a layer mean.

    Attributes
    ----------
    scheme : Scheme
        The classes by number.
    numbers : mapping of str to int
        Number of each code as delivered.
    categories : mapping of int to str
    uses : mapping of int to str
        What a class is, to compare editions by.
    """

    scheme: Scheme
    numbers: Mapping[str, int]
    categories: Mapping[int, Category]
    uses: Mapping[int, str]

    @staticmethod
    def of(edition: Edition) -> Survey:
        """Return the classes of an edition."""
        numbers = {c: survey_number(c, at) for at, (c, _, _) in enumerate(edition.classes)}
        uses = {u.id: u for u in land_survey().uses}
        named = {numbers[code]: use for code, _, use in edition.classes}
        categories = {number: uses[use].category for number, use in named.items()}
        return Survey(survey_scheme(edition), numbers, categories, named)

    @staticmethod
    def of_file(path: Path) -> Survey:
        """Return the classes of a user's own legend."""
        scheme, numbers = user_legend(path)
        categories = {c.code: _CATEGORY[c.group] for c in scheme.classes}
        return Survey(scheme, numbers, categories, {c.code: c.group for c in scheme.classes})

    def of_code(self, code: str) -> int:
        """Return the number of a code, -1 if there is none; suffixes not listed are dropped."""
        bare = _SUFFIX.sub("", code)
        for one in (code, bare):
            if one in self.numbers:
                return self.numbers[one]
        # A code stored as a number has lost its leading zero.
        return self.numbers.get(f"0{bare}", -1)

    def use(self, code: str) -> str | None:
        """Return what a code means, None if there is none."""
        return self.uses.get(self.of_code(code))

    def code(self, number: int) -> str:
        """Return the code of a number."""
        return next((c for c, n in self.numbers.items() if n == number), str(number))
