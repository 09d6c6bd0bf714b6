"""What is said when the place of a boundary-point TXT cannot be known: fault and cure."""

from __future__ import annotations

from zoning.errors import Problem, Text
from zoning.sources.boundary_helmert import ELLIPSOIDS, TITLES, Frame
from zoning.sources.boundary_types import excerpt


def no_frame(name: str, said: str, codes: str) -> Problem:
    """No or an unknown coordinate frame."""
    what = f"坐标系=“{excerpt(said)}”认不出" if said else "文件头没有写明坐标系"
    what_en = f"坐标系='{excerpt(said)}' is not known" if said else "The header names no 坐标系"
    return Problem(
        code="crs-missing",
        fault=Text(f"{what}，不能猜测。", f"{what_en}; it is never guessed."),
        cure=Text(
            "若是 2000 国家大地坐标系，在文件头写“坐标系=2000国家大地坐标系”，"
            f"或用 --crs 选择：{codes}。",
            "If it is CGCS2000, write 坐标系=2000国家大地坐标系 in the header, or choose with "
            f"--crs: {codes}.",
        ),
        file=name,
        field="坐标系",
    )


def no_zone(name: str, codes: str) -> Problem:
    """Neither header nor eastings tell the zone."""
    return Problem(
        code="txt-zone-missing",
        fault=Text(
            "文件头没有带号，横坐标前也没有带号，无法定位。",
            "Neither the header nor the eastings give the zone number: the place is open.",
        ),
        cure=Text(
            "在文件头写“带号=38”（山西：三度带 37、38，六度带 19、20），"
            f"或用 --crs 选择：{codes}。",
            "Write 带号=38 in the header (Shanxi: 3° zones 37, 38; 6° zones 19, 20), or choose "
            f"with --crs: {codes}.",
        ),
        file=name,
        field="带号",
    )


def contradiction(name: str, one: str, two: str, a: object, b: object) -> Problem:
    """Two statements of the zone that cannot both hold."""
    return Problem(
        code="txt-zone-contradiction",
        fault=Text(
            f"{one} 与 {two} 矛盾。",
            f"Header or option says {a}, the file's zone is {b} ({one} ≠ {two}).",
        ),
        cure=Text(
            "三度带带号为 25–45（山西 37、38），六度带为 13–23（山西 19、20）；更正写错的一处。",
            "3° zones are 25–45 (Shanxi 37, 38), 6° zones 13–23 (Shanxi 19, 20); correct the "
            "wrong one.",
        ),
        file=name,
        field="带号",
    )


def bad_value(name: str, key: str, said: str, zh: str, en: str) -> Problem:
    """A header value outside its domain."""
    return Problem(
        code="txt-header-value",
        fault=Text(f"{key}={excerpt(said)} 不可用。", f"{key}={excerpt(said)} cannot be used."),
        cure=Text(f"应为 {zh}。", f"It should be {en}."),
        file=name,
        field=key,
    )


def bad_crs(name: str, said: str) -> Problem:
    """A CRS that PROJ does not know."""
    return Problem(
        code="crs-unknown",
        fault=Text(f"不认识坐标系 {excerpt(said)}。", f"Unknown CRS {excerpt(said)}."),
        cure=Text("用 EPSG 代码，例如 EPSG:4526。", "Use an EPSG code such as EPSG:4526."),
        file=name,
    )


def old_frame(name: str, frame: Frame) -> Problem:
    """An old national frame without transformation parameters."""
    zh, en = TITLES[frame]
    a, rf = ELLIPSOIDS[frame]
    return Problem(
        code="crs-needs-transformation",
        fault=Text(
            f"坐标系是{zh}（椭球 a={a:.0f} m，1/f={rf:g}），与 2000 国家大地坐标系相差数十米，"
            "且转换参数因地而异、不公开，不能用通用参数代替。",
            f"The coordinates are {en} (a={a:.0f} m, 1/f={rf:g}), tens of metres off CGCS2000; "
            "the parameters differ from place to place and are not public, so none is assumed.",
        ),
        cure=Text(
            "向测绘主管部门取得当地七参数，用 --transform dX,dY,dZ,rX,rY,rZ,尺度[,旋转约定] 传入"
            "（米、秒、ppm），或请数据单位提供 2000 国家大地坐标系成果；--crs 不能代替转换，"
            "若文件头写错，请更正文件头。",
            "Pass the local seven parameters with --transform dX,dY,dZ,rX,rY,rZ,scale[,convention] "
            "(m, arc seconds, ppm), or ask for the data in CGCS2000; --crs is no substitute. If "
            "the header is wrong, correct the header.",
        ),
        file=name,
        field="坐标系",
    )
