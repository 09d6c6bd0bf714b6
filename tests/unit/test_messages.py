"""The message tables: every code in every language, with the values the code gives it."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import zoning
from zoning.messages import Text, languages, message, table

PACKAGE = Path(zoning.__file__).parent
#: Names of ``problem`` that tell the place, not a value for a placeholder.
PLACE = {"key", "file", "layer", "feature", "field"}


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name is not None}


def calls() -> Iterator[tuple[str, str, set[str], bool]]:
    """Where a sentence is asked for: place, code, names given, whether more come by ``**``."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or not node.args
            ):
                continue
            first = node.args[0]
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            given = {k.arg for k in node.keywords if k.arg}
            starred = any(k.arg is None for k in node.keywords)
            where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            if node.func.id in ("message", "say"):
                yield where, first.value, given, starred
            elif node.func.id == "problem":
                keys = [k.value for k in node.keywords if k.arg == "key"]
                if keys and not isinstance(keys[0], ast.Constant):
                    continue
                stem = keys[0].value if keys else first.value
                names = given - PLACE
                told = placeholders(table("en").get(f"{stem}.fault", "")) | placeholders(
                    table("en").get(f"{stem}.cure", "")
                )
                unused = names - told
                assert not unused or starred, f"{where}: {stem} has no place for {unused}"
                for part in ("fault", "cure"):
                    wanted = placeholders(table("en").get(f"{stem}.{part}", ""))
                    yield where, f"{stem}.{part}", wanted & names, starred


def test_every_code_the_package_asks_for_is_there_with_its_values():
    found = list(calls())
    assert len(found) > 800  # the walk sees the package
    for where, code, given, starred in found:
        wording = table("en").get(code)
        assert wording is not None, f"{where}: no wording for {code}"
        assert starred or placeholders(wording) == given, f"{where}: {code}"


def test_every_language_has_the_same_codes_and_placeholders():
    first, *others = languages()
    for lang in others:
        assert table(lang).keys() == table(first).keys()
        for code, wording in table(lang).items():
            assert placeholders(wording) == placeholders(table(first)[code]), code


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_chinese_sentences_carry_chinese_punctuation():
    wrong = {
        code
        for code, wording in table("zh").items()
        if re.search(r"[\u4e00-\u9fff][,;?!:](?![0-9A-Za-z/]|$)", re.sub("“.*?”", "", wording))
    }
    # Numbers and addresses are written as a machine reads them.
    assert wrong <= {"assemble.coordinates-must-pairs-numbers", "bbox.cure", "postgis-url.cure"}, (
        wrong
    )


def test_english_holds_no_chinese_but_names():
    allowed = {code for code, wording in table("en").items() if CHINESE.search(wording)}
    # Names of fields, files and formats that exist in Chinese only stand in quotes or brackets.
    for code in sorted(allowed):
        bare = re.sub(r"[\(\"'`‘“（].*?[\)\"'`’”）]", "", table("en")[code])
        assert len(CHINESE.findall(bare)) < 60, code


def test_lists_sentences_and_counts_are_said_as_the_language_says_them(monkeypatch):
    from zoning.messages import text

    tables = {
        "zh": {"list-separator": "、", "x": "{names}：{count} 个，{part}"},
        "en": {
            "list-separator": ", ",
            "x": "{names}: {count:# file|files} {count:was|were} {part}",
        },
    }
    monkeypatch.setattr(text, "table", tables.__getitem__)
    said = message("x", names=("a", "b"), count=1, part=Text("好", "good"))
    assert said.zh == "a、b：1 个，好"
    assert said.en == "a, b: 1 file was good"
    assert message("x", names=["a"], count=2, part=None).en == "a: 2 files were "
    assert said == Text(said.zh, said.en) and hash(said) == hash(Text(said.zh, said.en))


def test_a_missing_value_is_an_error_and_not_an_empty_place():
    with pytest.raises(KeyError):
        _ = message("unknown-id.fault").en


def test_no_wording_stands_that_nobody_asks_for():
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    codes = set(re.findall(r"[\"']([\w.-]+)[\"']", source))
    families = {*re.findall(r"f[\"']([\w.-]+\.)\{", source), "page."}
    idle = [
        code
        for code in table("en")
        if code not in codes
        and code.rpartition(".")[0] not in codes
        and not any(code.startswith(family) for family in families)
    ]
    assert not idle
