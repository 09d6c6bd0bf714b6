"""Lines of a boundary-point TXT -> header entries and raw plots; no geometry, no CRS yet.

Format (no published standard; common practice of the land-approval upload, 部报盘)::

    [属性描述]
    坐标系=2000国家大地坐标系
    几度分带=3
    带号=38
    [地块坐标]
    界址点数,地块面积,地块编号,地块名称,记录图形属性(点、线、面),图幅号,地块用途,地类编码,@
    点号,地块圈号,X坐标(纵),Y坐标(横)
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass, field
from typing import Final

from zoning.messages import message
from zoning.read.boundary_txt.encoding import Content
from zoning.read.boundary_txt.types import (
    MAX_LINE_BYTES,
    Faults,
    Shape,
    excerpt,
    number_of,
)

_SHAPES: Final[dict[str, Shape]] = {
    "面": "polygon",
    "线": "line",
    "点": "point",
    "polygon": "polygon",
    "line": "line",
    "point": "point",
}
_NUMBER: Final = re.compile(r"[+-]?\d{1,400}(\.\d*)?([eE][+-]?\d{1,4})?")
#: A number written as coordinates are: with decimals, or of six digits and more.
_COORDINATE: Final = re.compile(r"\d+\.\d+|\d{6,}")
_SECTION: Final = re.compile(r"\[([^\]]*)\]")
_SPACES: Final = re.compile(r"[\s;、]+")
_MAX_HEADER: Final = 1000
#: Header entries that decide where the plots lie; two different values are a contradiction.
DECISIVE: Final = ("坐标系", "几度分带", "带号", "中央子午线")


@dataclass(slots=True)
class RawPlot:
    """One plot line and the span of points that follow it.

    ``start`` and ``stop`` index the scan's points; ``runs`` the scan's run starts.
    """

    line: int
    count: int | None = None
    area: str = ""
    number: str | None = None
    name: str | None = None
    shape: Shape = "polygon"
    map_sheet: str | None = None
    use: str | None = None
    land_class: str | None = None
    start: int = 0
    stop: int = 0
    first_run: int = 0
    last_run: int = 0
    bad_lines: int = 0

    @property
    def label(self) -> str:
        """What messages call the plot."""
        parts = [p for p in (self.number, self.name) if p]
        return excerpt(" ".join(parts)) if parts else f"@{self.line}"


@dataclass(slots=True)
class Scan:
    """State of reading line by line, and its result.

    ``northing`` and ``easting`` hold the third and fourth column of all points of all plots;
    ``numbers`` the points' numbers; ``run_start`` and ``run_key`` where the ring number changes,
    and to what. ``stray`` counts the lines that look like points and belong to no plot.
    """

    content: Content
    faults: Faults
    header: dict[str, str] = field(default_factory=dict)
    contradictions: list[tuple[int, str, str, str]] = field(default_factory=list)
    plots: list[RawPlot] = field(default_factory=list)
    northing: array[float] = field(default_factory=lambda: array("d"))
    easting: array[float] = field(default_factory=lambda: array("d"))
    run_start: list[int] = field(default_factory=list)
    run_key: list[bytes] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    stray: int = 0
    tolerated: dict[str, tuple[int, int]] = field(default_factory=dict)
    in_plots: bool = False
    current: RawPlot | None = None
    key: bytes | None = None

    def note(self, code: str, line: int) -> None:
        """Remember something tolerated: how often, and the first line."""
        times, first = self.tolerated.get(code, (0, line))
        self.tolerated[code] = (times + 1, first)

    def run(self) -> Scan:
        """Read all lines. Time and memory are linear in the size of the file."""
        add_x, add_y, add = self.northing.append, self.easting.append, self.numbers.append
        for number, line in enumerate(self.content.lines(), 1):
            # The plain coordinate line, nearly all of a file, is parsed here without decoding.
            parts = line.split(b",", 4) if self.current and len(line) < 200 else ()
            if len(parts) == 4 and b"_" not in line:
                try:
                    x, y = float(parts[2]), float(parts[3])
                except ValueError:
                    pass
                else:
                    if parts[1] != self.key:
                        self._ring(parts[1].strip())
                    add_x(x)
                    add_y(y)
                    add(number_of(parts[0]))
                    continue
            self._slow(number, line)
        self._end_plot()
        return self

    def _ring(self, key: bytes) -> None:
        """Begin a run of points if the ring number changes; an empty one changes nothing."""
        key = key or self.key or b"1"
        if key != self.key:
            self.key = key
            self.run_start.append(len(self.northing))
            self.run_key.append(key)

    def _slow(self, number: int, line: bytes) -> None:
        """Read any other line: section, header, plot, or a coordinate line in disguise."""
        if not line.strip():
            return
        if len(line) > MAX_LINE_BYTES:
            self._bad(number, self.content.decode(line[:80]))
            return
        raw = self.content.decode(line).strip()
        if raw.endswith(",@"):  # the plain plot line
            self._begin_plot(number, raw)
            return
        text = unicodedata.normalize("NFKC", raw).replace("【", "[").replace("】", "]").strip()
        section = _SECTION.fullmatch(text)
        if section:
            self._end_plot()
            self.in_plots = section[1].strip() == "地块坐标"
        elif _is_plot(text):
            self._begin_plot(number, raw)
        elif "=" in text or (":" in text and not self.in_plots):
            self._entry(number, text, raw)
        elif not self.in_plots:
            self._extra(number, text)
        elif not self._point(number, text):
            self._bad(number, raw)

    def _entry(self, number: int, text: str, raw: str) -> None:
        """Keep a ``key=value`` line."""
        sign = "=" if "=" in text else ":"
        key, _, value = (part.strip() for part in text.partition(sign))
        if sign == "=" and "=" in raw and value:
            value = raw.partition("=")[2].strip()  # as written, not width-folded
        if self.in_plots:
            self._extra(number, text)
        if not key or len(self.header) >= _MAX_HEADER:
            self.note("txt-extra-line", number)
            return
        before = self.header.get(key)
        if before and value and before != value and key in DECISIVE:
            self.contradictions.append((number, key, before, value))
        if value or key not in self.header:
            self.header[key] = value

    def _begin_plot(self, number: int, raw: str) -> None:
        self._end_plot()
        if not self.in_plots:
            self.in_plots = True
            self.note("txt-no-section", number)
        _fill(self._new_plot(number), raw, self)

    def _new_plot(self, number: int) -> RawPlot:
        plot = RawPlot(number, start=len(self.northing), first_run=len(self.run_start))
        self.plots.append(plot)
        self.current = plot
        return plot

    def _end_plot(self) -> None:
        if self.current is not None:
            self.current.stop = len(self.northing)
            self.current.last_run = len(self.run_start)
        self.current = self.key = None

    def _point(self, number: int, text: str) -> bool:
        """Add a coordinate line with full-width signs, blanks or odd columns; False if none."""
        parts = text.split(",") if "," in text else _SPACES.split(text)
        parts = [p.strip() for p in parts]
        while parts and not parts[-1]:
            parts.pop()
        if len(parts) == 3:
            self.note("txt-no-ring", number)
            parts.insert(1, "")
        if len(parts) < 4 or not all(_NUMBER.fullmatch(p) for p in parts[2:4]):
            return False
        if len(parts) > 4:
            self.note("txt-extra-column", number)
        if self.current is None:
            self.note("txt-no-plot-line", number)
            self._new_plot(number)
        self._ring(parts[1].encode())
        self.northing.append(float(parts[2]))
        self.easting.append(float(parts[3]))
        self.numbers.append(number_of(parts[0].encode()))
        return True

    def _extra(self, number: int, text: str) -> None:
        """Pass over a line that is no part of a plot, and count it if it looks like a point."""
        self.note("txt-extra-line", number)
        self.stray += len(_COORDINATE.findall(text)) > 1

    def _bad(self, number: int, raw: str) -> None:
        """Report a line that cannot be read; the plot it stands in cannot be trusted."""
        plot = self.current
        if plot is None:
            self._extra(number, raw)
            return
        plot.bad_lines += 1
        self.faults.add(
            "txt-line",
            message("scan.line-no-boundary-point", raw=excerpt(raw)),
            message("scan.write-four-columns-point"),
            line=number,
            plot=plot.label,
        )


def _is_plot(text: str) -> bool:
    """Tell a plot line: it ends in ``@``, or has a field that names the kind of shape."""
    if text.rstrip(", ").endswith("@"):
        return True
    return any(f.strip() in ("面", "线", "点") for f in text.split(","))


def _clean(value: str) -> str | None:
    """Return a field without control characters, or None if nothing is left."""
    if value.isprintable():
        return value or None
    kept = "".join(c for c in value if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    return kept.strip() or None


def _fill(plot: RawPlot, raw: str, scan: Scan) -> None:
    """Take the fields of a plot line; the shape column anchors them, so a name may hold commas."""
    if raw.count(",") < 5:
        raw = raw.replace("，", ",")
    fields = [f.strip() for f in raw.rstrip(", ，").removesuffix("@").split(",")]
    at = 4
    if len(fields) <= at or fields[at] not in _SHAPES:
        folded = [unicodedata.normalize("NFKC", f).lower() for f in fields]
        at = next((i for i, f in enumerate(folded) if i >= 2 and f in _SHAPES), -1)
    if at < 0:
        scan.note("txt-no-shape", plot.line)
        at = 4
    else:
        plot.shape = _SHAPES[unicodedata.normalize("NFKC", fields[at]).lower()]
    before, after = fields[:at], [*fields[at + 1 :], "", "", ""]
    before += [""] * (4 - len(before))
    plot.area = unicodedata.normalize("NFKC", before[1])
    plot.number, plot.name = _clean(before[2]), _clean(",".join(before[3:]))
    plot.map_sheet, plot.use, plot.land_class = (_clean(f) for f in after[:3])
    count = unicodedata.normalize("NFKC", before[0])
    if count.isdecimal() and len(count) < 12:
        plot.count = int(count) or None
    if plot.count is None:
        scan.note("txt-no-count", plot.line)
