"""An outline as an HTML page that prints as the DOCX does, with everything inside the file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from zoning.show.papers.numbering import numbering
from zoning.show.papers.outline import (
    Block,
    Each,
    Figure,
    Heading,
    NewPage,
    Outline,
    Para,
    Table,
    When,
)
from zoning.show.papers.pictures import Picture, fit

_CSS: Final = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm;
  @bottom-center { content: "— " counter(page) " —"; } }
:root { --song: "仿宋_GB2312", FangSong, "Noto Serif CJK SC", "Noto Serif SC", serif;
  --hei: "黑体", SimHei, "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
  --kai: "楷体_GB2312", KaiTi, "Noto Serif CJK SC", "Noto Serif SC", serif;
  --title: "方正小标宋简体", "Noto Serif CJK SC", "Noto Serif SC", serif; }
* { box-sizing: border-box; }
body { max-width: 178mm; margin: 0 auto; padding: 12mm 11mm; color: #000; background: #fff;
  font: 12pt/1.75 "Times New Roman", var(--song); overflow-wrap: anywhere; }
h1 { font: 22pt/1.5 "Times New Roman", var(--title); text-align: center; }
h2, h3, h4 { font-weight: normal; font-size: 14pt; margin: 1em 0 .3em; break-after: avoid; }
h2 { font-family: "Times New Roman", var(--hei); }
h3 { font-family: "Times New Roman", var(--kai); }
h4 { font-weight: bold; }
p { margin: 0; }
p, td, th { white-space: pre-line; }
p.body:lang(zh) { text-indent: 2em; text-align: justify; }
p.note { font-size: 10pt; line-height: 1.5; }
p.right { text-align: right; margin-top: .4em; }
p.number, p.centre { text-align: center; }
table { width: 100%; border-collapse: collapse; font-size: 10pt; line-height: 1.45;
  margin: .2em 0 1em; }
caption, figcaption { font: 10.5pt "Times New Roman", var(--hei); text-align: center;
  padding: .5em 0; }
th, td { border: 1px solid #333; padding: 2px 5px; vertical-align: top; text-align: left; }
th { font-weight: normal; font-family: "Times New Roman", var(--hei); }
thead th { text-align: center; }
thead { display: table-header-group; }
tr, figure { break-inside: avoid; }
figure { margin: .5em 0 1em; text-align: center; }
figure img { max-width: 100%; }
.page { break-before: page; }
@media print { body { padding: 0; max-width: none; } }
""".strip()


def page(outline: Outline, values: Mapping[str, Any]) -> str:
    """Return the paper as one HTML file: pictures are inside, nothing is loaded.

    Parameters
    ----------
    outline : Outline
    values : mapping
        As for the DOCX; every text is escaped.
    """
    from jinja2 import Environment, StrictUndefined

    body = "\n".join(line for block in outline.blocks for line in _lines(block, outline))
    lang = "zh-CN" if outline.lang == "zh" else "en"
    source = (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{{{{ title }}}}</title>\n<style>\n{_CSS}\n</style></head>\n<body>\n{body}\n"
        "</body></html>\n"
    )
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source).render(
        {**fit(values, _inside), **numbering(outline.lang)}
    )


def _inside(picture: Picture) -> dict[str, str]:
    data = b64encode(picture.png).decode("ascii")
    return {"source": f"data:image/png;base64,{data}", "title": picture.title}


def _lines(block: Block, outline: Outline) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level + 1}>{_text(text)}</h{level + 1}>"
        case Para(text, "title"):
            yield f"<h1>{_text(text)}</h1>"
        case Para(text, style):
            yield f'<p class="{style}">{_text(text)}</p>'
        case Table():
            yield from _table(block, outline)
        case Figure(picture, caption):
            number = f"{outline.figure} {{{{ figure_number() }}}}"
            yield (
                f'<figure><img src="{{{{ {picture}.source }}}}" alt="{{{{ {picture}.title }}}}">'
                f"<figcaption>{number}&nbsp; {_text(caption)}</figcaption></figure>"
            )
        case Each(each, blocks):
            yield f"{{% for {each} %}}"
            yield from (line for inner in blocks for line in _lines(inner, outline))
            yield "{% endfor %}"
        case When(test, blocks):
            yield f"{{% if {test} %}}"
            yield from (line for inner in blocks for line in _lines(inner, outline))
            yield "{% endif %}"
        case NewPage():
            yield '<div class="page"></div>'


def _table(block: Table, outline: Outline) -> Iterator[str]:
    yield "<table>"
    if block.caption is not None:
        number = f"{outline.table} {{{{ table_number() }}}}"
        yield f"<caption>{number}&nbsp; {_text(block.caption)}</caption>"
    whole = sum(block.widths)
    shares = "".join(f'<col style="width:{share / whole:.1%}">' for share in block.widths)
    yield f"<colgroup>{shares}</colgroup>"
    if block.heads:
        heads = "".join(f'<th scope="col">{_text(head)}</th>' for head in block.heads)
        yield f"<thead><tr>{heads}</tr></thead>"
    cells = [f"<td>{_text(cell)}</td>" for cell in block.cells]
    if not block.heads:
        cells[0] = f'<th scope="row">{_text(block.cells[0])}</th>'
    yield f"<tbody>{{% for {block.each} %}}<tr>{''.join(cells)}</tr>{{% endfor %}}</tbody></table>"


def _text(text: str) -> str:
    """Escape what is literal; Jinja escapes the values."""
    parts = text.split("{{")
    out = [escape(parts[0], quote=False)]
    for part in parts[1:]:
        code, _, rest = part.partition("}}")
        out.append(f"{{{{{code}}}}}{escape(rest, quote=False)}")
    return "".join(out)
