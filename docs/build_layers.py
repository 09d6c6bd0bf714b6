"""Write docs/layers/: one page a layer with its picture, from the catalogue and the data.

    python docs/build_layers.py            all pages and pictures (needs matplotlib)
    python docs/build_layers.py --text     pages only

A test compares the pages with what this script writes, all but the list of rules, which changes
more often; pictures are not compared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from zoning import review
from zoning.base import geodesy
from zoning.catalogue.content import Catalogue
from zoning.catalogue.embedded import registry
from zoning.catalogue.load import load_catalogue
from zoning.model import Layer

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "layers"
EVIDENCE = {
    "official": "官方 official", "surveyed": "实测 surveyed", "derived": "推算 derived",
    "schematic": "示意 schematic", None: "无数据 no data",
}  # fmt: skip
#: Heading of the list of rules, the last section of a page.
RULES = "## 条款 Rules"
#: Longest list of zones that a page prints.
MEMBERS = 130


def size_of(frame: Any) -> tuple[float, str]:
    """Return the total size of zones: km2 of areas, km of lines, the count of points."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    area, length = geodesy.areas(shapes).sum() / 1e6, geodesy.lengths(shapes).sum() / 1e3
    if area:
        return float(area), "km²"
    return (float(length), "km") if length else (float(len(frame)), "points")


def page(layer: Layer, catalogue: Catalogue, frame: Any) -> str:
    """Return the Markdown of one layer's page."""
    out = [f"# {layer.name.zh} {layer.name.en}", "", f"`{layer.id}` · {layer.theme}", ""]
    if frame is not None or layer.kind == "raster":
        out += [f"![{layer.name.en}]({layer.id}.png)", ""]
    out += [layer.description.zh, "", layer.description.en, "", *_facts(layer, frame), ""]
    out += [
        *_provenance(layer),
        *_fields(layer),
        *_members(layer, frame),
        *_rules(layer, catalogue),
    ]
    return "\n".join(out).rstrip() + "\n"


def _facts(layer: Layer, frame: Any) -> list[str]:
    accuracy = f"±{layer.positional_accuracy_m:g} m" if layer.positional_accuracy_m else "—"
    if layer.accuracy_field:
        accuracy += f",逐区见 by zone in `{layer.accuracy_field}`"
    rows = [
        ("证据 evidence", EVIDENCE[layer.evidence.value if layer.evidence else None]),
        ("位置精度 accuracy", accuracy if layer.evidence else "—"),
        ("类型 kind", f"{layer.kind}, {layer.geometry}, {layer.crs}"),
    ]
    if layer.evidence_field:
        rows[0] = (rows[0][0], f"{rows[0][1]};逐区见 by zone in `{layer.evidence_field}`")
    if not layer.decides:
        rows.append(("判定 decides", "只提示,不判定 hints only, never decides"))
    if frame is not None:
        amount, unit = size_of(frame)
        rows.append(("规模 size", f"{len(frame)} 区 zones, {amount:,.1f} {unit}"))
    return ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows)]


def _provenance(layer: Layer) -> list[str]:
    source = layer.source
    if source is None:
        return ["## 来源 Provenance", "", "无公开数据,由用户在工作区文件中提供。",
                "No public data; the user supplies them in a workspace file.", ""]  # fmt: skip
    if source.buffer is not None:
        return ["## 来源 Provenance", "",
                f"`{source.buffer.layer}` + {source.buffer.distance_m:g} m", ""]  # fmt: skip
    entry = registry()[str(source.file)]
    out = ["## 来源 Provenance", "", f"`data/{source.file}` — {entry['processing']}", ""]
    out += [f"- 精度说明 accuracy: {entry['accuracy_note']}", f"- 许可 licence: {entry['licence']}"]
    for origin in entry.get("source", []):
        out.append(f"- {origin['package']}=={origin['version']} `{origin['inner_path']}`")
    if source.where or source.exclude:
        chosen = [f"{k} in {list(v)}" for k, v in source.where.items()]
        chosen += [f"{k} not in {list(v)}" for k, v in source.exclude.items()]
        out.append(f"- 筛选 filter: {'; '.join(chosen)}")
    return [*out, ""]


def _fields(layer: Layer) -> list[str]:
    if not layer.fields:
        return []
    out = ["## 字段 Fields", "", "| 字段 field | 含义 meaning | 类型 type | 官方别名 aliases |",
           "|---|---|---|---|"]  # fmt: skip
    for field in layer.fields:
        unit = f" ({field.unit})" if field.unit else ""
        aliases = ", ".join(field.aliases) or "—"
        title = f"{field.title.zh} {field.title.en}{unit}"
        out.append(f"| `{field.name}` | {title} | {field.type} | {aliases} |")
    return [*out, ""]


def _members(layer: Layer, frame: Any) -> list[str]:
    if frame is None or layer.name_field not in frame or layer.kind == "raster":
        return []
    columns = [c for c in ("city", "area_km2", "published_km2", "area_published_km2",
                           "residual_pct", "evidence", "accuracy_m", "area_confidence")
               if c in frame]  # fmt: skip
    names = sorted(zip(frame[layer.name_field].fillna("—"), frame.index, strict=True))
    out = ["## 分区 Members", ""]
    if len(names) > MEMBERS or not columns:
        listed = list(dict.fromkeys(str(name) for name, _ in names))
        return [*out, "、".join(listed), ""]
    out += [f"| 名称 name | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, index in names:
        cells = " | ".join(_cell(frame.loc[index, column]) for column in columns)
        out.append(f"| {name} | {cells} |")
    return [*out, ""]


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "—"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _rules(layer: Layer, catalogue: Catalogue) -> list[str]:
    found = sorted(catalogue.rules_of(layer.id), key=lambda rule: rule.id)
    out = [RULES, ""]
    if not found:
        return [*out, "没有条款引用本图层。No rule rests on this layer."]
    return [*out, *(f"- `{rule.id}` {rule.text.zh}" for rule in found)]


def index(catalogue: Catalogue, pages: list[Layer]) -> str:
    """Return the Markdown of the list of all layers."""
    number = len(catalogue.layers)
    out = [
        "# 图层 Layers",
        "",
        f"{number} 个图层,按主题。由 `python docs/build_layers.py` 生成。",
        f"{number} layers by theme, written by `python docs/build_layers.py`.",
        "",
        "| 主题 theme | 图层 layer | 名称 name | 证据 evidence |",
        "|---|---|---|---|",
    ]
    for layer in sorted(pages, key=lambda item: (item.theme, item.id)):
        kind = EVIDENCE[layer.evidence.value if layer.evidence else None]
        name = f"{layer.name.zh} {layer.name.en}"
        out.append(f"| {layer.theme} | [{layer.id}]({layer.id}.md) | {name} | {kind} |")
    return "\n".join(out) + "\n"


def texts() -> dict[str, str]:
    """Return file name -> text of every page."""
    catalogue = load_catalogue()
    layers = review.Layers(catalogue)
    out = {}
    for layer in catalogue.layers.values():
        frame = layers[layer.id].frame if layer.kind == "vector" else None
        out[f"{layer.id}.md"] = page(layer, catalogue, frame)
    out["README.md"] = index(catalogue, list(catalogue.layers.values()))
    return out


def pictures() -> None:
    """Draw every layer that has data over the cities and rivers."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    catalogue = load_catalogue()
    layers = review.Layers(catalogue)
    for layer in catalogue.layers.values():
        if layers[layer.id].record.state != "used":
            continue
        figure, axes = plt.subplots(figsize=(4.2, 6.2), dpi=80)
        if layer.kind == "raster":
            _draw_raster(layer, axes)
        else:
            _draw_zones(layer, layers[layer.id].frame, axes)
        layers.need("cities").boundary.plot(ax=axes, color="#555555", linewidth=0.5)
        layers.need("province").boundary.plot(ax=axes, color="#222222", linewidth=1.0)
        if layer.geometry != "line":
            layers.need("main_rivers").plot(ax=axes, color="#4a86c5", linewidth=0.5)
        axes.set(xlim=(110.0, 114.8), ylim=(34.4, 40.9), aspect=1.26)
        axes.tick_params(labelsize=7)
        axes.set_title(layer.id, fontsize=9)
        figure.tight_layout()
        figure.savefig(PLACE / f"{layer.id}.png", metadata={"Software": None})
        plt.close(figure)


def _draw_zones(layer: Layer, frame: Any, axes: Any) -> None:
    kinds = ("evidence", "space", "unit_class")
    kinds = ("function",) if layer.theme == "main_function" else kinds
    column = next((c for c in kinds if c in frame), None)
    if column is None and 1 < len(frame) <= 12 and layer.geometry == "polygon":
        column = next((c for c in ("name_en", "adcode") if c in frame), None)
    if layer.geometry == "polygon" and layer.style.fill_opacity == 0:
        frame.boundary.plot(ax=axes, color=layer.style.color, linewidth=0.6)
    elif column:
        frame.plot(ax=axes, column=column, cmap="tab10", alpha=0.65, legend=True,
                   legend_kwds={"fontsize": 6, "loc": "lower right"})  # fmt: skip
        if layer.geometry == "polygon":
            frame.boundary.plot(ax=axes, color="#333333", linewidth=0.3)
    else:
        frame.plot(ax=axes, color=layer.style.color, alpha=0.6, markersize=8, linewidth=1.6)


def _draw_raster(layer: Layer, axes: Any) -> None:
    from matplotlib import pyplot as plt
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    cells = review.read_cells(layer)
    values = np.where(cells.values == cells.nodata, np.nan, cells.values * cells.scale)
    t = cells.transform
    extent = (t.c, t.c + values.shape[1] * t.a, t.f + values.shape[0] * t.e, t.f)
    if not cells.classes:
        drawn = axes.imshow(values, extent=extent, cmap="viridis", interpolation="nearest")
        plt.colorbar(drawn, ax=axes, shrink=0.5).ax.tick_params(labelsize=6)
        return
    codes = [code for code in sorted(cells.classes) if (cells.values == code).any()]
    ranks = np.full(values.shape, np.nan)
    for rank, code in enumerate(codes):
        ranks[cells.values == code] = rank
    colours = plt.get_cmap("tab20").colors
    palette = ListedColormap(colours[: len(codes)])
    axes.imshow(ranks, extent=extent, cmap=palette, interpolation="nearest", vmin=-0.5,
                vmax=len(codes) - 0.5)  # fmt: skip
    labels = [f"{code} {cells.classes[code]}".encode("ascii", "ignore").decode() for code in codes]
    patches = [Patch(color=colours[rank], label=label) for rank, label in enumerate(labels)]
    axes.legend(handles=patches, fontsize=6, loc="lower right")


def main() -> int:
    """Write the pages, and the pictures unless ``--text`` is given."""
    PLACE.mkdir(parents=True, exist_ok=True)
    made = texts()
    for name, text in made.items():
        (PLACE / name).write_text(text, encoding="utf-8")
    if "--text" not in sys.argv[1:]:
        pictures()
    known = {Path(name).stem for name in made}
    for old in PLACE.iterdir():
        if old.stem not in known:
            old.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
