"""An outline as a DOCX template that planners can edit, and a template filled in."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from zoning.base.errors import MissingExtraError, UsageError, problem
from zoning.messages import Lang, message
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
from zoning.show.papers.styles import WIDTH_MM, field, styled

if TYPE_CHECKING:
    from docx.document import Document

_STYLE: Final = {
    "title": "Title", "number": "Document Number", "body": "Body Text", "plain": "Normal",
    "note": "Note", "right": "Signature", "centre": "Document Number",
}  # fmt: skip
#: Office files carry the time of their making; the first day a zip can tell stands for none.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def template(outline: Outline) -> bytes:
    """Return an outline as a DOCX whose values are still Jinja expressions.

    Parameters
    ----------
    outline : Outline

    Raises
    ------
    MissingExtraError
        Without docxtpl and python-docx (extra ``report``).
    """
    need_docx()
    document = styled(outline.lang)
    for block in outline.blocks:
        _add(document, block, outline)
    return _saved(document)


def need_docx() -> None:
    """Raise the MissingExtraError that says what to install, where a DOCX cannot be written."""
    for name, package in (("docx", "python-docx"), ("docxtpl", "docxtpl")):
        try:
            import_module(name)
        except ImportError as error:
            raise MissingExtraError(package, "report", message("papers.writing")) from error


def _add(document: Document, block: Block, outline: Outline) -> None:
    match block:
        case Heading(text, level):
            document.add_heading(text, level)
        case Para(text, style):
            document.add_paragraph(text, _STYLE[style])
        case Table():
            _table(document, block, outline)
        case Figure(picture, caption):
            document.add_paragraph(f"{{{{ {picture} }}}}", "Figure")
            _caption(document, outline.figure, "figure", caption).keep_with_next = False
        case Each(each, blocks):
            _around(document, f"for {each}", "endfor", blocks, outline)
        case When(test, blocks):
            _around(document, f"if {test}", "endif", blocks, outline)
        case NewPage():
            document.add_page_break()  # type: ignore[no-untyped-call]


def _around(
    document: Document, begin: str, end: str, blocks: tuple[Block, ...], outline: Outline
) -> None:
    """Put blocks between two paragraphs that hold nothing but an instruction."""
    document.add_paragraph(f"{{%p {begin} %}}", "Note")
    for block in blocks:
        _add(document, block, outline)
    document.add_paragraph(f"{{%p {end} %}}", "Note")


def _caption(document: Document, label: str, counter: str, text: str) -> Any:
    """Add a numbered caption; the number is a field, and right before Word computes it."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.add_run(f"{label} ")
    field(paragraph.add_run(), f" SEQ {label} \\* ARABIC ", f"{{{{ {counter}_number() }}}}")
    paragraph.add_run(f"  {text}")
    return paragraph.paragraph_format


def _table(document: Document, block: Table, outline: Outline) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    if block.caption is not None:
        _caption(document, outline.table, "table", block.caption)
    columns = len(block.cells)
    rows = [*([block.heads] if block.heads else []), (f"{{%tr for {block.each} %}}",),
            block.cells, ("{%tr endfor %}",)]  # fmt: skip
    table = document.add_table(len(rows), columns, "Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Mm(WIDTH_MM * share / sum(block.widths)) for share in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for at, texts in enumerate(rows):
        cells = table.rows[at].cells
        for column, text in enumerate((*texts, *[""] * (columns - len(texts)))):
            head = (at == 0 and bool(block.heads)) or (not block.heads and column == 0)
            cells[column].width = widths[column]
            paragraph = cells[column].paragraphs[0]
            paragraph.style = document.styles["Cell Head" if head else "Cell"]
            paragraph.add_run(text)
        properties = table.rows[at]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if at == 0 and block.heads:
            repeated = OxmlElement("w:tblHeader")
            repeated.set(qn("w:val"), "true")
            properties.append(repeated)
    document.add_paragraph(style="Note")


def filled(source: bytes, values: Mapping[str, Any], lang: Lang, name: str | None = None) -> bytes:
    """Return a template with the values of a review in it.

    Parameters
    ----------
    source : bytes
        A DOCX with Jinja expressions. It may use the values and nothing else: what it holds is
        data, and cannot run anything.
    values : mapping
        Plain values, lists and pictures.
    lang : {"zh", "en"}
        Language in which sections are numbered.
    name : str, optional
        File of the template, for the message.

    Returns
    -------
    bytes
        The same for the same template and values.

    Raises
    ------
    MissingExtraError
        Without docxtpl (extra ``report``).
    UsageError
        The template is no DOCX, or uses what there is not.
    """
    need_docx()
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        paper = DocxTemplate(BytesIO(source))
        paper.init_docx()

        def placed(picture: Picture) -> Any:
            return InlineImage(paper, BytesIO(picture.png), width=Mm(WIDTH_MM - 4))

        paper.render({**fit(values, placed), **numbering(lang)}, environment, autoescape=True)
        return _saved(paper)
    except TemplateError as error:
        raise UsageError(problem("template-faulty", file=name, reason=str(error))) from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UsageError(problem("template-unreadable", file=name)) from error


def _saved(document: Any) -> bytes:
    """Return a document as bytes without the time of its making."""
    made, bare = BytesIO(), BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, _NO_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(member))
    return bare.getvalue()
