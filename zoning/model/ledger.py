"""What became of every part of an input: read, failed, or set aside by a stated rule.

Each reader counts the parts of its container by other means than it reads them by, so that what a
reader overlooks shows as a difference. A part that was set aside and might hold a site or a zone
leaves the input incomplete, and so does a part of which nobody knows what became.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from zoning.messages import Text, message

#: Kinds of parts; each has its name in the messages under ``ledger.kind``.
Kind: TypeAlias = Literal[
    "record", "row", "placemark", "link", "overlay", "feature", "geometry", "plot", "line",
    "entity", "block", "layer", "table", "sheet", "column", "member", "file", "document", "span",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetAside:
    """Parts of one kind that were not read, by one rule.

    Attributes
    ----------
    count : int
        How many.
    reason : Text
        The rule, with the names of the parts where they have any.
    may_hold : bool
        Whether a site or a zone might be among them.
    """

    count: int
    reason: Text
    may_hold: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """The account of one kind of parts.

    Attributes
    ----------
    kind : str
        One of `Kind`.
    seen : int
        How many an independent count of the container finds.
    read, failed : int
        How many were read, and how many of them could not be used and are named one by one.
    set_aside : tuple of SetAside
    """

    kind: Kind
    seen: int
    read: int
    failed: int = 0
    set_aside: tuple[SetAside, ...] = ()

    @property
    def left_out(self) -> int:
        """How many were set aside, or are not accounted for."""
        return max(self.seen - self.read - self.failed, 0)

    @property
    def missing(self) -> int:
        """Seen less those accounted for; 0 in an account that balances."""
        return self.seen - self.read - self.failed - sum(part.count for part in self.set_aside)

    def unread(self) -> Iterator[Text]:
        """Yield why this kind is not complete."""
        yield from (part.reason for part in self.set_aside if part.may_hold and part.count)
        if self.missing:
            found = self.seen - self.missing
            kind = message(f"ledger.kind.{self.kind}")
            yield message("ledger.unbalanced", kind=kind, seen=self.seen, found=found)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts of an input, one a kind of parts; two ledgers of one input are added."""

    tallies: tuple[Tally, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger((*self.tallies, *other.tallies))

    @property
    def unread(self) -> tuple[Text, ...]:
        """Why the input is not complete, each reason once; empty where it is."""
        return tuple(dict.fromkeys(text for tally in self.tallies for text in tally.unread()))

    def of(self, kind: Kind) -> tuple[Tally, ...]:
        """Return the accounts of one kind."""
        return tuple(tally for tally in self.tallies if tally.kind == kind)

    def with_failures(self, features: int, failed: int) -> Ledger:
        """Return the ledger once ``failed`` of the ``features`` read turned out to be unusable.

        The account whose parts are features one for one bears them; where there is none, as with
        lines of a drawing that make up one ring, the features get an account of their own.
        """
        same = [t for t in self.tallies if t.kind in _FEATURES and t.read == features]
        if not same:
            return self + Ledger((Tally("feature", features, features - failed, failed),))
        bearing = replace(same[0], read=features - failed, failed=failed)
        return Ledger(tuple(bearing if t is same[0] else t for t in self.tallies))


#: Parts of which each is one feature.
_FEATURES = ("record", "row", "placemark", "feature", "plot")
#: The ledger of what nobody has counted yet.
NOTHING_COUNTED = Ledger()
