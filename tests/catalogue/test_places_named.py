"""Places that a cell or a text may mean: by code or name, old or new."""

from __future__ import annotations

import pytest

from zoning.catalogue.places import places


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("灵石县", {"140729"}), ("Lingshi County", {"140729"}), ("交城", {"141122"}),
        ("141024100203", {"141024"}), (141024.0, {"141024"}), ("1410", {"141000"}),
        ("大同", {"140200"}), ("大同县", {"140215"}), ("南郊区", {"140213", "140214"}),
        ("怀仁县", {"140681"}), ("太原市", {"140100"}), ("山西省", set()), ("14", set()),
        ("某县", set()), ("130101", set()), (None, set()),
    ],
)  # fmt: skip
def test_what_a_cell_may_mean(cell: object, codes: set[str]) -> None:
    assert places().meant(cell) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("晋中市灵石县静升镇", {"140729"}), ("位于洪洞县与霍州市交界", {"141024", "141082"}),
        ("大同市某处", {"140200"}), ("晋城市城区", {"140502"}), ("主城区以西", set()),
        ("Xiaodian District, Taiyuan", {"140105"}), ("某镇某村", set()),
    ],
)  # fmt: skip
def test_what_a_text_names_in_full(text: str, codes: set[str]) -> None:
    assert places().named_in(text) == codes
