"""Questions that end: fewer of them, in a workbook or at the terminal, and taken back."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

import zoning as library
from zoning.api.ask import answer, ask, fill, interview, standings
from zoning.api.printing import print_questions
from zoning.base.errors import SourceError
from zoning.model import Status

EXAMPLES = "examples/projects.geojson"
DAY = ("--as-of", "2026-11-27")
#: What every site lacks, presumptions aside: a list that no answer shortens to what matters.
OPEN = {Status.UNDETERMINED, Status.NOT_CHECKED, Status.FAILED}


@pytest.fixture(scope="module")
def report():
    return library.check(EXAMPLES, as_of=date(2026, 11, 27))


@pytest.fixture(scope="module")
def bare():
    return library.check(EXAMPLES, as_of=date(2026, 11, 27), profiles=False)


@pytest.fixture
def one_site(tmp_path):
    table = json.loads(Path(EXAMPLES).read_text("utf-8"))
    table["features"] = [f for f in table["features"] if f["properties"]["id"] == "P09"]
    path = tmp_path / "p09.geojson"
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


def mildest(result, question):
    """The answer whose outcomes are mildest, so that no site is decided early by a violation."""
    score = {}
    for finding in result.findings:
        for missing in finding.missing:
            if missing.attribute == question.spec.name:
                for end in missing.outcomes:
                    score[end.value.zh] = score.get(end.value.zh, 0) + end.status.severity
    return "0" if question.spec.type == "number" else min(score, key=score.__getitem__)


def site_of(report, name):
    return next(result for result in report.results if result.project.id == name)


def test_the_questions_close_with_a_third_of_those_that_a_file_lacks(report, bare):
    total = 0
    for result in report.results:
        name = result.project.id
        ended, asked = interview(report, mildest, name)
        assert asked <= len(ask(bare, name, everything=True)) / 3, name
        assert not ask(ended, name)
        assert all(standing.closed for standing in standings(ended, name))
        total += asked
    assert total <= 30


def test_once_closed_no_answer_changes_whether_a_site_is_decided(bare):
    ended, _ = interview(bare, mildest)
    specs = bare.reviewed.catalogue.attributes
    for pick in (0, -1):
        said = {}
        for result in ended.results:
            names = {m.attribute for f in result.findings for m in f.missing}
            said[result.project.id] = {
                name: [v.value for v in specs[name].values][pick]
                if specs[name].values
                else (("yes", "no")[pick] if specs[name].type == "bool" else 1)
                for name in sorted(names)
                if specs[name].type in ("bool", "enum", "number")
            }
        final = answer(ended, said)
        for before, after in zip(ended.results, final.results, strict=True):
            if before.status in OPEN:
                assert after.status in OPEN, before.project.id
            else:
                assert after.status is before.status, before.project.id


def test_a_violation_is_decided_and_says_so(report):
    def told(name, lang):
        out = Console(file=io.StringIO(), width=80)
        print_questions(ask(report, name), standings(report, name), out, lang)
        return " ".join(out.file.getvalue().split())

    assert "decided as Violation; no answer can change it" in told("P01", "en")
    assert "1." not in told("P01", "en")
    assert "锅炉蒸吨" in told("P08", "zh") and "boiler_tph" not in told("P08", "zh")
    assert "P08" in told("P08", "en") and "boiler_tph" in told("P08", "en")


def book_of(path):
    book = openpyxl.load_workbook(path)
    return book, book.worksheets[0]


def cells(sheet):
    """Cell by site and column name."""
    names = [cell.value for cell in sheet[2]]
    rows = list(sheet.iter_rows(min_row=3))
    return {(row[0].value, n): cell for row in rows for n, cell in zip(names, row, strict=True)}


@pytest.fixture
def filled(report, tmp_path):
    return fill(report, tmp_path / "q.xlsx", lang="zh")


def declared(result):
    return {answer.attribute for finding in result.findings for answer in finding.presumed}


def test_a_workbook_has_lists_to_choose_from_and_marks_what_is_presumed(filled):
    book, sheet = book_of(filled)
    at = cells(sheet)
    assert [sheet.title, book.worksheets[1].title] == ["问题", "说明"]
    assert len({site for site, _ in at}) == 10
    lists = {str(v.sqref).split(":")[0][:-1] for v in sheet.data_validations.dataValidation
             if v.type == "list"}  # fmt: skip
    boiler = at["P06", "has_coal_boiler"]
    assert boiler.column_letter in lists and boiler.value == "否"
    assert boiler.fill.fgColor.rgb != at["P08", "has_coal_boiler"].fill.fgColor.rgb
    assert at["P08", "has_coal_boiler"].value is None
    told = [str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row]
    assert any("这类项目不设燃煤锅炉" in text for text in told)


def test_an_untouched_workbook_states_nothing(report, filled):
    after = answer(report, filled)
    assert [r.status for r in after.results] == [r.status for r in report.results]
    for one, two in zip(report.results, after.results, strict=True):
        assert one.project.attributes == two.project.attributes
        assert declared(one) == declared(two)


def test_a_changed_cell_is_a_statement_an_empty_one_unknown_and_a_signature_states_all(
    report, filled
):
    book, sheet = book_of(filled)
    at = cells(sheet)
    at["P08", "groundwater"].value = "否"
    at["P06", "has_coal_boiler"].value = "是"
    at["P09", "has_coal_boiler"].value = None
    at["P04", "signed"].value = "是"
    book.save(filled)
    after = answer(report, filled)
    known = {result.project.id: result.project.attributes for result in after.results}
    assert known["P08"]["groundwater"] is False and known["P06"]["has_coal_boiler"] is True
    for name in ("P06", "P09"):
        assert "has_coal_boiler" not in declared(site_of(after, name))
    assert "has_coal_boiler" not in known["P09"]
    asked = {q.spec.name for q in ask(after, "P09")} - {q.spec.name for q in ask(report, "P09")}
    assert asked & {"has_coal_boiler", "boiler_tph"}
    assert not declared(site_of(after, "P04")) and declared(site_of(report, "P04"))
    assert any("q.xlsx" in notice.en for notice in after.notices)


@pytest.mark.parametrize(
    ("site", "column", "value", "code"),
    [
        ("P08", "has_coal_boiler", "perhaps", "answers-value"),
        ("P08", "id", "P99", "answers-unknown-site"),
        ("P08", "id", None, "answers-no-site"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_cell(report, filled, site, column, value, code):
    book, sheet = book_of(filled)
    cell = cells(sheet)[site, column]
    cell.value = value
    book.save(filled)
    with pytest.raises(SourceError) as stop:
        answer(report, filled)
    (problem,) = stop.value.problems
    assert problem.code == code and problem.file == str(filled)
    assert str(problem.field).endswith(str(cell.row))
    if code != "answers-unknown-site":
        assert problem.field == cell.coordinate


def codes(report, source):
    with pytest.raises(SourceError) as stop:
        answer(report, source)
    return {problem.code for problem in stop.value.problems}


def test_a_column_that_is_no_attribute_and_a_file_that_is_no_workbook(report, filled, tmp_path):
    book, sheet = book_of(filled)
    sheet["D2"].value = "colour"
    book.save(filled)
    assert codes(report, filled) == {"answers-unknown-column"}
    plain = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    assert codes(report, plain) == {"answers-no-header"}
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    assert len(codes(report, tmp_path / "bad.xlsx")) == 1
    assert codes(report, tmp_path / "none.xlsx") == {"file-missing"}
    assert codes(report, {"P99": {"groundwater": "no"}}) == {"answers-unknown-site"}


def test_a_workbook_goes_out_and_comes_back_by_the_command_line(zoning, one_site, tmp_path):
    path = tmp_path / "q.xlsx"
    assert zoning("ask", one_site, *DAY, "--fill", path).code == 0
    book, sheet = book_of(path)
    cells(sheet)["P09", "irrigation_return"].value = "yes"
    book.save(path)
    done = zoning("check", one_site, *DAY, "--answers", path)
    assert done.code == 1 and "Violation" in done.out
    assert zoning("ask", one_site, *DAY, "--fill", one_site).code == 2
    assert zoning("ask", one_site, *DAY, "--fill", tmp_path / "q.csv").code == 2
    assert zoning("check", one_site, *DAY, "--answers", tmp_path / "none.xlsx").code == 2


def test_the_terminal_asks_until_nothing_can_change(zoning, one_site, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\nno\n" + "no\n" * 20))
    done = zoning("ask", one_site, *DAY, "-i")
    assert done.code == 0 and "Not understood" in done.out
    last = " ".join(done.out.split("questions asked.")[-1].split())
    assert last.startswith("P09") and "no answer can change it" in last


def test_one_answer_that_violates_ends_the_questions(report):
    ended, asked = interview(report, lambda result, question: "yes", "P09")
    assert asked == 1 and site_of(ended, "P09").status is Status.VIOLATION


def test_answers_are_replayed_from_a_bundle(one_site, tmp_path):
    stated = library.check(one_site, as_of=date(2026, 11, 27), answers={"P09": {"地下水": "否"}})
    stated.save_bundle(tmp_path / "r.zip")
    again = library.replay(tmp_path / "r.zip")
    assert again.to_json() == stated.to_json()
    assert again.results[0].project.attributes["groundwater"] is False
