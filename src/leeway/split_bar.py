"""One bar split into parts, wherever it is shown: with its words beside it, nobody needs the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leeway.law.numbers import floor_div, pounds

INK, AMBER, PALE = "#0b4f4d", "#f2b134", "#a8cdc9"
#: For payers beyond the council, the person and the NHS: each differs from those beside it in lightness.
OTHERS = ("#e9f2f1", "#4f8a86", "#fbe3b3", "#8a6212", "#d0d6d9")


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar: what one of those who pay pays a week, say."""

    who: str
    pence: int
    colour: str


def split_bar(shares: Sequence[Share], *, title: str = "Who pays", each: str = " a week") -> SafeString:
    """One bar, split by who pays, or by what else its title says. Nobody needs it who reads the table beside it."""
    whole = sum(share.pence for share in shares)
    if whole <= 0:
        return SafeString("")
    told = "; ".join(f"{share.who} {pounds(share.pence)}{each}" for share in shares)
    ends = [hundredths_of(sum(share.pence for share in shares[:place]), whole) for place in range(len(shares) + 1)]
    parts = format_html_join(
        "",
        '<rect x="{}%" y="1" width="{}%" height="38" fill="{}" stroke="#0b0c0c"/>',
        (
            (as_percent(ends[place]), as_percent(ends[place + 1] - ends[place]), share.colour)
            for place, share in enumerate(shares)
        ),
    )
    return format_html(
        '<svg class="leeway-bar" role="img" width="100%" height="40" xmlns="http://www.w3.org/2000/svg" '
        'aria-label="{}"><title>{}</title><desc>{}.</desc>{}</svg>',
        title,
        title,
        told,
        parts,
    )


def hundredths_of(part: int, whole: int) -> int:
    """A share in hundredths of a percent."""
    return floor_div(part * 100_00, whole)


def as_percent(hundredths: int) -> str:
    """Hundredths of a percent as a picture takes them."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
