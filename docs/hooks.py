"""What the documentation site writes of itself while it is built, so that no page can lag behind.

A page asks for it with a comment: ``<!-- decisions -->`` is the list of decisions by their
headings, ``<!-- command-line -->`` all commands with their options, ``<!-- file: PATH -->`` a file
of the repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
#: What has been parsed of the package for one language of the site; the next one shows the same.
PARSED: dict[str, Any] = {}


def on_nav(nav: Any, config: Any, **_: Any) -> Any:
    """Parse the package once, not for each language."""
    handler = config.plugins["mkdocstrings"].get_handler("python")
    for name in ("_modules_collection", "_lines_collection"):
        if hasattr(handler, name):
            setattr(handler, name, PARSED.setdefault(name, getattr(handler, name)))
    return nav


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the marks of a page."""
    markdown = re.sub(
        r"^<!-- file: (\S+) -->$",
        lambda found: (ROOT / found.group(1)).read_text("utf-8"),
        markdown,
        flags=re.MULTILINE,
    )
    for mark, write in {"decisions": decisions, "command-line": command_line}.items():
        if f"<!-- {mark} -->" in markdown:
            markdown = markdown.replace(f"<!-- {mark} -->", write())
    return markdown


def decisions() -> str:
    """Return a list of the decisions, each with its number and question."""
    lines = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        number, title = path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ").split(" ", 1)
        lines.append(f"- [{number}]({path.name}) {title}")
    return "\n".join(lines)


def command_line() -> str:
    """Return every command with its arguments and options, from the program itself."""
    import typer

    from zoning.cli import application

    return "\n\n".join(_command(typer.main.get_command(application()), "zoning"))


def _command(command: Any, name: str) -> list[str]:
    """Return the sections of a command and of the commands below it."""
    if nested := getattr(command, "commands", None):
        head = [] if name == "zoning" else [f"## {name}", _plain(command.help)]
        return head + [part for word in nested for part in _command(nested[word], f"{name} {word}")]
    level = "##" if name.count(" ") == 1 else "###"
    words = [p.metavar or p.name for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([name, *(word.strip("{}").upper() for word in words), "[OPTIONS]"])
    rows = [
        _option(p) for p in command.params if p.param_type_name == "option" and p.name != "help"
    ]
    table = ["| option | meaning | default |\n|---|---|---|\n" + "\n".join(rows)] if rows else []
    return [f"{level} {name}", f"```text\n{usage}\n```", _plain(command.help), *table]


def _option(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    default = option.default
    shown = "" if default in (None, False, (), []) or callable(default) else f"`{default}`"
    return f"| {names} | {_plain(option.help)} | {shown} |"


def _plain(text: str | None) -> str:
    """Return a help text as Markdown: commands as code, and nothing taken for markup."""
    text = re.sub(r"(?m)^ +", "", (text or "").replace("\b\n", "")).strip()
    code = re.compile(r"^(?:Example: )?zoning ")
    return "\n".join(
        re.sub(r"(zoning .*)", r"`\1`", line)
        if code.match(line)
        else re.sub(r"([<*_|])", r"\\\1", line)
        for line in text.splitlines()
    )
