"""What is said when the place of a boundary-point TXT cannot be known: fault and cure."""

from __future__ import annotations

from zoning.base.errors import Problem, problem
from zoning.messages import Text, message
from zoning.read.boundary_txt.types import excerpt
from zoning.read.crs.helmert import ELLIPSOIDS, TITLES, Frame


def no_frame(name: str, said: str, codes: str) -> Problem:
    """No or an unknown coordinate frame."""
    what = (
        message("refusals.frame-unknown", said=excerpt(said))
        if said
        else message("refusals.frame-unstated")
    )
    return problem("crs-missing", file=name, field="坐标系", what=what, codes=codes)


def no_zone(name: str, codes: str) -> Problem:
    """Neither header nor eastings tell the zone."""
    return problem("txt-zone-missing", file=name, field="带号", codes=codes)


def contradiction(name: str, one: str, two: str, a: object, b: object) -> Problem:
    """Two statements of the zone that cannot both hold."""
    return problem("txt-zone-contradiction", file=name, field="带号", one=one, two=two, a=a, b=b)


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
    a, rf = ELLIPSOIDS[frame]
    return problem(
        "crs-needs-transformation", file=name, field="坐标系", a=a, rf=rf, detail=TITLES[frame]
    )
