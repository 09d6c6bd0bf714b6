"""What is presumed of a trade: declared as data, never taken for a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from zoning.messages import Text
from zoning.model.declared import Declared, Identifier
from zoning.model.enums import Value


class Presumption(Declared):
    """Answers that are plainly true of a trade, and why."""

    answers: Annotated[Mapping[Identifier, bool | float | str], Field(min_length=1)]
    reason: Text


class Profile(Declared):
    """A kind of project, and the answers that are presumed of it until somebody states them.

    ``codes`` are prefixes of GB/T 4754-2017. ``words`` tell the kind by the name of a project that
    states no code, unless one of ``unless`` is in it too. ``includes`` names profiles whose
    presumptions hold as well; a profile with neither codes nor words is only ever included.
    """

    id: Identifier
    title: Text
    codes: tuple[Annotated[str, Field(pattern=r"^\d{2,4}$")], ...] = ()
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    includes: tuple[Identifier, ...] = ()
    presume: tuple[Presumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Presumed:
    """An answer that is presumed of one project.

    ``told`` is the value as a reader would say it; ``profile`` titles the kind of project;
    ``rules`` are those that a finding leaves open for no other reason than that nobody has stated
    the answer.
    """

    attribute: str
    title: Text
    value: Value
    told: Text
    reason: Text
    profile: Text
    rules: tuple[str, ...] = ()
