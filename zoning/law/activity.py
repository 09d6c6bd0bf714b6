"""Is a rule about this project? The activity test, the exceptions, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from itertools import islice, product

from zoning.base.same import Same
from zoning.law.logic import deciding, evaluate, reduced
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Condition,
    Effect,
    Missing,
    Outcome,
    Permit,
    Rule,
    Status,
    Tri,
    Value,
)

#: No more combinations of other missing attributes are tried than this.
_COMBINATIONS = 512

_OUTCOME: Mapping[Effect, Status] = {
    Effect.PROHIBIT: Status.VIOLATION,
    Effect.EXIT: Status.VIOLATION,
    Effect.RESTRICT: Status.RESTRICTED,
    Effect.AVOID: Status.RESTRICTED,
    Effect.REQUIRE: Status.CONDITIONAL,
    Effect.ENCOURAGE: Status.CONDITIONAL,
}


@dataclass(frozen=True)
class Activity:
    """What a rule comes to for an activity, the place being granted.

    ``permit`` is the exception that is known to hold, the most lenient of several;
    ``open_permits`` are milder ones that cannot be decided yet. ``best`` and ``worst`` are what
    it can still come to. ``lacking`` works out what is missing.
    """

    applies: Tri
    permit: Permit | None = None
    open_permits: tuple[Permit, ...] = ()
    best: Status = Status.COMPLIANT
    worst: Status = Status.COMPLIANT
    lacking: Callable[[], tuple[Missing, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The attributes that would decide it; of a rule that holds nowhere nobody asks."""
        return self.lacking()


#: Of a rule that is not about an activity nothing else is asked.
_NONE = Activity(Tri.NO)


def outcome(rule: Rule) -> Status:
    """What follows where the rule holds; an interpretation never gives more than a condition."""
    status = _OUTCOME[rule.effect]
    if rule.basis == "interpretation":
        return _mildest(status, Status.CONDITIONAL)
    return status


def permitted(rule: Rule, permit: Permit) -> Status:
    """What follows where an exception holds; it never makes a rule stricter."""
    return _mildest(outcome(rule), permit.status)


def conditions(rule: Rule) -> tuple[Condition, ...]:
    """Return the activity test and those of the exceptions."""
    return (*((rule.when,) if rule.when else ()), *(p.when for p in rule.permits))


def attribute_names(rule: Rule) -> tuple[str, ...]:
    """Return the attributes a rule may ask for, sorted."""
    return tuple(sorted(frozenset().union(*(c.attributes() for c in conditions(rule)))))


def assess(
    rule: Rule, attributes: Mapping[str, Value], specs: Mapping[str, AttributeSpec]
) -> Activity:
    """Decide the activity test and the exceptions of a rule on what is known of a project."""
    applies = evaluate(rule.when, attributes)
    if applies is Tri.NO:
        return _NONE
    tested = [(permit, evaluate(permit.when, attributes)) for permit in rule.permits]
    held = [permit for permit, found in tested if found is Tri.YES]
    permit = min(held, key=lambda p: permitted(rule, p).severity, default=None)
    worst = outcome(rule) if permit is None else permitted(rule, permit)
    unsure = tuple(
        p
        for p, found in tested
        if found is Tri.UNKNOWN and permitted(rule, p).severity < worst.severity
    )
    names = dict.fromkeys(deciding(rule.when, attributes))
    for other in unsure:
        names.update(dict.fromkeys(deciding(other.when, attributes)))
    lacking = partial(_missing, rule, [specs[name] for name in names], attributes)
    milder = [permitted(rule, p) for p in unsure]
    best = Status.COMPLIANT if applies is Tri.UNKNOWN else _mildest(worst, *milder)
    return Activity(applies, permit, unsure, best, worst, lacking)


def _mildest(*ends: Status) -> Status:
    return min(ends, key=lambda s: s.severity)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a rule still asks for once the known attributes of a project are put in."""

    strict: Status
    when: Condition | Tri
    permits: tuple[tuple[Status, Condition | Tri], ...]

    @classmethod
    def of(cls, rule: Rule, attributes: Mapping[str, Value]) -> _Rest:
        permits = tuple((permitted(rule, p), reduced(p.when, attributes)) for p in rule.permits)
        return cls(outcome(rule), reduced(rule.when, attributes), permits)

    def end(self, attributes: Mapping[str, Value]) -> Status:
        """What follows where the place is granted; what is unknown counts against the project."""
        if _holds(self.when, attributes) is Tri.NO:
            return Status.COMPLIANT
        held = [status for status, when in self.permits if _holds(when, attributes) is Tri.YES]
        return _mildest(self.strict, *held)

    def widest(self, name: str) -> int:
        """How far apart the ends can lie at the most that one attribute decides between."""
        strict = self.strict.severity
        if isinstance(self.when, Condition) and name in self.when.attributes():
            return strict
        ends = [
            status.severity
            for status, when in self.permits
            if isinstance(when, Condition) and name in when.attributes()
        ]
        return strict - min(ends, default=strict)

    def alike(self, name: str, values: Sequence[Value]) -> tuple[Value, ...]:
        """Return for each value of an attribute the first that no test tells from it."""
        left = (self.when, *(when for _, when in self.permits))
        tests = [t for c in left if isinstance(c, Condition) for t in c.tests()]
        mine = [test for test in tests if test.attribute == name]
        first: dict[tuple[Tri, ...], Value] = {}
        return tuple(
            first.setdefault(tuple(evaluate(test, {name: value}) for test in mine), value)
            for value in values
        )


def _holds(condition: Condition | Tri, attributes: Mapping[str, Value]) -> Tri:
    return condition if isinstance(condition, Tri) else evaluate(condition, attributes)


def _missing(
    rule: Rule, specs: Sequence[AttributeSpec], attributes: Mapping[str, Value]
) -> tuple[Missing, ...]:
    """Describe each missing attribute by what follows where the decision is left to it."""
    every = [test for condition in conditions(rule) for test in condition.tests()]
    asked = tuple(
        () if spec.type in _CLOSED else tuple(t for t in every if t.attribute == spec.name)
        for spec in specs
    )
    return _described(_Rest.of(rule, attributes), Same(*specs), asked)


# Rules, and projects, of which the same is left to ask are told the same.
@lru_cache(maxsize=4096)
def _described(
    left: _Rest, specs: Same, asked: tuple[tuple[Condition, ...], ...]
) -> tuple[Missing, ...]:
    candidates = [tuple(_candidates(*each)) for each in zip(specs.things, asked, strict=True)]
    names = [spec.name for spec in specs.things]
    # Values that no test tells apart stand for one another.
    values = [
        left.alike(name, [value for _, value in mine])
        for name, mine in zip(names, candidates, strict=True)
    ]

    # Every attribute goes through the same combinations of values, so each is decided once. A
    # value that is known too coarsely for a test that is left decides it no more than none does.
    @cache
    def end(values: tuple[Value, ...]) -> Status:
        return left.end(dict(zip(names, values, strict=True)))

    return tuple(
        _mattering(spec, [label for label, _ in candidates[place]], place, values, widest, end)
        for place, (spec, widest) in enumerate((s, left.widest(s.name)) for s in specs.things)
    )


def _mattering(
    spec: AttributeSpec,
    labels: Sequence[Text],
    place: int,
    values: Sequence[Sequence[Value]],
    widest: int,
    end: Callable[[tuple[Value, ...]], Status],
) -> Missing:
    """Describe one missing attribute, the one at ``place``.

    The other missing attributes are given the values under which this one matters most.
    """
    best, spread = [Status.COMPLIANT], -1
    others = [tuple(dict.fromkeys(v)) for i, v in enumerate(values) if i != place]
    for rest in islice(product(*others), _COMBINATIONS):
        before, after = rest[:place], rest[place:]
        found = [end((*before, value, *after)) for value in values[place]]
        if _spread(found) > spread:
            best, spread = found, _spread(found)
        if spread >= widest:
            break
    outcomes = tuple(Outcome(label, status) for label, status in zip(labels, best, strict=True))
    if spec.type != "bool":
        best.sort(key=lambda s: -s.severity)
    return Missing(spec.name, spec.title, spec.question, best[0], best[-1], outcomes)


def unit_of(spec: AttributeSpec) -> Text:
    """Return the unit of a number as a reader says it; symbols are the same in every language."""
    return _UNITS.get(spec.unit or "", Text(spec.unit or "", spec.unit or ""))


def _spread(ends: Sequence[Status]) -> int:
    severities = [end.severity for end in ends]
    return max(severities) - min(severities)


#: Types of attributes whose values are declared: no rule adds to them.
_CLOSED = frozenset({"bool", "enum"})
_YES, _NO = message("activity.yes"), message("activity.no")
_OTHER = message("activity.any-other")
_UNITS = {
    "a": message("unit.years"),
    "deg": message("unit.degrees"),
    "m2": message("unit.square-metres"),
    "10^4 t/a": message("unit.10-kt-a"),
}


def _candidates(spec: AttributeSpec, tests: Sequence[Condition]) -> Iterator[tuple[Text, Value]]:
    """Values that stand for all values of an attribute, as far as some tests tell them apart."""
    if spec.type == "bool":
        yield _YES, True
        yield _NO, False
        return
    if spec.type == "enum":
        for option in spec.values:
            yield option.title, option.value
        return
    if spec.type == "number":
        yield from _numbers(tests, unit_of(spec))
        return
    for value in dict.fromkeys(v for t in tests for v in (t.prefix or t.in_ or ())):
        yield Text(value, value), value
    # No code of GB/T 4754 and no name holds this character, so it falls under nothing.
    yield _OTHER, "\0"


def _numbers(tests: Sequence[Condition], unit: Text) -> Iterator[tuple[Text, Value]]:
    """One value of each span that the tests tell apart; a bound lies above or below its cut."""
    above = {(b, 0) for t in tests for b in (t.at_least, t.below) if b is not None}
    below = {(t.at_most, 1) for t in tests if t.at_most is not None}
    for index, (bound, belongs_below) in enumerate(sorted(above | below)):
        if index == 0:
            low = bound if belongs_below else bound - abs(bound) - 1.0
            yield message(f"activity.{_LOW[belongs_below]}", bound=bound, unit=unit), low
        high = bound + abs(bound) * 1e-9 + 1e-9 if belongs_below else bound
        yield message(f"activity.{_HIGH[belongs_below]}", bound=bound, unit=unit), high


_LOW, _HIGH = ("below", "at-most"), ("at-least", "above")
