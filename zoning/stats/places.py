"""Which county, city or province a cell of a user's table means: by code or by name, old or new."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyogrio

from zoning.base.settings import data_dir
from zoning.messages import Text, message
from zoning.stats.tables import former_units

PROVINCE: Final = "140000"
_PROVINCE_NAMES: Final = frozenset({"山西", "山西省", "全省", "shanxi", "shanxi province"})
#: Rows that sum up others.
_TOTALS: Final = frozenset({"合计", "总计", "小计", "total", "sum"})


class PlaceError(ValueError):
    """A cell that names no place, or more than one."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Places:
    """Codes by what they are written as.

    Attributes
    ----------
    codes : mapping of str to str
        Name of each code in use.
    names : mapping of str to frozenset of str
        Codes of each name: full, with its city, short, and former ones.
    gone : mapping of str to tuple of str
        Codes that took the ground of a county that is no more, by its old code.
    former : mapping of str to str
        Code of today of a county that was renamed, by its old code.
    """

    codes: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    gone: Mapping[str, tuple[str, ...]]
    former: Mapping[str, str]

    def code_of(self, cell: Any, city: Any = None, own: Collection[str] = ()) -> str | None:
        """Return the code that a cell means, None for a row that sums up others.

        Parameters
        ----------
        cell
            A code as number or text, of 6, 9 or 12 digits, or a name.
        city
            City of the row, which tells counties of one name apart.
        own : collection of str
            Units of the user's own file: taken as they are.

        Raises
        ------
        PlaceError
            There is no such place, or more than one, or it is divided among others now.
        """
        said = plain(cell)
        if said in own:
            return said
        key = said.casefold()
        if key in _TOTALS:
            return None
        if key in _PROVINCE_NAMES:
            return PROVINCE
        if said.isdigit():
            return self._by_code(said)
        found = self._by_name(key, plain(city).casefold())
        found = frozenset(self.former.get(code, code) for code in found)
        if len(found) != 1:
            raise PlaceError(self._unclear(said, found))
        return self._today(next(iter(found)), said)

    def _by_code(self, said: str) -> str:
        # 110 000 000 000: levels below the county are zero in a county's own code.
        code = said.ljust(6, "0") if len(said) in (2, 4) else said[:6]
        if len(said) not in (2, 4, 6, 9, 12) or said[6:].strip("0"):
            raise PlaceError(message("places.no-code", said=said))
        return self._today(code, said)

    def _by_name(self, key: str, city: str) -> frozenset[str]:
        if city:
            found = self.names.get(city + key, frozenset()) or self.names.get(
                city + "市" + key, frozenset()
            )
            if found:
                return found
        key = key.removeprefix("山西省")
        return self.names.get(key, frozenset())

    def _today(self, code: str, said: str) -> str:
        code = self.former.get(code, code)
        if code in self.gone:
            now = [f"{c} {self.codes[c]}" for c in self.gone[code]]
            raise PlaceError(message("places.gone", said=said, now=now))
        if code not in self.codes:
            raise PlaceError(message("places.unknown", said=said))
        return code

    def _unclear(self, said: str, found: frozenset[str]) -> Text:
        if not found:
            return message("places.unknown", said=said)
        return message("places.several", said=said, codes=sorted(found))


def plain(cell: Any) -> str:
    """Return a cell without spaces, full-width digits, apostrophes and the .0 of whole numbers."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)).strip("'`’ ")
    text = "".join(text.split()) if not text.isascii() else " ".join(text.split())
    bare = text.replace(" ", "").removesuffix(".0")
    return bare if bare.isdigit() else text


@cache
def places() -> Places:
    """Return the counties and cities of Shanxi by code and name, with the former ones."""
    frame = pyogrio.read_dataframe(
        data_dir() / "boundaries" / "counties.fgb", read_geometry=False,
        columns=["adcode", "name", "name_en", "city", "city_en", "city_adcode"],
    )  # fmt: skip
    table = former_units()
    codes = {PROVINCE: "山西省"}
    names: dict[str, set[str]] = defaultdict(set)
    for row in frame.itertuples():
        code, city = str(row.adcode), str(row.city_adcode)
        codes |= {code: str(row.name), city: str(row.city)}
        _add(names, str(row.city), "", city)
        names[str(row.city_en).casefold()].add(city)
        _add(names, str(row.name), str(row.city), code)
        names[str(row.name_en).casefold()].add(code)
    former = [(o.name, o.city, o.code) for o in table.renamed]
    for name, city, code in [*former, *((o.name, o.city, o.code) for o in table.gone)]:
        # Short, a former county's name may be a city's of today (大同).
        for said in {name, city + name, city[:-1] + name}:
            names[said].add(code)
    return Places(
        codes,
        {name: frozenset(found) for name, found in names.items()},
        {one.code: one.now for one in table.gone},
        {one.code: one.now for one in table.renamed},
    )


def _add(names: dict[str, set[str]], name: str, city: str, code: str) -> None:
    """Add a name as it is, short, and with its city."""
    # 城区 without its last character is no name.
    short = name[:-1] if len(name) > 2 else name
    for said in {name, short, city + name, city + short, city[:-1] + name}:
        names[said.casefold()].add(code)
