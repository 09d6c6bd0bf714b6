"""new_rule: a restriction from one TOML entry, with the decisions expected of it."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomli
from pydantic import ValidationError

from zoning.base.encoding import read_text
from zoning.base.errors import CatalogueError, UsageError, problem
from zoning.base.settings import root
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.catalogue import Catalogue, load_catalogue
from zoning.catalogue.content import CatalogueFile
from zoning.law import Evidenced, decide, read_attributes, satisfying
from zoning.model import Evidence, Measure, Project, Rule, Tri

#: Where a site may lie for a rule's own layer, as the decision tables call it.
_PLACES = {
    "inside": Evidenced(
        Evidence.OFFICIAL,
        Measure("z", "z", 0.0, depth_m=5000.0, accuracy_m=10.0, share=1.0, touches=Tri.YES),
    ),
    "outside": Evidenced(
        Evidence.OFFICIAL, Measure("z", "z", 0.0, depth_m=5000.0, accuracy_m=10.0)
    ),
    "no data": Evidenced(None, state="no_data"),
}
_COLUMNS = ("rule", "as_of", "place", "attributes", "expect", "why")


@dataclass(frozen=True, slots=True)
class NewRule:
    """What was written: the rules, and the files that hold them and their expected decisions."""

    rules: tuple[Rule, ...]
    files: tuple[Path, ...]


def new_rule(
    entry: str | Path,
    *,
    into: str = "own_rules",
    repository: str | Path | None = None,
    as_of: date | None = None,
) -> NewRule:
    """Add the ``[[rules]]`` of a TOML file to the catalogue of a repository.

    Appends them to ``layers/<into>.toml``, writes the decisions that follow to
    ``tests/golden/decisions/<into>.csv`` for a reader to confirm, leaves a row for a second keying
    in ``tests/law/clauses.csv``, and refreshes the generated pages.

    Parameters
    ----------
    entry : path
        TOML with one or more ``[[rules]]``, as in ``layers/README.md``.
    into : str
        Name of the catalogue file.
    repository : path, optional
        The one that zoning runs from by default.
    as_of : date, optional
        Day of the expected decisions; today by default.

    Returns
    -------
    NewRule

    Raises
    ------
    CatalogueError
        A faulty entry, or an id that is taken; nothing is written then.
    UsageError
        The place is no repository of zoning, or its pages could not be refreshed.
    """
    place = Path(repository) if repository is not None else root()
    layers, tables = place / "layers", place / "tests" / "golden" / "decisions"
    if not layers.is_dir() or not tables.is_dir():
        raise UsageError(problem("no-repository", file=str(place)))
    if Path(into).name != into or into in ("", ".", ".."):
        raise UsageError(problem("bad-option", key="bad-option.name", option="--into", value=into))
    text = read_text(Path(entry)).text
    rules = _parsed(Path(entry), text)
    target, table = layers / f"{into}.toml", tables / f"{into}.csv"
    place_of_rules = Target(target, frozenset({Path(entry)}), overwrite=True, catalogue=True)
    before = target.read_text(encoding="utf-8") if target.is_file() else None
    with whole(place_of_rules) as part:
        joined = "\n\n".join(x.strip() for x in (before, text) if x)
        part.write_text(joined + "\n", encoding="utf-8")
    try:
        catalogue = load_catalogue(layers)
    except CatalogueError:
        if before is None:
            target.unlink()
        else:
            target.write_text(before, encoding="utf-8")
        raise
    _write_rows(table, [r for x in rules for r in _rows(x, catalogue, as_of or date.today())])
    _leave_to_be_keyed(place / "tests" / "law" / "clauses.csv", rules)
    refresh = place / "docs" / "refresh.py"
    if refresh.is_file():
        done = subprocess.run([sys.executable, str(refresh)], cwd=place, check=False)
        if done.returncode:
            raise UsageError(problem("refresh-failed", file=str(refresh), code_=done.returncode))
    return NewRule(rules, (target, table))


def _parsed(path: Path, text: str) -> tuple[Rule, ...]:
    try:
        rules = CatalogueFile.model_validate(tomli.loads(text)).rules
    except (tomli.TOMLDecodeError, ValidationError) as error:
        detail = " ".join(str(error).split())[:300]
        raise CatalogueError(problem("rule-entry", file=str(path), detail=detail)) from None
    if not rules:
        raise CatalogueError(problem("rule-entry", file=str(path), detail="[[rules]]"))
    return rules


def _rows(rule: Rule, catalogue: Catalogue, day: date) -> list[tuple[str, ...]]:
    """Return a case for each place, with nothing known and with what the rule asks for."""
    area = Evidenced(Evidence.SURVEYED, _PLACES["inside"].total) if rule.scope.area else None
    hit = satisfying(rule.when, catalogue.attributes) if rule.when is not None else {}
    stated = "; ".join(f"{name}={value}" for name, value in (hit or {}).items())
    cases = [("inside", ""), ("inside", stated), ("outside", stated), ("no data", stated)]
    rows: list[tuple[str, ...]] = []
    for place, columns in dict.fromkeys(cases):
        pairs = dict(pair.split("=", 1) for pair in columns.split("; ") if pair)
        attributes, _, _ = read_attributes(catalogue.attributes.values(), pairs)
        project = Project("p", "P", None, attributes)
        found = decide(rule, project, _PLACES[place], catalogue.attributes, area)
        why = "written by zoning rules new; confirm it against the text"
        case = (rule.id, day.isoformat(), _where(rule, place), columns)
        rows.append((*case, found.status.value, why))
    return rows


def _where(rule: Rule, place: str) -> str:
    """Say a place in metres, as the decision tables do: there the site is drawn and measured."""
    if (band := rule.scope.distance_m) is None:
        return {"inside": "500 m inside", "outside": "2000 m away"}.get(place, place)
    return {"inside": f"{band / 2:g} m away", "outside": f"{3 * band:g} m away"}.get(place, place)


def _leave_to_be_keyed(path: Path, rules: tuple[Rule, ...]) -> None:
    """Name the rules among the clauses keyed by a second hand, as ones it has not seen yet."""
    if not path.is_file():
        return
    with path.open("a+", encoding="utf-8", newline="") as file:
        file.seek(0)
        writer = csv.DictWriter(file, next(csv.reader(file)), lineterminator="\n")
        writer.writerows({"rule": r.id, "document": r.document, "basis": "unseen"} for r in rules)


def _write_rows(path: Path, rows: list[tuple[str, ...]]) -> None:
    fresh = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([_COLUMNS, *rows] if fresh else rows)
