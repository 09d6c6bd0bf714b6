"""Does a site lie where its file says it does? A wrong datum shows here first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.patterns import pattern
from zoning.base.table import Table
from zoning.catalogue.places import places
from zoning.messages import Text, message
from zoning.model import Doubt, Project
from zoning.read.crs.datum import gcj_hint
from zoning.review.layers import Layers
from zoning.review.sites import speak

#: Headings under which files state a county, a city, the province or an address. Those of a firm's
#: own address (注册地址, 联系地址) are none.
_HEADING: Final = pattern(
    r"(?:项目|工程|地块|宗地|图斑|建设|用地|选址|矿区|场地)*(?:所在|所属|所处|位于|坐落|行政|地)*(?:的)?"
    r"(?:省|市|县|区|旗|州|地级市|地市|设区市|城市|省份|县级市?|乡镇|行政区划?|政区|区划|属地|辖区"
    r"|县域|地址|地点|位置|坐落|座落|场址|厂址|选址)+(?:单位|名称|名|代码|编码|编号|码)*"
    r"|所在地|项目地|建设地|地区"
    r"|(?:site|project)?(?:county|district|city|province|adcode|address|location|prefecture)"
    r"(?:name|code|id)?"
    r"|xian(?:ming|ji)?|shi(?:ming)?|sheng|s?xzq[a-z]{0,4}|[xsd]jxzq[a-z]{0,4}|xzdm|(?:zl|qs)dw[md][cm]"
    r"|szx|szqx|szs|szd|xmdz|xmwz|jsdd|jsdz|tdzl|zl|dz"
)
#: Words by which a text tells of a place that lies beside the site.
_BESIDE: Final = pattern(
    r"距|邻|毗|接壤|交界|附近|方向|以[东西南北]|[东西南北][部侧面边]?约?\d|\d(?:km|公里|千米|米|m)"
)
#: The others of the country, by their names and the first digits of their codes.
_OTHERS: Final = pattern(
    r"(?:北京|天津|上海|重庆)市|(?:河北|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    r"|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾)省|(?:内蒙古|广西|西藏|宁夏|新疆)[^省]{0,5}自治区"
    r"|^(?:北京|天津|上海|重庆|河北|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东"
    r"|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆)$"
)
_OTHER_CODES: Final = pattern(
    r"(?:1[1235]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\d{2}(?:\d{2}|\d{5}|\d{8}|\d{15})?"
)


def compare_places(
    projects: Sequence[Project],
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    layers: Layers,
    datum: str | None,
) -> list[Project]:
    """Add a notice and a doubt to every project that does not touch the place its file states.

    A place is a county, a city or another province, by code, by name or in an address. Where the
    shift of GCJ-02 or BD-09 explains the distance, the notice says so and names the option; nothing
    is ever moved unasked. With ``datum`` given, the shift is out already.
    """
    stated = [_stated(raw) for _, _, raw in features] if speak(features, _speaking) else []
    if not any(stated):
        return list(projects)
    # How well the county lines are known; a degree of longitude is some 90 km here.
    margin = (layers["counties"].record.accuracy_m or 0.0) / 90_000.0
    known, out = _Known(layers.counties, datum, margin), []
    for project, names in zip(projects, stated, strict=True):
        found = (known.notice(project, name) for name in names)
        notes = tuple(dict.fromkeys(note for note in found if note is not None))
        doubts = (*project.doubts, *(Doubt("place-contradicted", note) for note in notes))
        told = (*project.notices, *notes)
        out.append(replace(project, notices=told, doubts=doubts) if notes else project)
    return out


def _stated(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every place that any column states, each once."""
    cells = (raw[column] for column in _speaking(tuple(raw)))
    said = (str(cell).strip().removesuffix(".0") for cell in cells if cell is not None)
    return tuple(dict.fromkeys(name for name in said if name))


@lru_cache(maxsize=256)
def _speaking(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return those of some columns that state a place."""
    return tuple(column for column in columns if _HEADING.fullmatch(_folded(column)))


def _folded(column: Any) -> str:
    """Fold width, case and what separates the words of a heading."""
    text = unicodedata.normalize("NFKC", str(column)).casefold()
    return re.sub(r"[\s_()\[\]、,/·.:：-]+", "", text)


@dataclass
class _Known:
    """Places and their areas, each looked up once."""

    counties: Table
    datum: str | None
    margin: float
    _areas: dict[str, Any] = field(default_factory=dict)

    def notice(self, project: Project, name: str) -> Text | None:
        """Say so where a site does not lie in a place; None also where there is no such place."""
        if project.geometry is None:
            return None
        if name not in self._areas:
            self._areas[name] = self._area(name)
        area = self._areas[name]
        if area is None:
            return None
        if self.datum is None and not area.is_empty:
            hint = gcj_hint(project.geometry, area, name)
            if hint is not None:
                return hint.text
        if shapely.dwithin(project.geometry, area, self.margin):
            return None
        return message("places.file-places-site-but", name=name)

    def _area(self, name: str) -> Any:
        """Return the area of a place: empty of one elsewhere, None of one that nobody knows."""
        found = _rows(name, self.counties)
        if not found.any():
            beside = _BESIDE.search(name) is not None
            codes = places().meant(name) or (set() if beside else places().named_in(name))
            found = np.zeros(len(self.counties), dtype=bool)
            for code in codes:
                found |= _of_code(code, self.counties)
        if found.any():
            area = shapely.union_all(self.counties.geometry[found])
            shapely.prepare(area)
            return area
        elsewhere = _elsewhere(name) and not _BESIDE.search(name)
        return shapely.Polygon() if elsewhere else None


def _elsewhere(name: str) -> bool:
    """Tell whether a cell names another province, and not this one beside it."""
    if name.isdigit():
        return bool(_OTHER_CODES.fullmatch(name))
    return bool(_OTHERS.search(name)) and "山西" not in name


def _rows(name: str, counties: Table) -> NDArray[np.bool_]:
    """Counties a name or code may mean: 城区 is two counties, and 迎泽 is short for 迎泽区."""
    if name.isdigit():
        return _of_code(name[:6].ljust(6, "0"), counties)
    titles, cities = ([str(cell) for cell in counties[column]] for column in ("name", "city"))
    pairs = zip(cities, titles, strict=True)
    full = np.array([name in (title, city + title) for city, title in pairs], dtype=bool)
    return full if full.any() else np.array([title[:-1] == name for title in titles], dtype=bool)


def _of_code(code: str, counties: Table) -> NDArray[np.bool_]:
    """Mark the counties of a code; the code of a city stands for all of it."""
    start = code.removesuffix("00") if code[4:] == "00" else code
    whole = len(start) > 2 and not start.endswith("00")
    return np.array([whole and str(own).startswith(start) for own in counties["adcode"]], bool)
