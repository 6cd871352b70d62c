"""What a letter is made of. The page and the PDF are both made from these blocks, so they cannot differ."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part."""

    text: str
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. New lines that somebody typed stay new lines."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words."""

    text: str
    kind: str = field(default="quote", init=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the reader must know before anything else: this is a draft, or a later decision replaced it."""

    text: str
    kind: str = field(default="notice", init=False)


@dataclass(frozen=True, slots=True)
class Amount:
    """The figure that the letter is about, with what it is."""

    label: str
    amount: str
    kind: str = field(default="amount", init=False)


@dataclass(frozen=True, slots=True)
class Bullet:
    """One line of a list, with an address to read more where there is one."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Bullet, ...]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption and marked column headers. The first line of a cell of several lines stands out.

    `amounts` sets the last column to the right, as money is; `total` makes the last row stand out.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    amounts: bool = True
    total: bool = False
    kind: str = field(default="table", init=False)


type Block = Heading | Paragraph | Quote | Notice | Amount | Bullets | Table


def bullets(*items: str | Bullet) -> Bullets:
    """A list of plain lines."""
    return Bullets(tuple(item if isinstance(item, Bullet) else Bullet(item) for item in items))


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole letter: what it is called, to whom, of which day, from whom, and its blocks in order."""

    title: str
    sender: str
    addressed_to: tuple[str, ...]
    greeting: str
    dated: date
    dated_text: str
    reference: str
    blocks: tuple[Block, ...]
    signed: tuple[str, ...]
    large_print: bool


def cell(*texts: str) -> str:
    """A cell of a table, one line for each text that is not empty."""
    return "\n".join(text for text in texts if text)


def day(value: date | str) -> str:
    """A date as people say it: 6 April 2026."""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{value:%-d %B %Y}"


def days(first: date, last: date) -> str:
    """Days from one to another as people say them; one day alone is said once."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"
