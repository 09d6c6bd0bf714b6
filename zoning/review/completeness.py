"""Why a review is no whole review, whatever it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zoning import law
from zoning.catalogue import Catalogue
from zoning.messages import Text, message
from zoning.model import LayerRecord, Rule
from zoning.read import Reading


def incomplete(
    left_out: Sequence[Text],
    rules: Sequence[Rule],
    catalogue: Catalogue,
    readings: Sequence[Reading],
    layers: Sequence[LayerRecord],
) -> tuple[Text, ...]:
    """Return every reason why nothing can be clear on the whole.

    Parameters
    ----------
    left_out : sequence of Text
        What a choice of rules or themes left out.
    rules : sequence of Rule
        Those that were reviewed.
    catalogue : Catalogue
        With the rows of an entry list, if one was given.
    readings : sequence of Reading
        The sites.
    layers : sequence of LayerRecord
        What every layer stood for.
    """
    return tuple(_reasons(left_out, rules, catalogue, readings, layers))


def _reasons(
    left_out: Sequence[Text],
    rules: Sequence[Rule],
    catalogue: Catalogue,
    readings: Sequence[Reading],
    layers: Sequence[LayerRecord],
) -> Iterator[Text]:
    if not rules:
        yield message("incomplete.no-rule")
    elif left_out:
        yield message("incomplete.narrowed")
    listed = [rule for rule in catalogue.rules.values() if law.is_listed(rule)]
    if listed and not left_out and not any(law.is_listed(rule) for rule in rules):
        yield message("incomplete.entry-list")
    for reading in readings:
        record = reading.record
        if record.incomplete:
            said = list(record.unread)
            yield message("incomplete.unread", name=record.name, said=said)
    for layer in layers:
        if layer.official and layer.incomplete:
            yield message("layers.not-all-read", name=layer.name, said=list(layer.unread))
