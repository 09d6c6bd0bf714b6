"""A font that has the letters needed, on machines with Chinese fonts and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from zoning.base.errors import UsageError, problem
from zoning.messages import Lang

#: A package of two font files, Noto Sans SC and Noto Serif SC (SIL Open Font License 1.1). It goes
#: first, so that a picture is the same wherever it is drawn.
PACKAGE: Final = "pylopdf_fonts_zh_cn"
_FILE: Final = "NotoSansSC-Regular.otf"
#: Without the package: the first of these that the machine has.
_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
)


@contextmanager
def letters(texts: Sequence[str], lang: Lang, file: str | None = None) -> Iterator[None]:
    """Draw with a font that has the letters of some texts.

    Parameters
    ----------
    texts : sequence of str
        What is to be written.
    lang : {"zh", "en"}
    file : str, optional
        The picture, for the message.

    Raises
    ------
    UsageError
        If no font for Chinese is at hand and one is needed; boxes for letters are an error.
    """
    found = chinese_font()
    if found is None and (lang == "zh" or not "".join(texts).isascii()):
        raise UsageError(problem("font-missing", file=file))
    families = [*([found] if found else []), "DejaVu Sans"]
    with import_module("matplotlib").rc_context({"font.family": families}):
        yield


def chinese_font() -> str | None:
    """Return the name of a font for Chinese that matplotlib can use, or None."""
    manager = import_module("matplotlib.font_manager").fontManager
    place = packaged()
    if place is not None:
        known = {entry.fname: entry.name for entry in manager.ttflist}
        if str(place) not in known:
            manager.addfont(place)
            known = {entry.fname: entry.name for entry in manager.ttflist}
        return str(known[str(place)])
    names = set(manager.get_font_names())
    return next((name for name in _FONTS if name in names), None)


def packaged() -> Path | None:
    """Return the font file of the package; None where it is not installed."""
    try:
        spec = find_spec(PACKAGE)
    except ValueError:  # a module that was taken out of reach
        return None
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).with_name(_FILE)
    return file if file.is_file() else None
