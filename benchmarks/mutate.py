"""Does a test notice when one line of the code says something else?

The modules that decide, measure or say what is complete are changed, one thing at a time: a
comparison, ``and`` for ``or``, a number, a sign, a status, an early return left out. Each changed
module meets the tests that the table below names for it; a change that no test notices is listed.
What can be changed without changing anything is argued in ``mutations_argued.csv``.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import csv
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

ROOT = Path(__file__).parents[1]
ARGUED = Path(__file__).with_name("mutations_argued.csv")
#: What a run needs beside the changed module.
NEEDED = ("zoning", "tests", "layers", "data", "examples", "pyproject.toml")
EXAMPLE = """examples:
  python benchmarks/mutate.py --module zoning/law/decide.py
  python benchmarks/mutate.py --sample 25 --seed 1 --jobs 2
  python benchmarks/mutate.py --module zoning/law/logic.py --list
"""

#: Starts the tests of each change in a new process, with the slow imports done once.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["pytest", "geopandas", "pyproj", "pydantic"])

DECISIONS = "tests/golden/test_decisions.py"
MEASURE, DECIDE = "tests/unit/test_measure.py", "tests/unit/test_decide.py"
MEASURE_ZONES = "tests/unit/test_measure_zones.py"
SOIL_LOSS = "tests/unit/test_stats_soil_loss.py"
#: The tests that each module meets, the fastest and most telling first.
TESTS: dict[str, tuple[str, ...]] = {
    "zoning/measure/relate.py": (MEASURE, MEASURE_ZONES, "tests/unit/test_split.py", DECISIONS),
    "zoning/measure/survey.py": (MEASURE, "tests/unit/test_survey.py"),
    "zoning/measure/zones.py": (MEASURE_ZONES, MEASURE, "tests/unit/test_split.py", DECISIONS),
    "zoning/measure/split.py": ("tests/unit/test_split.py",),
    "zoning/measure/remedy.py": ("tests/unit/test_rules_remedy.py",),
    "zoning/law/decide.py": (DECIDE, "tests/unit/test_decide_place.py", DECISIONS),
    "zoning/law/logic.py": ("tests/unit/test_logic.py", "tests/unit/test_attributes.py", DECISIONS),
    "zoning/law/activity.py": ("tests/unit/test_activity.py", DECIDE),
    "zoning/law/attributes.py": ("tests/unit/test_attributes.py",),
    "zoning/law/rulebook.py": ("tests/unit/test_rulebook.py",),
    "zoning/law/columns.py": ("tests/properties/test_decided_together.py",),
    "zoning/law/declaration.py": ("tests/unit/test_profiles.py",),
    "zoning/law/places.py": ("tests/properties/test_decided_together.py",),
    "zoning/model/findings.py": ("tests/properties/test_decided_together.py",),
    "zoning/law/early.py": ("tests/unit/test_early_law.py",),
    "zoning/law/dates.py": ("tests/unit/test_dates.py",),
    "zoning/law/entry_list.py": ("tests/unit/test_rules_entry_list.py",),
    "zoning/law/select.py": ("tests/unit/test_select.py",),
    "zoning/law/projects.py": ("tests/unit/test_projects.py",),
    "zoning/law/questions.py": ("tests/unit/test_questions.py",),
    "zoning/law/satisfying.py": ("tests/unit/test_satisfying.py",),
    "zoning/review/run.py": ("tests/unit/test_review_run.py",),
    "zoning/review/layers.py": ("tests/unit/test_review_layers.py",),
    "zoning/review/places.py": ("tests/unit/test_review_places.py",),
    "zoning/review/examination.py": ("tests/unit/test_examination.py",),
    "zoning/review/completeness.py": ("tests/unit/test_completeness.py",),
    "zoning/review/coverage.py": ("tests/unit/test_coverage.py",),
    "zoning/review/zones.py": ("tests/cli/test_layers.py",),
    "zoning/review/sites.py": ("tests/cli/test_check.py",),
    "zoning/review/official.py": ("tests/cli/test_absence.py", "tests/cli/test_workspace.py"),
    "zoning/review/remedy.py": ("tests/cli/test_remedies.py",),
    "zoning/model/workspace.py": ("tests/unit/test_workspace_entry.py",),
    "zoning/read/crs/datum.py": ("tests/unit/test_datum.py",),
    "zoning/stats/soil_loss.py": ("tests/unit/test_soil_loss_blocks.py",),
    "zoning/stats/factors.py": ("tests/unit/test_stats_factors.py",),
    "zoning/stats/erosion.py": (SOIL_LOSS, "tests/cli/test_stats.py"),
}

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
#: ``|`` between values is left alone: in this code it joins types.
REVERSED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
IN_PLACE = {**REVERSED, ast.BitOr: ast.BitAnd}
ENUMS = {"Tri", "Status", "Effect", "Evidence"}


@dataclass(frozen=True)
class Mutant:
    """One change of one module: where it stands, what the line says and what becomes of it."""

    module: str
    line: int
    text: str
    change: str
    place: int
    variant: int

    @property
    def key(self) -> tuple[str, str, str]:
        """By what an argued change is known again when lines have moved."""
        return self.module, self.text, self.change

    def source(self) -> str:
        """Return the whole text of the changed module."""
        tree = ast.parse((ROOT / self.module).read_text("utf-8"))
        nodes = _nodes(tree)
        old = nodes[self.place]
        new, _ = list(_changes(old, nodes, _given(nodes)))[self.variant]
        return ast.unparse(ast.fix_missing_locations(_Swap(old, new).visit(tree)))


def mutants(module: str) -> list[Mutant]:
    """Return every change of a module, in the order of the text."""
    source = (ROOT / module).read_text("utf-8")
    lines = source.splitlines()
    nodes = _nodes(ast.parse(source))
    given = _given(nodes)
    found = []
    for place, node in enumerate(nodes):
        line = getattr(node, "lineno", 0)
        for variant, (_, said) in enumerate(_changes(node, nodes, given)):
            found.append(Mutant(module, line, lines[line - 1].strip(), said, place, variant))
    return sorted(found, key=lambda m: m.line)


class _Swap(ast.NodeTransformer):
    """Put another node in the place of one."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the other node for the one sought."""
        return self.new if node is self.old else self.generic_visit(node)


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """All nodes that run; what stands in an annotation does not."""
    found: list[ast.AST] = []
    left = [tree]
    while left:
        node = left.pop()
        found.append(node)
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns"):
                parts = value if isinstance(value, list) else [value]
                left.extend(part for part in parts if isinstance(part, ast.AST))
    return found


def _changes(
    node: ast.AST, nodes: Sequence[ast.AST], given: set[ast.AST]
) -> Iterator[tuple[ast.AST, str]]:
    """Yield what can stand in the place of a node, and the change in words."""
    if isinstance(node, ast.If) and _is_guard(node):
        yield ast.Pass(), f"guard left out: {ast.unparse(node.test)}"
    members = _members(node, nodes) if node in given else ()
    for new in (*_operators(node), *_values(node), *members):
        yield new, f"{ast.unparse(node)} -> {ast.unparse(new)}"


def _is_guard(node: ast.If) -> bool:
    """Whether all that an ``if`` does is to leave early, with one statement before at most."""
    leaves = isinstance(node.body[-1], ast.Return | ast.Continue)
    return leaves and len(node.body) <= 2 and not node.orelse


def _operators(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            if other := COMPARED.get(type(op)):
                ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in REVERSED:
        yield ast.BinOp(node.left, REVERSED[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in IN_PLACE:
        yield ast.AugAssign(node.target, IN_PLACE[type(node.op)](), node.value)


def _values(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value * 2 + 1)  # type: ignore[operator]


def _members(node: ast.AST, nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield the next of the members of an enum that the module uses."""
    if isinstance(node, ast.Attribute) and _is_member(node):
        used = {n.attr for n in nodes if isinstance(n, ast.Attribute) and _is_member(n)
                and ast.unparse(n.value) == ast.unparse(node.value)}  # fmt: skip
        names = sorted(used)
        other = names[(names.index(node.attr) + 1) % len(names)]
        if other != node.attr:
            yield ast.Attribute(node.value, other, node.ctx)


def _is_member(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ENUMS and node.attr.isupper()


def _given(nodes: Iterable[ast.AST]) -> set[ast.AST]:
    """What stands in a return or an assignment, but for what is compared there."""
    left: list[ast.AST] = [n for n in nodes if isinstance(n, ast.Return | ast.Assign)]
    found: set[ast.AST] = set()
    while left:
        node = left.pop()
        found.add(node)
        left.extend(n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.Compare))
    return found


def prepare(folder: Path) -> Path:
    """Copy what the tests need, so that no change ever touches the project itself."""
    folder.mkdir()
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    compileall.compile_dir(folder / "zoning", quiet=1)
    return folder


def passes(folder: Path, tests: Sequence[str], limit: float | None) -> bool:
    """Whether all tests pass in a folder, within a time in seconds."""
    process = SERVER.Process(target=_run_tests, args=(folder, tuple(tests)))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode == 0


def _run_tests(folder: Path, tests: Sequence[str]) -> None:
    """Run the tests in a process of their own, whose libraries are there but not the project."""
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "ZONING_LANG": "en"}
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
    words = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0")
    sys.exit(int(pytest.main([*words, *tests])))


def survives(folder: Path, module: str, text: str, limit: float) -> bool:
    """Whether the tests of a module pass with another text in its place."""
    path, before = folder / module, (ROOT / module).read_bytes()
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_text(text, "utf-8")
    try:
        return passes(folder, TESTS[module], limit)
    finally:
        path.write_bytes(before)


def allowed(folder: Path, module: str) -> float:
    """Return the time limit for a module; its tests pass as it is and fail where it is broken."""
    begun = time.perf_counter()
    if not passes(folder, TESTS[module], None):
        raise SystemExit(f"{module}: its tests do not pass as it is")
    limit = 10.0 + 4.0 * (time.perf_counter() - begun)
    if survives(folder, module, "raise ImportError\n", limit):
        raise SystemExit(f"{module}: its tests do not use it")
    return limit


def run(module: str, chosen: Sequence[Mutant], folders: Sequence[Path]) -> list[Mutant]:
    """Return the mutants of a module that survive."""
    limit = allowed(folders[0], module)
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        free.put(folder)

    def one(mutant: Mutant) -> bool:
        folder = free.get()
        try:
            return survives(folder, mutant.module, mutant.source(), limit)
        finally:
            free.put(folder)

    with ThreadPoolExecutor(len(folders)) as pool:
        return [m for m, alive in zip(chosen, pool.map(one, chosen), strict=True) if alive]


def argued() -> dict[tuple[str, str, str], str]:
    """Return the changes that change nothing, with the reason."""
    with ARGUED.open(encoding="utf-8", newline="") as file:
        return {(r["module"], r["line"], r["change"]): r["reason"] for r in csv.DictReader(file)}


def tell(module: str, chosen: Sequence[Mutant], alive: Sequence[Mutant], seconds: float) -> int:
    """Print what became of the mutants of a module; return how many survived unargued."""
    known = argued()
    left = [m for m in alive if m.key not in known]
    equal = len(alive) - len(left)
    killed, of = len(chosen) - len(alive), len(chosen) - equal
    print(
        f"{module}: killed {killed} of {of}, survived {len(left)}, argued {equal}; {seconds:.0f} s",
        flush=True,
    )
    for mutant in left:
        print(f"  {mutant.line}: {mutant.text}\n      {mutant.change}", flush=True)
    return len(left)


def stale(modules: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return argued changes that no module has any more."""
    keys = {m.key for module in modules for m in mutants(module)}
    return [key for key in argued() if key[0] in modules and key not in keys]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--module", action="append", choices=TESTS, metavar="PATH",
                        help="a module of the table, as zoning/law/decide.py; may be repeated"
                        " (default: all)")  # fmt: skip
    parser.add_argument("--sample", type=int, help="so many mutants a module (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default: 1)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (default: 1)")
    parser.add_argument("--list", action="store_true", help="print the changes and run nothing")
    return parser.parse_args()


def choose(module: str, sample: int | None, seed: int) -> list[Mutant]:
    """Return all mutants of a module, or a sample that is the same for the same seed."""
    found = mutants(module)
    if sample is None or sample >= len(found):
        return found
    places = random.Random(f"{seed} {module}").sample(range(len(found)), sample)
    return [found[place] for place in sorted(places)]


def main() -> int:
    """Run what is asked for; end with 1 where a change survives that nobody has argued."""
    asked = arguments()
    modules = asked.module or list(TESTS)
    chosen = {module: choose(module, asked.sample, asked.seed) for module in modules}
    left = 0
    if asked.list:
        for mutant in (m for found in chosen.values() for m in found):
            print(f"{mutant.module}:{mutant.line}: {mutant.change}")
        return 0
    with tempfile.TemporaryDirectory(prefix="zoning-mutate-") as scratch:
        folders = [prepare(Path(scratch) / str(job)) for job in range(asked.jobs)]
        for module, found in chosen.items():
            begun = time.perf_counter()
            alive = run(module, found, folders)
            left += tell(module, found, alive, time.perf_counter() - begun)
    for key in stale(modules):
        print("argued, but no longer there: " + " | ".join(key))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
