"""Who holds the official data of layers, and the zoning systems that layers belong to."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from zoning.messages import Text
from zoning.model.declared import Declared, Identifier


class Office(Declared):
    """An office, and the layers whose official data it holds: whom to ask for them."""

    id: Identifier
    title: Text
    layers: tuple[Identifier, ...]


class ZoneClasses(Declared):
    """The column that tells the class of a layer's zones, and what its values are called."""

    layer: Identifier
    field: Identifier
    titles: Mapping[str, Text]


class System(Declared):
    """A zoning system as planners name it, and the layers that show it: a line of a site's card.

    Zones are called by their names; those of a layer in ``classes`` by what they are, and those of
    a layer in ``unnamed`` not at all, because their names say no more than the layer's. ``labels``
    are short names of layers beside the title.
    """

    id: Identifier
    title: Text
    layers: tuple[Identifier, ...]
    labels: Mapping[Identifier, Text] = Field(default_factory=dict)
    classes: tuple[ZoneClasses, ...] = ()
    unnamed: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _of_its_layers(self) -> System:
        named = {*self.labels, *self.unnamed, *(c.layer for c in self.classes)}
        if not named <= set(self.layers):
            raise ValueError("labels, classes and unnamed name layers of the system")
        return self
