"""Page and type of an official document, close to GB/T 9704-2012, as styles of a DOCX.

Page A4 with margins of 37, 35, 28 and 26 mm; body 16 pt on lines of 28 pt; title 22 pt; page number
14 pt between dashes, on the outer side. The fonts that offices have (方正小标宋, 仿宋_GB2312, 黑体,
楷体_GB2312) are named, never shipped; the font table names a free one beside each, which a program
without them may take.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docx.document import Document

#: Fonts by role: the office's own, and a free one of the same kind.
FONTS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("方正小标宋简体", "Noto Serif CJK SC"),
    "body": ("仿宋_GB2312", "Noto Serif CJK SC"),
    "heading": ("黑体", "Noto Sans CJK SC"),
    "second": ("楷体_GB2312", "Noto Serif CJK SC"),
}
_FAMILY: Final = {"黑体": "swiss"}
#: Files carry no time of their making, so that equal reviews give equal bytes.
_NO_TIME: Final = datetime(1980, 1, 1)
LATIN: Final = "Times New Roman"
#: Width of the text, mm: 210 − 28 − 26.
WIDTH_MM: Final = 156.0

#: Style, font, size in pt, line in pt, bold, alignment, first line in characters, space before.
_STYLES: Final = (
    ("Title", "title", 22, 33, False, "center", 0, 0),
    ("Heading 1", "heading", 16, 28, False, "left", 2, 6),
    ("Heading 2", "second", 16, 28, False, "left", 2, 4),
    ("Heading 3", "body", 16, 28, True, "left", 2, 2),
    ("Normal", "body", 16, 28, False, "both", 0, 0),
    ("Body Text", "body", 16, 28, False, "both", 2, 0),
    ("Caption", "heading", 10.5, 18, False, "center", 0, 6),
    ("Cell", "body", 10.5, 15, False, "left", 0, 0),
    ("Cell Head", "heading", 10.5, 15, False, "center", 0, 0),
    ("Note", "body", 10.5, 16, False, "both", 0, 2),
    ("Figure", "body", 10.5, 0, False, "center", 0, 6),
    ("Document Number", "body", 16, 28, False, "center", 0, 0),
    ("Signature", "body", 16, 28, False, "right", 0, 0),
)


def styled(lang: str) -> Document:
    """Return an empty document with page, styles, page numbers and properties set."""
    import docx
    from docx.shared import Mm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    for row in _STYLES:
        _style(document, lang, *row)
    _font_table(document)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, "right")
    _page_number(section.even_page_footer, "left")
    facts = document.core_properties
    facts.author, facts.last_modified_by, facts.comments = "zoning", "zoning", ""
    facts.language = "zh-CN" if lang == "zh" else "en"
    facts.created = facts.modified = _NO_TIME
    return document


def _style(
    document: Document,
    lang: str,
    name: str,
    font: str,
    size: float,
    line: float,
    bold: bool,
    align: str,
    indent: int,
    before: float,
) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt, RGBColor

    known = {style.name for style in document.styles}
    style: Any = (
        document.styles[name]
        if name in known
        else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    _fonts(style, FONTS[font][0])
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(0)
    if line:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        if name.startswith(("Cell", "Note", "Caption")):
            form.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    form.first_line_indent = Pt(size * indent) if lang == "zh" or indent == 0 else Pt(0)
    values = {
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "both": WD_ALIGN_PARAGRAPH.JUSTIFY if lang == "zh" else WD_ALIGN_PARAGRAPH.LEFT,
    }
    form.alignment = values[align]
    form.keep_with_next = name.startswith(("Heading", "Figure")) or name == "Caption"
    if name == "Title":
        form.space_after = Pt(12)
        for border in style.element.xpath("./w:pPr/w:pBdr"):
            border.getparent().remove(border)


def _fonts(style: Any, east_asian: str) -> None:
    """Name a font for each script; a theme's fonts would win over them."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)


def _font_table(document: Document) -> None:
    """Name a free font beside each of the office's own."""
    from lxml import etree

    part = next(
        rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable")
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    root = etree.Element(f"{{{space}}}fonts", nsmap={"w": space})
    for name, free in dict(FONTS.values()).items():
        font = etree.SubElement(root, f"{{{space}}}font", {f"{{{space}}}name": name})
        etree.SubElement(font, f"{{{space}}}altName", {f"{{{space}}}val": free})
        etree.SubElement(font, f"{{{space}}}charset", {f"{{{space}}}val": "86"})
        family = _FAMILY.get(name, "roman")
        etree.SubElement(font, f"{{{space}}}family", {f"{{{space}}}val": family})
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _page_number(footer: Any, side: str) -> None:
    """Write ``— 1 —`` on the outer side of the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.first_line_indent = Pt(0)
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size = Pt(14)
        if text is None:
            field(run, " PAGE ", "1")


def field(run: Any, code: str, shown: str) -> None:
    """Put a field into a run: what Word computes, and what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "code", "separate", "shown", "end"):
        if kind == "code":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        elif kind == "shown":
            part = OxmlElement("w:t")
            part.text = shown
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
