"""Write data/registry.toml and data/README.md from the product list and the files themselves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyogrio
import rasterio
from product import Product
from products import PRODUCTS
from sources import Source

HEAD = """\
# Made by data/build/build.py; do not edit. One [[file]] per data file, paths relative to data/.
# Checked by `zoning data verify`. Meaning of the fields: data/README.md.
"""


def _value(value: Any) -> str:
    """Return a TOML value; JSON strings, numbers and flat lists are valid TOML."""
    return json.dumps(value, ensure_ascii=False)


def _facts(path: Path) -> dict[str, Any]:
    """Return what can be read off the file: kind, CRS, count or shape, bounds."""
    if path.suffix == ".fgb":
        info = pyogrio.read_info(path, force_feature_count=True, force_total_bounds=True)
        return {
            "kind": "vector",
            "crs": info["crs"],
            "geometry": info["geometry_type"],
            "features": int(info["features"]),
            "fields": [str(name) for name in info["fields"]],
            "bounds": [round(float(value), 7) for value in info["total_bounds"]],
        }
    with rasterio.open(path) as grid:
        return {
            "kind": "raster",
            "crs": grid.crs.to_string(),
            "dtype": grid.dtypes[0],
            "bands": grid.count,
            "width": grid.width,
            "height": grid.height,
            "nodata": grid.nodata,
            "cell_deg": round(float(grid.transform.a), 12),
            "scale": float(grid.scales[0]),
            "bounds": [round(float(value), 9) for value in grid.bounds],
        }


def _entry(product: Product, data: Path) -> list[str]:
    """Return the lines of one [[file]] table."""
    path = data / product.path
    content = path.read_bytes()
    fields: dict[str, Any] = {
        "path": product.path,
        "title": product.title,
        "title_zh": product.title_zh,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        **_facts(path),
        "evidence": product.evidence,
        "licence": product.licence,
        "positional_accuracy_m": product.accuracy_m,
        "accuracy_note": product.accuracy_note,
        "processing": product.processing,
    }
    if product.table:
        fields["table"] = f"build/tables/{product.table}"
    lines = ["", "[[file]]", *(f"{key} = {_value(value)}" for key, value in fields.items())]
    for source in product.sources:
        lines += ["", "[[file.source]]", *_source(source)]
    return lines


def _source(source: Source) -> list[str]:
    fields = {
        "registry": source.package.registry,
        "package": source.package.name,
        "version": source.package.version,
        "inner_path": source.inner,
        "inner_sha256": source.sha256,
        "licence": source.licence,
        "caveat": source.caveat,
        "upstream": source.upstream,
        "date": source.date,
    }
    return [f"{key} = {_value(value)}" for key, value in fields.items()]


def write_registry(data: Path) -> None:
    """Write registry.toml for the products that exist; all must."""
    lines = [HEAD.rstrip(), "format = 1", 'crs = "EPSG:4490"']
    for product in PRODUCTS:
        lines += _entry(product, data)
    (data / "registry.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table_row(product: Product, data: Path) -> str:
    facts = _facts(data / product.path)
    if facts["kind"] == "vector":
        size = f"{facts['features']} {facts['geometry']}"
    else:
        size = f"{facts['bands']} × {facts['width']} × {facts['height']} {facts['dtype']}"
    kb = (data / product.path).stat().st_size / 1024
    origin = "<br>".join(dict.fromkeys(str(s.package) for s in product.sources)) or "this project"
    return (
        f"| `{product.path}` | {product.title} {product.title_zh} | {size} | {kb:.0f} kB | "
        f"{product.evidence} | {product.accuracy_m} | {origin} |"
    )


def _licence_rows() -> list[str]:
    seen: dict[str, Source] = {}
    for product in PRODUCTS:
        for source in product.sources:
            seen.setdefault(f"{source.package} `{source.inner}`", source)
    return [
        f"| {name} | {s.licence} | {s.upstream}; {s.date} | {s.caveat} |"
        for name, s in seen.items()
    ]


def write_readme(data: Path, template: Path) -> None:
    """Fill the tables into the README template."""
    total = sum((data / product.path).stat().st_size for product in PRODUCTS)
    text = template.read_text(encoding="utf-8")
    text = text.replace("@FILES@", "\n".join(_table_row(p, data) for p in PRODUCTS))
    text = text.replace("@LICENCES@", "\n".join(_licence_rows()))
    text = text.replace(
        "@PROCESSING@",
        "\n".join(f"- `{p.path}`: {p.processing} Accuracy: {p.accuracy_note}." for p in PRODUCTS),
    )
    text = text.replace("@TOTAL@", f"{total / 1e6:.1f}")
    (data / "README.md").write_text(text, encoding="utf-8")
