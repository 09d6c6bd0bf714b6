"""A Report made by hand: every status, hints, broken features, hostile names."""

from __future__ import annotations

from datetime import date

from shapely.geometry import LineString, Point, Polygon, box

from zoning.base.errors import Problem
from zoning.messages import Text
from zoning.model import (
    Document,
    Effect,
    Evidence,
    Finding,
    InputRecord,
    Layer,
    LayerRecord,
    Measure,
    Missing,
    Project,
    ProjectResult,
    Report,
    Rule,
    Scope,
    Status,
    Tri,
)

#: Names that would act in a terminal, an HTML page, a script, a template or a spreadsheet.
HOSTILE = (
    "[red]not markup[/red] \x1b[31mred\x1b[0m \x07\u202etxt.exe\n"
    '<img src=x onerror="window.pwned=1"></script><script>window.pwned=2</script>'
    "<!--{{ 7 * 191 }}{% raw %}{# #}${window.pwned=3}`'\"\u2028"
)
FORMULA = "=cmd|' /C calc'!A0"

DOCUMENTS = (
    Document(
        id="yellow_river_plan",
        title=Text("山西省黄河流域国土空间规划", "Yellow River basin spatial plan of Shanxi"),
        number="晋政发〔2022〕11号",
        issuer=Text("山西省人民政府", "People's Government of Shanxi"),
        level="plan",
        published=date(2022, 5, 1),
        in_force_from=date(2022, 6, 1),
        period=(date(2021, 1, 1), date(2035, 12, 31)),
        source="facts",
    ),
    Document(
        id="old_plan",
        title=Text("“十三五”规划", "13th five-year plan"),
        issuer=Text("山西省人民政府", "People's Government of Shanxi"),
        level="plan",
        period=(date(2016, 1, 1), date(2020, 12, 31)),
        source="facts",
        verified=False,
    ),
)


def _rule(identifier: str, layer: str, effect: Effect, **more: object) -> Rule:
    values: dict[str, object] = {
        "document": "yellow_river_plan",
        "section": Text("第三章第二节", "chapter 3, section 2"),
        "text": Text("干流岸线一公里内不得新建两高项目。", "No new two-high project within 1 km."),
        "advice": Text("将项目外移至一公里以外。", "Move the site beyond the 1 km line."),
    }
    values.update(more)
    return Rule(id=identifier, layer=layer, effect=effect, **values)  # type: ignore[arg-type]


RULES = (
    _rule("R002-044", "main_rivers", Effect.PROHIBIT, scope=Scope(op="near", distance_m=1000.0)),
    _rule("R002-060", "main_rivers", Effect.RESTRICT, basis="interpretation"),
    _rule("R002-118", "springs", Effect.RESTRICT, document="old_plan"),
    _rule("R002-001", "redline", Effect.PROHIBIT),
    _rule("R002-061", "yellow_counties", Effect.REQUIRE),
)

LAYERS = (
    LayerRecord(
        "main_rivers", Text("主要河流", "Main rivers"), Evidence.SURVEYED, 90.0,
        "data/boundaries/rivers.gpkg", "a" * 64, "used",
    ),
    LayerRecord(
        "springs", Text("岩溶大泉", "Karst springs"), Evidence.SCHEMATIC, 2000.0,
        "data/boundaries/springs.gpkg", "b" * 64, "used",
    ),
    LayerRecord(
        "yellow_counties", Text("沿黄县", "Counties on the Yellow River"), Evidence.OFFICIAL, 5.0,
        "user.gpkg", "c" * 64, "used", official=True,
    ),
    LayerRecord("redline", Text("生态保护红线", "Ecological redline"), None, None, None, None,
                "no_data"),
    LayerRecord(
        "farmland", Text("永久基本农田", "Basic farmland"), Evidence.OFFICIAL, 1.0, "farm.shp",
        None, "failed", True,
        Problem("crs-missing", Text("没有坐标系。", "No CRS."), Text("补 .prj。", "Add a .prj."),
                file="farm.shp"),
    ),
)  # fmt: skip

INPUT = InputRecord(
    name="projects.geojson", sha256="d" * 64, driver="GeoJSON", layer="projects", features=9,
    crs="EPSG:4490", crs_evidence=Text("RFC 7946", "RFC 7946"),
    notices=(Text("坐标顺序已核对。", "Axis order checked."),),
)  # fmt: skip


def _site(
    identifier: str, name: str, geometry: object, *findings: Finding, **more: object
) -> ProjectResult:
    status = max((f.status for f in findings), key=lambda s: s.severity)
    return ProjectResult(
        Project(identifier, name, geometry, {"industry": "2521", "new": True}, **more),  # type: ignore[arg-type]
        status,
        findings,
    )


def _found(project: str, status: Status, rule: str | None, zh: str, en: str, **more: object):
    open_ = {Status.UNDETERMINED, Status.FAILED, Status.NOT_CHECKED}
    ends = {} if status in open_ else {"best": status, "worst": status}
    return Finding(project, status, Text(zh, en), "sample", rule=rule, **ends, **more)  # type: ignore[arg-type]


def _results() -> tuple[ProjectResult, ...]:
    coking = box(112.50, 37.80, 112.52, 37.81)
    overlap = box(112.50, 37.80, 112.51, 37.81)
    total = Measure(
        "main_rivers", "汾河", distance_m=600.0, depth_m=400.0, area_m2=976_543.21,
        raw_area_m2=980_000.0, share=0.5, accuracy_m=90.0, touches=Tri.YES, geometry=overlap,
    )  # fmt: skip
    road = LineString([(111.9, 37.2), (112.0, 37.3), (112.2, 37.35)])
    inside = Measure(
        "main_rivers", "汾河", 0.0, length_m=1234.5, raw_length_m=1234.5, share=0.04,
        touches=Tri.YES, geometry=LineString([(111.95, 37.25), (112.0, 37.3)]),
    )  # fmt: skip
    missing = Missing(
        "karst_water", Text("取用岩溶水", "Karst water abstraction"),
        Text("项目是否取用岩溶地下水？", "Does the project take karst groundwater?"),
        Status.RESTRICTED, Status.COMPLIANT,
    )  # fmt: skip
    broken = Problem(
        "geometry-empty", Text("几何为空。", "The geometry is empty."),
        Text("补绘边界后重新提交。", "Draw the boundary and submit again."),
        file="projects.geojson", feature="7",
    )  # fmt: skip
    fine = _found("P07", Status.COMPLIANT, "R002-044", "距离 5 公里，大于 1 公里。",
                  "5 km away, beyond 1 km.",
                  total=Measure("main_rivers", "汾河", 5000.0, accuracy_m=90.0))  # fmt: skip
    no_data = _found(
        "P01", Status.NOT_CHECKED, "R002-001", "图层没有数据。", "The layer has no data.",
        needs="official_line",
    )  # fmt: skip
    return (
        _site(
            "P01", "焦化厂 Coking plant", coking,
            _found("P01", Status.COMPLIANT, "R002-061", "不在范围内。", "Not inside."),
            _found("P01", Status.VIOLATION, "R002-044", "新建两高项目距汾河 600 米，小于 1 公里。",
                   "A new two-high project 600 m from the Fen, less than 1 km.",
                   total=total, zones=(total,), near_boundary=True, layer="main_rivers"),
            no_data,
        ),
        _site("P02", "公路 Road", road,
              _found("P02", Status.RESTRICTED, "R002-060", "穿越植被带。", "Crosses the belt.",
                     total=inside, zones=(inside, inside), layer="main_rivers")),
        _site("P03", "取水井 Borehole", Point(113.6, 37.9),
              _found("P03", Status.UNDETERMINED, "R002-118", "是否取用岩溶水未说明。",
                     "Whether karst water is taken is not stated.", missing=(missing,),
                     total=Measure("springs", "娘子关泉", 0.0, accuracy_m=2000.0),
                     worst=Status.RESTRICTED, needs="answer")),
        _site("P04", "", None, _found("P04", Status.FAILED, None, "要素无法读取。",
                                      "The feature cannot be read.", problem=broken)),
        _site("P05", FORMULA, box(111.0, 36.0, 111.01, 36.01),
              _found("P05", Status.NOT_CHECKED, "R002-061", "该日期没有数据。",
                     "No data for that date.")),
        _site("P06", HOSTILE, Polygon([(110.9, 38.0), (110.95, 38.0), (110.92, 38.04)]),
              _found("P06", Status.CONDITIONAL, "R002-061", f"须落实治理措施：{HOSTILE}",
                     f"Erosion control is required: {HOSTILE}", hint=True)),
        _site("P07", "光伏电站 Solar plant", box(113.0, 39.5, 113.02, 39.52), fine,
              notices=(Text("几何已修复。", "The geometry was repaired."),)),
    )  # fmt: skip


def sample() -> Report:
    """Return the report; a fresh one each time, equal to every other."""
    return Report(
        tool_version="0.1.0",
        catalogue_sha256="e" * 64,
        as_of=date(2025, 6, 1),
        inputs=(INPUT,),
        layers=LAYERS,
        rules=RULES,
        documents=DOCUMENTS,
        results=_results(),
        notices=(Text("示例。", "A sample."),),
        left_out=(Text("饮用水源保护区没有公开矢量。", "Drinking-water zones are not public."),),
    )


def styles() -> tuple[Layer, ...]:
    """Return catalogue layers as the map needs them."""

    def layer(identifier: str, zh: str, en: str, geometry: str, color: str, **more: object):
        return Layer.model_validate(
            {
                "id": identifier, "name": Text(zh, en), "theme": more.pop("theme", "water"),
                "geometry": geometry, "style": {"color": color, **more.pop("style", {})},
                "description": Text(zh, en), "evidence": "surveyed",
                "positional_accuracy_m": 90.0, "source": {"file": "x.gpkg"}, "name_field": "name",
                **more,
            }
        )  # fmt: skip

    return (
        layer("province", "省界", "Province", "polygon", "#444444", style={"fill_opacity": 0}),
        layer("counties", "县界", "Counties", "polygon", "#999999",
              style={"fill_opacity": 0, "weight": 0.6, "dash": "4 3"}),
        layer("main_rivers", "主要河流", "Main rivers", "line", "#2b6cb0", style={"weight": 2}),
    )  # fmt: skip
