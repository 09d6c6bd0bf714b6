"""What may be stated of a site, at random."""

from random import Random

from hypothesis import strategies as st

from zoning.catalogue import load_catalogue

SPECS = load_catalogue().attributes
CODES = (
    "2521", "26", "2614", "4416", "4415", "0610", "4812", "7010", "0212", "5942", "25", "461",
)  # fmt: skip


def _values(spec):
    if spec.type == "bool":
        return (False, True)
    if spec.type == "enum":
        return tuple(v.value for v in spec.values)
    if spec.type == "number":
        return (0.0, 20.0, 35.0, 150.0, 4000.0, 30000.0)
    return CODES


#: The values of each attribute.
VALUES = {name: _values(spec) for name, spec in SPECS.items()}


def value_of(name):
    """Draw a value of one attribute."""
    return st.sampled_from(VALUES[name])


@st.composite
def statements(draw):
    """Draw hardly any, half or nearly all of what can be stated of a site.

    From a seed: Hypothesis takes far longer to draw the attributes one by one than a test of them.
    """
    share, seen = draw(st.sampled_from([0.1, 0.5, 0.9])), Random(draw(st.integers(0, 2**32)))
    return {name: seen.choice(VALUES[name]) for name in VALUES if seen.random() < share}


known_attributes = statements()
