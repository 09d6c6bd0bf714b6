"""An outline as a DOCX template that planners can edit, and a template filled in."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from functools import cache
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


@cache
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
    sheet = _Sheet(styled(outline.lang), outline)
    for block in outline.blocks:
        sheet.add(block)
    return _saved(sheet.document)


def need_docx() -> None:
    """Raise the MissingExtraError that says what to install, where a DOCX cannot be written."""
    for name, package in (("docx", "python-docx"), ("docxtpl", "docxtpl")):
        try:
            import_module(name)
        except ImportError as error:
            raise MissingExtraError(package, "report", message("papers.writing")) from error


class _Sheet:
    """A document under way.

    Styles are set by id: looking each up by its name would take longer than all the rest.
    """

    def __init__(self, document: Document, outline: Outline) -> None:
        self.document, self.outline = document, outline
        self._ids = {style.name: style.style_id for style in document.styles}

    def add(self, block: Block) -> None:
        """Add a block, and those within it."""
        match block:
            case Heading(text, level):
                self._paragraph(f"Heading {level}", text)
            case Para(text, style):
                self._paragraph(_STYLE[style], text)
            case Table():
                self._table(block)
            case Figure(picture, caption):
                self._paragraph("Figure", f"{{{{ {picture} }}}}")
                self._caption(self.outline.figure, "figure", caption, keep=False)
            case Each(each, blocks):
                self._around(f"for {each}", "endfor", blocks)
            case When(test, blocks):
                self._around(f"if {test}", "endif", blocks)
            case NewPage():
                self._new_page()

    def _paragraph(self, style: str, text: str = "") -> Any:
        paragraph = self.document.add_paragraph(text)
        paragraph._p.style = self._ids[style]
        return paragraph

    def _new_page(self) -> None:
        """Break the page in a line so low that it never needs a page of its own."""
        from docx.shared import Pt

        paragraph: Any = self.document.add_page_break()  # type: ignore[no-untyped-call]
        paragraph.runs[0].font.size = Pt(1)
        how = paragraph.paragraph_format
        how.line_spacing, how.space_before, how.space_after = Pt(1), Pt(0), Pt(0)

    def _around(self, begin: str, end: str, blocks: tuple[Block, ...]) -> None:
        """Put blocks between two paragraphs that hold nothing but an instruction."""
        self._paragraph("Note", f"{{%p {begin} %}}")
        for block in blocks:
            self.add(block)
        self._paragraph("Note", f"{{%p {end} %}}")

    def _caption(self, label: str, counter: str, text: str, *, keep: bool) -> None:
        """Add a numbered caption; the number is a field, and right before Word computes it."""
        paragraph = self._paragraph("Caption", f"{label} ")
        code, shown = f" SEQ {label} \\* ARABIC ", f"{{{{ {counter}_number() }}}}"
        field(paragraph.add_run(), code, shown)
        paragraph.add_run(f"  {text}")
        paragraph.paragraph_format.keep_with_next = keep

    def _table(self, block: Table) -> None:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        if block.caption is not None:
            self._caption(self.outline.table, "table", block.caption, keep=True)
        begin, end = (f"{{%tr for {block.each} %}}",), ("{%tr endfor %}",)
        rows = [*([block.heads] if block.heads else []), begin, block.cells, end]
        table = self.document.add_table(len(rows), len(block.cells))
        table._tbl.tblPr.style = self._ids["Table Grid"]
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        widths = [Mm(WIDTH_MM * share / sum(block.widths)) for share in block.widths]
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width
        for at, (row, texts) in enumerate(zip(table._tbl.tr_lst, rows, strict=True)):
            self._row(row, texts, widths, head=at == 0 and bool(block.heads), named=not block.heads)
        self._paragraph("Note")

    def _row(
        self, row: Any, texts: tuple[str, ...], widths: list[Any], *, head: bool, named: bool
    ) -> None:
        """Fill a row; a head is repeated on every page, and no row is broken between two."""
        from docx.oxml import OxmlElement

        for column, (cell, width) in enumerate(zip(row.tc_lst, widths, strict=True)):
            cell.width = width
            paragraph = cell.p_lst[0]
            paragraph.style = self._ids["Cell Head" if head or (named and not column) else "Cell"]
            if column < len(texts):
                paragraph.add_r().text = texts[column]
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))


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
