"""Which county, city or province a cell means: by code or by name, old or new."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import tomli

from zoning.base.settings import layers_dir
from zoning.catalogue.embedded import load_layer
from zoning.catalogue.load import load_catalogue
from zoning.messages import Text, message

PROVINCE: Final = "140000"
_COLUMNS: Final = ("adcode", "name", "name_en", "city", "city_en", "city_adcode")
_PROVINCE_NAMES: Final = frozenset({"山西", "山西省", "全省", "shanxi", "shanxi province"})
#: Names of counties that are words for a kind of district, too.
_KINDS: Final = frozenset({"城区", "郊区", "矿区", "chengqu district", "jiaoqu district"})
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

    def meant(self, cell: Any) -> frozenset[str]:
        """Return the codes of all places that a cell may mean, as they are today.

        Digits beyond the sixth tell of towns and villages. The province is not told.
        """
        said = plain(cell)
        if said.isdigit():
            return self._now({said[:6].ljust(6, "0")} if len(said) > 2 else set())
        return self._now(self.names.get(said.casefold().removeprefix("山西省"), frozenset()))

    def named_in(self, text: str) -> frozenset[str]:
        """Return the codes of the counties that a text names in full, or else of the cities."""
        found = self._pattern.findall(plain(text).casefold())
        codes = self._now({code for name in found for code in self.names[name]})
        return frozenset(code for code in codes if code[4:] != "00") or codes

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Names that are nothing else in a text: with their kind, and no mere kind (城区)."""
        kinds = ("县", "区", "市", " county", " district", " city")
        names = [n for n in self.names if n.endswith(kinds) and n not in _KINDS]
        return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def _now(self, codes: Collection[str]) -> frozenset[str]:
        today = (self.former.get(code, code) for code in codes)
        every = {one for code in today for one in self.gone.get(code, (code,))}
        return frozenset(every & self.codes.keys() - {PROVINCE})

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
    counties = load_layer(load_catalogue().layer("counties")).given
    assert counties is not None  # it is embedded
    rows = zip(*(counties[name] for name in _COLUMNS), strict=True)
    path = layers_dir() / "tables" / "former_units.toml"
    table = tomli.loads(path.read_text(encoding="utf-8"))
    codes = {PROVINCE: "山西省"}
    names: dict[str, set[str]] = defaultdict(set)
    for code, name, name_en, city, city_en, city_code in (map(str, row) for row in rows):
        codes |= {code: name, city_code: city}
        _add(names, city, "", city_code)
        names[city_en.casefold()].add(city_code)
        _add(names, name, city, code)
        names[name_en.casefold()].add(code)
    for name, city, code in [
        (one["name"], one["city"], one["code"]) for one in (*table["renamed"], *table["gone"])
    ]:
        # Short, a former county's name may be a city's of today (大同).
        for said in {name, city + name, city[:-1] + name}:
            names[said].add(code)
    return Places(
        codes,
        {name: frozenset(found) for name, found in names.items()},
        {one["code"]: tuple(one["now"]) for one in table["gone"]},
        {one["code"]: one["now"] for one in table["renamed"]},
    )


def _add(names: dict[str, set[str]], name: str, city: str, code: str) -> None:
    """Add a name as it is, short, and with its city."""
    # 城区 without its last character is no name.
    short = name[:-1] if len(name) > 2 else name
    for said in {name, short, city + name, city + short, city[:-1] + name}:
        names[said.casefold()].add(code)
