"""A letter as a tagged PDF that claims PDF/UA-1. The data reaches Typst as JSON, never as markup."""

import json
import re
import unicodedata
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path

import typst

from leeway import typeface
from leeway.care.letters.blocks import Letter
from leeway.refusal import Refusal

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
UNSHOWN = re.compile(r"^error: PDF/UA-1 error: the text.*?`\"(.+?)\"`", re.MULTILINE)
#: Control characters show as nothing, and PDF/UA forbids them; every kind of line end is one, and a tab is a space.
CONTROL_CHARACTERS: dict[int, str] = dict.fromkeys((*range(32), *range(127, 160), 0xFEFF), "")
CONTROL_CHARACTERS |= {ord("\n"): "\n", 0x2028: "\n", 0x2029: "\n", ord("\t"): " "}


class CannotBePrinted(Refusal):
    """The letter has writing that no typeface on this computer can show."""


def letter_pdf(letter: Letter) -> bytes:
    """Make the PDF of a letter: tagged, titled, in 14 point, or 18 point for somebody who needs large print.

    The same letter gives the same bytes. Raises CannotBePrinted where a typeface lacks letters that are needed.
    """
    content = in_each_text(asdict(letter), CONTROL_CHARACTERS)
    made_at = datetime.combine(letter.dated, time(), UTC)
    try:
        return _compile(content, made_at, typeface.SHIPPED)
    except typst.TypstError as error:
        if not UNSHOWN.search(error.diagnostic):
            raise
    try:
        return _compile(content, made_at, typeface.ALL)
    except typst.TypstError as error:
        unshown = {ord(one): in_words(one) for one in _characters(error.diagnostic)}
        if not unshown:
            raise
    return _compile(in_each_text(content, unshown), made_at, typeface.ALL)


def in_each_text(value, replacements: dict[int, str]):
    """The same content with characters replaced in every text of it, however deep."""
    if isinstance(value, str):
        return value.translate(replacements)
    if isinstance(value, dict):
        return {key: in_each_text(part, replacements) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [in_each_text(part, replacements) for part in value]
    return value


def in_words(character: str) -> str:
    """What stands for a symbol that no typeface shows: its name, as a screen reader would say it.

    >>> in_words("🙂"), in_words("\\ufeff")
    ('[slightly smiling face]', '')
    """
    category = unicodedata.category(character)
    if category.startswith("L"):
        raise CannotBePrinted(
            f"This letter has writing (“{character}”) that no typeface on this computer can show, so the PDF cannot "
            "be made here. Read or print this page instead, or ask your administrator to install a typeface for it."
        )
    return "" if category[0] in "CM" else f"[{unicodedata.name(character, 'symbol').lower()}]"


def _compile(content: dict, made_at: datetime, fonts) -> bytes:
    return typst.compile(
        TEMPLATE,
        sys_inputs={"letter": json.dumps(content, default=str, ensure_ascii=False)},
        font_paths=fonts,
        pdf_standards="ua-1",
        timestamp=made_at,
    )


def _characters(diagnostic: str) -> list[str]:
    """The characters that Typst says it cannot show; it writes some of them as \\u{9be}."""
    named = "".join(UNSHOWN.findall(diagnostic))
    return list(re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), named))
