"""What is said when the place of a boundary-point TXT cannot be known: fault and cure."""

from __future__ import annotations

from zoning.base.errors import Problem, problem
from zoning.messages import Text, message
from zoning.read.boundary_txt.types import excerpt
from zoning.read.crs.helmert import ELLIPSOIDS, TITLES, Frame


def no_frame(name: str, said: str, codes: str) -> Problem:
    """No or an unknown coordinate frame."""
    what = f"坐标系=“{excerpt(said)}”认不出" if said else "文件头没有写明坐标系"
    what_en = f"坐标系='{excerpt(said)}' is not known" if said else "The header names no 坐标系"
    return problem("crs-missing", file=name, field="坐标系", what=Text(what, what_en), codes=codes)


def no_zone(name: str, codes: str) -> Problem:
    """Neither header nor eastings tell the zone."""
    return problem("txt-zone-missing", file=name, field="带号", codes=codes)


def contradiction(name: str, one: str, two: str, a: object, b: object) -> Problem:
    """Two statements of the zone that cannot both hold."""
    return Problem(
        code="txt-zone-contradiction",
        fault=Text(
            f"{one} 与 {two} 矛盾。",
            f"Header or option says {a}, the file's zone is {b} ({one} ≠ {two}).",
        ),
        cure=message("txt-zone-contradiction.cure"),
        file=name,
        field="带号",
    )


def bad_value(name: str, key: str, said: str, zh: str, en: str) -> Problem:
    """A header value outside its domain."""
    return problem(
        "txt-header-value", file=name, field=key, key_=key, said=excerpt(said), detail=Text(zh, en)
    )


def bad_crs(name: str, said: str) -> Problem:
    """A CRS that PROJ does not know."""
    return problem("crs-unknown", file=name, said=excerpt(said))


def old_frame(name: str, frame: Frame) -> Problem:
    """An old national frame without transformation parameters."""
    zh, en = TITLES[frame]
    a, rf = ELLIPSOIDS[frame]
    return problem(
        "crs-needs-transformation", file=name, field="坐标系", a=a, rf=rf, detail=Text(zh, en)
    )
