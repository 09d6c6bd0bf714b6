"""The receipt of an input: what a reviewer compares with the application form, on one line."""

from __future__ import annotations

import re
from typing import Final

from zoning.base import units
from zoning.messages import Lang, Text, message
from zoning.model import InputRecord, Tally

#: Kinds of parts that are features, one for one, as the file counts them.
_FEATURES = ("record", "row", "placemark", "plot", "feature")
#: Digits of a hash that tell two files apart at a glance.
_SHORT, _SHORTEST = 12, 8
_STOP: Final = re.compile(r"[;；,，:：(（]")


def receipt(record: InputRecord, lang: Lang, *, whole: bool = False) -> str:
    """Return what was read of a file: its parts, their area, the CRS and how it is known, the hash.

    Parameters
    ----------
    record : InputRecord
    lang : {"zh", "en"}
    whole : bool, default False
        Give the hash in full.

    Returns
    -------
    str
        One line.
    """
    main = features(record)
    area = message("receipt.area", ha=units.ha(record.area_m2), mu=units.mu(record.area_m2))
    told = message(
        "receipt.line",
        name=record.name,
        kind=message(f"ledger.kind.{main.kind}"),
        seen=main.seen,
        read=main.read,
        failed=main.failed,
        left=left_out(record),
        area=area,
        crs=record.crs,
        evidence=record.crs_evidence,
        digest=record.sha256 if whole else record.sha256[:_SHORT],
    )
    return told.in_(lang)


def short_receipt(record: InputRecord, lang: Lang) -> str:
    """Return what was read of a file in few words; of how the CRS is known, the first."""
    main = features(record)
    return message(
        "receipt.short",
        name=record.name,
        seen=main.seen,
        read=main.read,
        left=left_out(record),
        ha=units.ha(record.area_m2),
        crs=record.crs,
        evidence=_first_words(record.crs_evidence),
        digest=record.sha256[:_SHORTEST],
    ).in_(lang)


def _first_words(evidence: Text) -> Text:
    """Return what stands before the first stop; the whole is in every other output."""
    zh, en = (_STOP.split(evidence.in_(lang), maxsplit=1)[0].strip() for lang in ("zh", "en"))
    return Text(zh, en)


def features(record: InputRecord) -> Tally:
    """Return the account of the features: what a reader of the format counts them by."""
    accounts = (t for t in record.ledger.tallies if t.kind in _FEATURES)
    return next(accounts, Tally("feature", record.features, record.features))


def left_out(record: InputRecord) -> int:
    """Count the parts of every kind that were set aside and might hold a site."""
    return sum(
        max(tally.missing, 0) + sum(part.count for part in tally.set_aside if part.may_hold)
        for tally in record.ledger.tallies
    )
