"""``zoning report`` and ``zoning letters`` as they are called, and papers in an office suite."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("docxtpl", reason="the extra zoning[report] is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
DAY = ("--as-of", "2026-11-21")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The first example alone."""
    import json

    data = json.loads(EXAMPLES.read_text("utf-8"))
    data["features"] = data["features"][:1]
    path = tmp_path_factory.mktemp("site") / "site.geojson"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def soffice():
    """LibreOffice; skips where there is none, fails where one is demanded."""
    program = shutil.which("soffice")
    if program is None:
        reason = "no LibreOffice found; .ci/office.sh installs it"
        if os.environ.get("ZONING_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def test_a_report_is_written_and_ends_as_the_review(zoning, site, tmp_path):
    done = zoning("report", site, "-o", tmp_path / "a.html", *DAY)
    assert done.code == 1 and "a.html" in done.out
    assert "Conclusion: Violation" in (tmp_path / "a.html").read_text("utf-8")


def test_a_template_is_exported_without_sites(zoning, tmp_path):
    assert zoning("report", "--template", tmp_path / "t.docx").code == 0
    assert (tmp_path / "t.docx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("words", [(), ("SITE",), ("-o", "a.docx")])
def test_without_sites_or_output_it_says_how_to_call_it(zoning, site, words):
    done = zoning("report", *(site if word == "SITE" else word for word in words))
    assert done.code == 2 and "zoning report" in done.err


def test_a_report_never_replaces_what_it_reads_or_what_others_wrote(zoning, site, tmp_path):
    own = tmp_path / "site.docx"
    own.write_bytes(site.read_bytes())
    done = zoning("report", own, "-o", own, "--overwrite", *DAY)
    assert done.code == 2 and own.read_bytes() == site.read_bytes()
    template = tmp_path / "t.docx"
    assert zoning("report", "--template", template).code == 0
    made = template.read_bytes()
    asked = ("report", site, "-o", template, "--template-file", template, "--overwrite", *DAY)
    assert zoning(*asked).code == 2
    assert template.read_bytes() == made
    template.write_bytes(made + b"changed")
    assert zoning("report", "--template", template).code == 2
    assert zoning("report", "--template", template, "--overwrite").code == 0
    assert template.read_bytes() == made


def test_letters_are_chinese_unless_asked_otherwise(zoning, site, tmp_path):
    done = zoning("letters", site, "-o", tmp_path / "l", *DAY)
    assert done.code == 0 and "letters.json" in done.out
    letters = [p for p in (tmp_path / "l").iterdir() if "主管部门" in p.name]
    assert letters
    # A letter that somebody has worked on is not written over.
    letters[0].write_bytes(letters[0].read_bytes() + b" ")
    assert zoning("letters", site, "-o", tmp_path / "l", *DAY).code == 2


def test_an_office_suite_opens_a_paper(zoning, site, tmp_path, soffice):
    """Every heading is there when LibreOffice has read the file and written its text."""
    assert zoning("report", site, "-o", tmp_path / "a.docx", "--lang", "zh", *DAY).code == 1
    command = [
        soffice, "--headless", "--norestore", f"-env:UserInstallation={tmp_path.as_uri()}/profile",
        "--convert-to", "txt:Text (encoded):UTF8", "--outdir", tmp_path, tmp_path / "a.docx",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    told = (tmp_path / "a.txt").read_text("utf-8-sig")
    import docx

    wanted = [
        p.text
        for p in docx.Document(tmp_path / "a.docx").paragraphs
        if p.style.name.startswith(("Heading", "Title"))
    ]
    assert len(wanted) > 10
    assert [line for line in wanted if line not in told] == []
    assert "{{" not in told


def test_an_office_suite_makes_a_pdf(zoning, site, tmp_path, soffice):
    done = zoning("report", site, "-o", tmp_path / "a.pdf", "--lang", "zh", *DAY)
    assert done.code == 1
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
