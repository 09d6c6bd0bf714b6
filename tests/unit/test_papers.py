"""Review opinions and letters: what stands in them, that they open, and that they hold no more."""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import geopandas
import pytest
import shapely
from lxml import etree
from report_samples import HOSTILE

import zoning
from zoning.api.letters import letters
from zoning.api.opinion import report as write_report
from zoning.api.opinion import report_template
from zoning.base.errors import MissingExtraError, UsageError
from zoning.read import ReadOptions, read_vector
from zoning.read.boundary_txt.write import boundary_points
from zoning.show.papers import docx as writer
from zoning.show.papers import pdf as office
from zoning.show.papers.numbering import numbering, numeral
from zoning.show.papers.outline import Outline, Para

docx = pytest.importorskip("docx", reason="the extra zoning[report] is not installed")
pytest.importorskip("docxtpl", reason="the extra zoning[report] is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
DAY = date(2026, 11, 21)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A violation, a point, a feature that cannot be read, and a name that would do harm."""
    data = json.loads(EXAMPLES.read_text("utf-8"))
    features = [data["features"][i] for i in (0, 6, 9)]
    harm = json.loads(json.dumps(features[1]))
    harm["properties"] |= {"id": "../P01", "name": HOSTILE}
    data["features"] = [*features, harm]
    path = tmp_path_factory.mktemp("sites") / "sites.geojson"
    path.write_text(json.dumps(data), encoding="utf-8")
    return zoning.check(path, as_of=DAY, remedy=True)


@pytest.fixture(scope="module")
def paper(report):
    return report.to_docx("zh")


@pytest.fixture(scope="module")
def english(report):
    return report.to_docx("en")


@pytest.fixture(scope="module")
def page(report):
    return report.to_html("zh")


@pytest.fixture(scope="module")
def broken(report):
    """The site alone that could not be read: the quickest opinion there is."""
    return replace(report, results=report.results[2:3], remedies=())


@pytest.fixture(scope="module")
def asked(report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters") / "new"
    return folder, letters(report, folder)[1]


def opened(content: bytes):
    return docx.Document(BytesIO(content))


def text_of(content: bytes) -> str:
    """Everything a reader sees, cells included."""
    root = etree.fromstring(zipfile.ZipFile(BytesIO(content)).read("word/document.xml"))
    lines = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return "\n".join(lines)


def headings(content: bytes) -> list[str]:
    return [p.text for p in opened(content).paragraphs if p.style.name.startswith("Heading")]


def sound(content: bytes) -> None:
    """What makes Word offer a repair: broken parts, links to nothing, ragged tables, equal ids."""
    parts = zipfile.ZipFile(BytesIO(content))
    names = set(parts.namelist())
    assert parts.testzip() is None and len(names) == len(parts.namelist())
    for name in names:
        if name.endswith((".xml", ".rels")):
            etree.fromstring(parts.read(name))
    for rels in (n for n in names if n.endswith(".rels")):
        base = posixpath.dirname(posixpath.dirname(rels))
        for link in etree.fromstring(parts.read(rels)):
            if link.get("TargetMode") != "External":
                target = link.get("Target")
                place = target[1:] if target.startswith("/") else posixpath.join(base, target)
                assert posixpath.normpath(place) in names, (rels, target)
    body = etree.fromstring(parts.read("word/document.xml"))
    for table in body.iter(f"{W}tbl"):
        columns = len(table.find(f"{W}tblGrid"))
        assert {len(row.findall(f"{W}tc")) for row in table.iter(f"{W}tr")} == {columns}
        assert all(cell.findall(f"{W}p") for cell in table.iter(f"{W}tc"))
    drawn = [e.get("id") for e in body.iter() if etree.QName(e).localname == "docPr"]
    assert len(drawn) == len(set(drawn))
    styles = etree.fromstring(parts.read("word/styles.xml"))
    known = {s.get(f"{W}styleId") for s in styles.iter(f"{W}style")}
    assert {e.get(f"{W}val") for e in body.iter(f"{W}pStyle")} <= known
    balance = Counter(e.get(f"{W}fldCharType") for e in body.iter(f"{W}fldChar"))
    assert balance["begin"] == balance["separate"] == balance["end"]


def test_an_opinion_tells_what_an_office_writes(report, paper):
    told = text_of(paper)
    (hit,) = (f for f in report.results[0].findings if f.rule == "R002-001")
    hectares, mu = hit.total.area_m2 / 10_000, hit.total.area_m2 * 15 / 10_000
    assert f"{hectares:,.2f} 公顷（{mu:,.2f} 亩）" in told
    for words in (
        "审查依据", "总体结论", "项目概况", "分区选址卡", "审查结论", "不符合与受限的条款",
        "避让与调整方案", "应履行的义务", "所在县（市、区）指标", "未核查事项与征询部门",
        "数据来源与复现", "审查单位（盖章）",
        "晋环发〔2022〕3号 第三章第一节", "2026年11月21日", "中央经线 111°E",
    ):  # fmt: skip
        assert words in told, words
    levels = headings(paper)
    assert levels[0] == "一、审查依据"
    assert [h for h in levels if h.endswith("洪洞焦化二期")] == ["三、洪洞焦化二期"]
    # Parts are numbered anew in every section.
    assert levels[levels.index("三、洪洞焦化二期") + 1] == "（一）项目概况"


def test_nothing_of_the_template_is_left(paper, english):
    for lang, content in (("zh", paper), ("en", english)):
        told = text_of(content).replace("{{ 7 * 191 }}", "").replace("{% raw %}", "")
        assert "{{" not in told and "{%" not in told, lang
        assert not re.search(r"\b(None|True|False|nan)\b|Status\.|\bText\(", told)


def test_an_opinion_in_one_language_has_no_word_of_the_other(paper, english):
    from zoning.model import Status

    told = text_of(paper)
    assert not [s.value for s in Status if re.search(rf"\b{s.value}\b", told)]
    assert not re.search("审查|条款|项目概况", text_of(english))


def test_what_could_not_be_reviewed_is_never_told_as_clear(broken, paper):
    told = text_of(broken.to_docx("zh"))
    assert "未能审查" in told and "不得视为符合" in told and "未发现不符合" not in told
    assert text_of(paper).count("不得视为符合") == 4  # no site of these four is clear


def test_captions_are_numbered_without_a_gap(paper):
    lines = [p for p in opened(paper).paragraphs if p.style.name == "Caption"]
    shown = ["".join(t.text or "" for t in p._p.iter(f"{W}t")) for p in lines]
    for label in ("表", "图"):
        numbers = [int(found[1]) for s in shown if (found := re.match(rf"{label} (\d+)", s))]
        assert numbers == list(range(1, len(numbers) + 1)) and numbers


def test_every_site_with_a_place_has_its_map_and_points(report, paper):
    placed = [r for r in report.results if r.project.geometry is not None]
    assert len(opened(paper).inline_shapes) == len(placed) == 3
    zone, points = boundary_points(report.results[0].project.geometry)
    told = text_of(paper)
    assert zone == 37 and all(f"{p.x:.3f}" in told and f"{p.y:.3f}" in told for p in points)


def test_a_document_opens_without_repair(paper, asked):
    for content in (paper, *(p.read_bytes() for p in asked[1] if p.suffix == ".docx")):
        sound(content)


def test_the_same_review_gives_the_same_bytes(report, paper, page):
    assert report.to_docx("zh") == paper
    assert report.to_html("zh") == page


def test_names_are_data(paper, page):
    told = text_of(paper)
    assert "{{ 7 * 191 }}" in told and "1337" not in told
    assert "<script>window.pwned" not in page and "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_page_loads_nothing_and_tells_the_same(paper, page):
    assert not re.search(r"""(src|href)=["']?(https?:|//|file:)|url\(|@import""", page)
    assert page.count("data:image/png;base64,") == 3
    told = [re.sub(r"<[^>]+>", "", h) for h in re.findall(r"<h[234]>(.*?)</h[234]>", page, re.S)]
    plain = [h for h in headings(paper) if "img src" not in h]
    assert [h for h in told if "img src" not in h] == plain


def test_page_and_type_are_close_to_the_standard(paper):
    document = opened(paper)
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    body = document.styles["Body Text"]
    assert body.font.size.pt == 16 and body.paragraph_format.line_spacing.pt == 28
    styles = [document.styles[n] for n in ("Title", "Body Text", "Heading 1", "Heading 2")]
    fonts = {s.element.find(f".//{W}rFonts").get(f"{W}eastAsia") for s in styles}
    assert fonts == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"}
    assert b"altName" in zipfile.ZipFile(BytesIO(paper)).read("word/fontTable.xml")
    assert "PAGE" in etree.tostring(section.footer._element).decode()


def test_a_template_is_written_changed_and_used(report, tmp_path):
    path = report_template(tmp_path / "t.docx", "zh")
    own = docx.Document(path)
    own.paragraphs[0].insert_paragraph_before("本局意见:{{ sites[0].name }},{{ sites[0].status }}")
    own.save(path)
    one = replace(report, results=report.results[:1], remedies=())
    assert "本局意见:洪洞焦化二期,不符合" in text_of(one.to_docx("zh", path))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("{{ no_such_value }}", "no_such_value"),
        ("{{ sites[0].nothing }}", "nothing"),
        ("{{ ().__class__.__mro__[1].__subclasses__() }}", "unsafe|undefined"),
        ("{% for x in %}", "."),
    ],
)
def test_a_faulty_template_says_what_is_wrong(words, reason):
    source = writer.template(Outline((Para(words),), "表", "图", "zh"))
    with pytest.raises(UsageError, match=reason) as error:
        writer.filled(source, {"sites": [{"name": "x"}]}, "zh", "t.docx")
    assert error.value.problems[0].code == "template-faulty"


def test_what_is_no_template_is_refused(broken, tmp_path):
    path = tmp_path / "t.docx"
    for content in (b"", b"PK\x03\x04 nothing", b"text"):
        path.write_bytes(content)
        with pytest.raises(UsageError) as error:
            broken.to_docx("zh", path)
        assert error.value.problems[0].code == "template-unreadable"
    with pytest.raises(UsageError):
        broken.to_docx("zh", tmp_path / "absent.docx")
    with pytest.raises(UsageError, match="template"):
        broken.save(tmp_path / "a.html", "en", template=path)
    assert [p.name for p in tmp_path.iterdir()] == ["t.docx"]


def test_without_libreoffice_a_pdf_says_what_to_install(broken, tmp_path, monkeypatch):
    monkeypatch.setattr(office.shutil, "which", lambda _: None)
    with pytest.raises(UsageError, match="LibreOffice"):
        broken.save(tmp_path / "a.pdf", "en")
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(broken, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "docxtpl", None)
    with pytest.raises(MissingExtraError, match=r"\[report\]"):
        broken.to_docx("en")


def test_a_folder_gets_one_paper_a_site_and_an_overview(report, tmp_path):
    made, written = write_report(report, tmp_path / "out", lang="en", kind="html")
    assert made is report
    names = [p.name for p in written]
    assert names[0] == "overview.html" and len({n.casefold() for n in names}) == 5
    assert all(p.parent == tmp_path / "out" and p.is_file() for p in written)
    overview, single = (written[i].read_text("utf-8") for i in (0, 1))
    assert "洪洞焦化二期" in overview and "Zoning card" not in overview
    assert "Zoning card" in single and "晋祠泉域取水井" not in single


def test_a_folder_is_read_whole(tmp_path):
    folder = tmp_path / "sites"
    folder.mkdir()
    with pytest.raises(zoning.ZoningError, match="no file"):
        write_report(folder, tmp_path / "a.html")
    (folder / "a.geojson").write_bytes(EXAMPLES.read_bytes())
    (folder / "readme.txt").write_text("no boundary points", encoding="utf-8")
    with pytest.raises(zoning.ZoningError, match=r"readme\.txt"):
        write_report(folder, tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def test_a_shapefile_is_one_data_set_of_a_folder(tmp_path):
    from zoning.read import data_sets

    for name in ("a.SHP", "a.dbf", "a.shx", "a.shp.xml", "b.geojson", ".hidden", "c.dbf"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "d.gdb").mkdir()
    assert [p.name for p in data_sets(tmp_path)] == ["a.SHP", "b.geojson", "c.dbf", "d.gdb"]


def test_an_unknown_suffix_is_refused_before_any_work(tmp_path):
    for wrong in ("a.doc", "a.odt", "a.txt"):
        with pytest.raises(UsageError, match=r"\.docx"):
            write_report("no such file", tmp_path / wrong)


def data_findings(report) -> Counter:
    """Open findings by the layer whose official line they wait for, counted plainly."""
    rules = {r.id: r.layer for r in report.rules}
    return Counter(
        f.layer or rules[f.rule]
        for result in report.results
        for f in result.findings
        if f.may_restrict
        and f.needs == "official_line"
        and f.status not in ("violation", "restricted")
    )


def test_each_office_is_asked_for_its_layers_the_most_decisive_first(report, asked):
    folder, written = asked
    listed = json.loads((folder / "letters.json").read_text("utf-8"))
    catalogue, requests = report.reviewed.catalogue, listed["requests"]
    counts = [r["findings"] for r in requests]
    assert counts == sorted(counts, reverse=True) and counts
    wanted = Counter()
    for request in requests:
        own = [layer["findings"] for layer in request["layers"]]
        assert own == sorted(own, reverse=True) and sum(own) == request["findings"]
        assert (folder / request["file"]).is_file()
        for layer in request["layers"]:
            assert catalogue.office_of(layer["layer"]).id == request["office"]
            assert layer["clauses"] and layer["questions"]
            wanted[layer["layer"]] += layer["findings"]
    plain = data_findings(report)
    assert set(plain) <= set(wanted) and all(wanted[k] >= n for k, n in plain.items())
    assert wanted["highways"] == plain["highways"] > 0
    assert {p.name for p in written if p.suffix == ".docx"} == {r["file"] for r in requests}


def test_the_list_is_a_table_too(asked):
    text = (asked[0] / "requests.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    findings = [int(row["findings"]) for row in rows]
    assert findings == sorted(findings, reverse=True)
    assert all(row["office"] and row["clauses"] and row["file"] for row in rows)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_a_letter_has_the_form_of_one(asked):
    first = next(p for p in asked[1] if p.suffix == ".docx").read_bytes()
    told = text_of(first)
    for words in (
        "关于商请提供", "商请提供的图件数据", "请函复的问题", "（单位盖章）", "附件1", "附件2",
        "附件3", "2000国家大地坐标系", "版本与日期", "批准或发布机关", "覆盖范围", "格式与坐标系",
        "联系人及电话",
    ):  # fmt: skip
        assert words in told, words
    tables = opened(first).tables
    # One row a layer in the list of data, and in the form to be returned.
    data = next(t for t in tables if t.cell(0, 1).text == "图层")
    form = next(t for t in tables if t.cell(0, 1).text == "有无")
    assert len(data.rows) == len(form.rows) > 1


def test_letters_exist_in_english(report, tmp_path):
    one = replace(report, results=report.results[:1])
    _, written = letters(one, tmp_path, lang="en")
    assert "Return form" in text_of(written[0].read_bytes())
    assert all(p.name.isascii() for p in written)


def test_the_boundary_points_are_those_of_the_sites(report, asked):
    """The TXT beside the letters leads back to the site, to a millimetre."""
    for path in (p for p in asked[1] if p.suffix == ".txt"):
        frame = read_vector(path, ReadOptions()).frame
        back = dict(zip(frame["id"].astype(str), frame.geometry, strict=True))
        for result in report.results:
            if result.project.id in back:
                shape = result.project.geometry
                assert shapely.hausdorff_distance(shape, back[result.project.id]) < 1e-8
    assert isinstance(frame, geopandas.GeoDataFrame)


def test_what_nobody_changed_is_written_again_to_the_same_bytes(report, asked):
    folder, written = asked
    before = {p.name: p.read_bytes() for p in written}
    letters(report, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_place_that_is_a_file_is_refused(report, tmp_path):
    (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="file"):
        letters(report, tmp_path / "a")


def test_numbers_in_words():
    words = {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 100: "一百", 105: "一百〇五",
             110: "一百一十", 999: "九百九十九", 1000: "1000"}  # fmt: skip
    assert {n: numeral(n, "zh") for n in words} == words
    assert numeral(12, "en") == "12"


def test_sections_and_parts_are_counted():
    count = numbering("en")
    section, part = count["section"], count["part"]
    told = [section(), part(), part(), section(), part()]
    assert [x.strip() for x in told] == ["1.", "1.1", "1.2", "2.", "2.1"]


def test_a_pdf_holds_nothing_of_the_clock():
    def made(time: bytes, drawn: bytes) -> bytes:
        return (
            b"%PDF-1.6\n1 0 obj\n<</CreationDate(D:" + time + b"Z')>>\nendobj\n"
            b"trailer\n<</Size 2/ID [ <" + drawn + b">\n<" + drawn + b"> ]\n"
            b"/DocChecksum /" + drawn[::-1] + b"\n>>\nstartxref\n9\n%%EOF\n"
        )

    one = made(b"20261128011608", b"A5CFA95E1175D4751D53B5B84E2E98F9")
    other = made(b"20271231235959", b"766E6EC7CC4A94E51D2AE4C6BA5ABB82")
    assert office.timeless(one) == office.timeless(other)
    assert len(office.timeless(one)) == len(one)
    # What is not the clock's still counts.
    assert office.timeless(one.replace(b"1 0 obj", b"3 0 obj")) != office.timeless(one)
