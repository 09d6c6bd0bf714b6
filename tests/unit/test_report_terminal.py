"""The report at a terminal: what it says, that it fits, that names cannot act."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from report_samples import DOCUMENTS, sample
from rich.cells import cell_len
from rich.console import Console

from zoning.messages import Text
from zoning.model import Status
from zoning.show import Guide, print_report
from zoning.show.prose import inert, pieces, wrap


def printed(lang="en", width=100, report=None, encoding="utf-8", **options) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    color = options.pop("color", None)
    console = Console(file=file, width=width, color_system=color, force_terminal=bool(color))
    print_report(report or sample(), console, lang, **options)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_no_line_is_wider_than_the_console(lang, width):
    for details in (False, True):
        for line in printed(lang, width, details=details).splitlines():
            assert cell_len(line.rstrip()) <= width


def test_the_screen_names_every_site_with_status_figures_and_clause():
    rows = printed().splitlines()
    for project, status in (
        ("P01", "× Violation"), ("P02", "! Restricted"), ("P03", "? Undetermined"),
        ("P04", "E Data error"), ("P05", "- Not checked"), ("P06", "§ Conditional"),
        ("P07", "√ Compliant"),
    ):  # fmt: skip
        assert any(row.startswith(f"{status}  {project}") for row in rows)
    hit = next(row for row in rows if "R002-044" in row)
    assert hit.strip() == "× 汾河 600 m ±90 m · R002-044 晋政发〔2022〕11号 chapter 3, section 2"
    (violation,) = [row for row in rows if row.startswith("× Violation  P01")]
    assert "195.49 ha" in violation and violation.endswith("0 /  1 /  1 /  0")


def test_an_open_site_tells_its_worst_end_its_clause_and_what_would_settle_it():
    (line,) = [x for x in printed(width=160).splitlines() if "R002-118" in x]
    assert "at worst Restricted" in line and "to answer: Karst water abstraction" in line
    (zh,) = [x for x in printed("zh", width=160).splitlines() if "R002-118" in x]
    assert "最坏受限" in zh and "须答“取用岩溶水”" in zh


def test_a_failed_site_tells_the_fault_and_the_cure_in_a_line_each():
    rows = printed().splitlines()
    at = next(i for i, row in enumerate(rows) if row.startswith("E Data error  P04"))
    assert rows[at + 1 : at + 3] == [
        "    The geometry is empty.",
        "    Draw the boundary and submit again.",
    ]


def test_a_long_title_is_cut_and_the_section_kept():
    document = DOCUMENTS[0].model_copy(
        update={"number": None, "title": Text("甲" * 60, "Law " * 40)}
    )
    report = replace(sample(), documents=(document, DOCUMENTS[1]))
    (line,) = [x for x in printed(width=80, report=report).splitlines() if "R002-044" in x]
    assert "Law…" in line and line.endswith("chapter 3, section 2")


def test_one_site_gets_its_clauses_told():
    text = printed(guide=Guide(sites=("P01",)))
    assert "No new two-high project within 1 km." in text
    assert "P02" not in text


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ["overlap 97.65 ha (1,464.81 mu)", "50.0% of the project", "distance 600 m",
                "before tolerances 98.00 ha", "length inside 1.23 km", "±90 m",
                "indicative, not a legal boundary", "verify on site",
                "Does the project take karst groundwater? yes → Restricted; no → Compliant",
                "Move the site beyond the 1 km line.",
                "projects.geojson, feature 7: The geometry is empty.",
                "1 rule met or not applicable.", "The geometry was repaired.",
                "The plan's period ended on 2020-12-31", "citation not yet verified",
                "What was not checked or could not be decided",
                "Drinking-water zones are not public."]),
        ("zh", ["重叠 97.65 公顷（1,464.81 亩）", "占项目 50.0%", "距离 600 米",
                "穿越长度 1.23 公里", "±90 米", "仅供参考，不是法定边界",
                "项目是否取用岩溶地下水？", "是 → 受限; 否 → 符合", "将项目外移至一公里以外。",
                "另有 1 条规则：符合或不适用。", "规划期已于 2020-12-31 届满", "引文未经核对",
                "饮用水源保护区没有公开矢量。"]),
    ],
)  # fmt: skip
def test_details_say_all_a_planner_asks(lang, expected):
    flat = " ".join(printed(lang, 400, details=True).split())
    for phrase in expected:
        assert phrase in flat, phrase


def test_every_finding_is_told_in_the_details():
    text = " ".join(printed(width=400, details=True).split())
    for result in sample().results:
        for finding in result.findings:
            if finding.status is not Status.NOT_CHECKED or finding.needs != "official_line":
                assert (finding.rule or "") in text
    assert "Ecological redline: 1 clause, at worst Violation" in text
    assert "No data for that date." in text  # of a finding that nothing is said to settle


def test_each_duty_is_told_once_with_the_sites_it_binds():
    report = sample()
    duty = report.results[5]
    again = replace(duty, project=replace(duty.project, id="P08"))
    text = " ".join(
        printed(
            report=replace(report, results=(*report.results, again)), width=400, details=True
        ).split()
    )
    assert text.count("[P06, P08]") == 1
    assert "Duties (1, each told once)" in text


def test_law_out_of_force_is_not_told():
    report = replace(sample(), law_notes=(Text("旧法已失效。", "An old law ceased."),))
    assert "An old law" not in printed(report=report) + printed(report=report, details=True)


def test_compliant_findings_are_counted_and_measured_ones_shown_with_details():
    assert "5 km away" not in printed()
    assert "5 km away" in printed(details=True)
    assert "d" * 64 in printed(details=True)


def test_official_data_carry_no_warning():
    text = printed(width=200, details=True)
    lines = [x for x in text.splitlines() if "Counties on the Yellow River, official" in x]
    assert lines and not any("indicative" in line for line in lines)


@pytest.mark.parametrize("color", [None, "truecolor"])
def test_names_are_never_markup_nor_escapes(color):
    text = printed(color=color)
    assert "[red]not markup[/red]" in text
    assert "\\x1b[31mred" in text
    assert "\x1b[31mred" not in text
    assert not {"\x07", "\u202e", "\u2028"} & set(text)


def test_an_encoding_without_the_signs_gets_question_marks_not_a_crash():
    text = printed("en", encoding="ascii")
    assert "Violation" in text and "? Violation" in text


def test_gbk_the_code_page_of_chinese_windows_holds_every_sign():
    text = printed("zh", encoding="gbk")
    for sign in ("× 不符合", "! 受限", "? 待定", "E 数据有误", "- 未核查", "§ 附条件", "√ 符合"):
        assert sign in text


def test_a_large_file_is_cut_to_the_most_severe_and_says_so():
    report = sample()
    fine = report.results[6]
    many = [replace(fine, project=replace(fine.project, id=f"S{i}")) for i in range(150)]
    large = replace(report, results=(*many, report.results[0]))
    text = printed(report=large, guide=Guide(written="all.xlsx"))
    assert "… and 141 more in all.xlsx" in text
    assert "√ Compliant 150" in text
    assert "P01" in text and "S8 " in text and "S9 " not in text
    assert len(text.splitlines()) <= 40
    assert "S149" in printed(report=large, details=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_questions_and_layers_give_way_to_the_sites(lang, width):
    report = sample()
    one = replace(report, results=(report.results[2],))
    text = printed(lang, width, report=one, guide=Guide(words="a.geojson"))
    assert len(text.splitlines()) <= 25
    assert "zoning check a.geojson --details --card" in text


def test_chinese_wraps_between_characters_not_before_punctuation():
    assert wrap("距离六百米，小于一公里。", 10) == ["距离六百", "米，小于一", "公里。"]
    assert wrap("占“两高”项目", 6) == ["占“两", "高”项", "目"]


def test_a_figure_stays_with_its_unit():
    assert list(pieces("距离 600 米")) == ["距", "离 ", "600 米"]
    assert list(pieces("at 20 ha or 3 4")) == ["at ", "20 ha ", "or ", "3 ", "4"]


@pytest.mark.parametrize("width", [1, 2, 7, 20])
def test_wrapping_loses_nothing(width):
    text = "R002-044：新建“两高”项目（焦化2521）距汾河 600 米; too-long-a-word-for-any-line"
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(x) <= max(width, 2) for x in lines)


def test_inert_text_is_plain_sight():
    assert inert("a\x1b]0;title\x07\n\tb\u200b\udc80") == "a\\x1b]0;title\\x07  b\\u200b\\udc80"


def test_a_narrowed_review_says_so_in_its_first_lines():
    assert "rules" not in "".join(printed().splitlines()[:5])
    report = replace(sample(), rules_left_out=309)
    kept = len(report.rules)
    assert f"{kept} of {kept + 309} rules; 309 left out" in printed(report=report).splitlines()[3]
    assert f"只审了 {kept + 309} 条中的 {kept} 条" in printed("zh", report=report).splitlines()[3]
