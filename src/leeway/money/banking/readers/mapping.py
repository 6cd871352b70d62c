"""Which column of a table means what: for the CSV and XLSX exports of banks and prepaid cards."""

from collections.abc import Callable
from collections.abc import Mapping as Named
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from leeway.reading import CannotRead, yaml_of
from leeway.refusal import quoted

FOLDER = Path(__file__).parent.parent / "mappings"
USUAL, DAY_FIRST = "usual", "day-first"
ORDERS = {"day first": True, "month first": False}
OUT_HAS_NO_MINUS = "money out has no minus"
COLUMNS = (
    "booked_on", "value_on", "amount", "paid_in", "paid_out", "reference", "description", "counterparty",
    "counterparty_account", "bank_reference", "balance", "account", "sort_code", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The headings of a table by what they mean. Where there are several, the first that is in the table counts.

    Of `description` all count, one after the other. A table has one column of amounts, money out with a minus, or one
    of money in and one of money out.
    """

    booked_on: tuple[str, ...]
    value_on: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    paid_in: tuple[str, ...] = ()
    paid_out: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    counterparty: tuple[str, ...] = ()
    counterparty_account: tuple[str, ...] = ()
    bank_reference: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    sort_code: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()


def title_of(name: str) -> str:
    """The name of a mapping as people read it.

    >>> title_of("our-card")
    'Our card'
    """
    return name.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """The columns of one kind of table, and what the table does not say itself.

    `day_first` tells in which order 01/04/2026 is meant; None: the file itself must settle it. `currency` is the
    account's where no column names it. Where it is `loose`, only the day and the amounts must be in the table. A card's
    table may write what was spent without a minus in its one column of amounts: `out_has_no_minus`.
    """

    name: str
    columns: Columns
    day_first: bool | None = None
    currency: str = "GBP"
    loose: bool = False
    out_has_no_minus: bool = False

    @property
    def title(self) -> str:
        """Its name as people read it: “Our card”."""
        return title_of(self.name)

    def places(self, header: list[str]) -> dict[str, tuple[int, ...]] | None:
        """Where in a row of headings each column is; None where the row is not this table's headings."""
        named = [heading.strip().casefold() for heading in header]
        at = {heading: place for place, heading in enumerate(named) if heading and named.count(heading) == 1}
        places = {}
        for column in fields(self.columns):
            headings = getattr(self.columns, column.name)
            found = tuple(at[heading.casefold()] for heading in headings if heading.casefold() in at)
            if headings and not found and not self.loose:
                return None
            places[column.name] = found if column.name == "description" else found[:1]
        money = places["amount"] or places["paid_in"] or places["paid_out"]
        return places if places["booked_on"] and money else None


class NoSuchMapping(CannotRead):
    """No mapping that comes with Leeway has this name, and it is no YAML file."""


_own: list[Callable[[str], Mapping | None]] = []


def let_ask_for_own(asks: Callable[[str], Mapping | None]) -> None:
    """Name what knows the mappings that a council made on its pages. Called once, by the room that keeps them."""
    _own[:] = [asks]


def own_mapping_named(name: str) -> Mapping | None:
    """The mapping that a council made on its pages under this name, where its records are at hand."""
    return next((found for asks in _own if (found := asks(name))), None)


def mapping_named(name: str) -> Mapping:
    """A mapping that comes with Leeway, by its name, or a council's own from a YAML file."""
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"}:
        raise NoSuchMapping(
            f"There is no mapping {quoted(name)}. Give the YAML file of your own, or one of: {', '.join(shipped())}."
        )
    return mapping_of(path)


def mapping_of(path: Path) -> Mapping:
    """Read a mapping from a YAML file. Refuses one that names no day, no amount, or something that is unknown."""
    return mapping_from(yaml_of(path), name=path.stem, where=path)


def mapping_from(given: object, *, name: str, where: object) -> Mapping:
    """A mapping from how it is described: in a YAML file, or by a council on a page. Refuses as `mapping_of`."""
    if not isinstance(given, dict) or not isinstance(given.get("columns"), dict):
        raise CannotRead(f"{where}: it must have `columns`, each with the heading that it has in the table.")
    if unknown := [*(set(given) - {"about", "read_in", "columns", "days", "signs", "currency", "loose"})]:
        raise CannotRead(
            f"{where}: {quoted(unknown[0])} is not known. Use columns, days, signs, currency, loose, about or read_in."
        )
    columns = {column: _headings(where, column, value) for column, value in given["columns"].items()}
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise CannotRead(f"{where}: the column {quoted(unknown[0])} is not known. Use one of: {', '.join(COLUMNS)}.")
    if not columns.get("booked_on") or not (columns.get("amount") or columns.get("paid_in") or columns.get("paid_out")):
        raise CannotRead(f"{where}: columns must name booked_on, and amount or paid_in and paid_out.")
    days, currency = given.get("days"), given.get("currency", "GBP")
    if days is not None and days not in ORDERS:
        raise CannotRead(f"{where}: days is {quoted(days)}; use “day first” or “month first”, or leave it out.")
    if given.get("signs") not in (None, OUT_HAS_NO_MINUS):
        raise CannotRead(f"{where}: signs is {quoted(given['signs'])}; use “{OUT_HAS_NO_MINUS}”, or leave it out.")
    if not isinstance(currency, str) or len(currency) != 3 or not currency.isalpha():
        raise CannotRead(f"{where}: currency is {quoted(currency)}; use three letters, such as GBP.")
    return Mapping(
        name=name,
        columns=Columns(**columns),
        day_first=ORDERS[days] if days else None,
        currency=currency.upper(),
        loose=given.get("loose") is True,
        out_has_no_minus=given.get("signs") == OUT_HAS_NO_MINUS,
    )


@cache
def shipped() -> Named[str, Mapping]:
    """The mappings that come with Leeway, by name: of banks, and of the usual words with and without their order."""
    found = {mapping.name: mapping for mapping in map(mapping_of, sorted(FOLDER.glob("*.yaml")))}
    return found | {DAY_FIRST: replace(found[USUAL], name=DAY_FIRST, day_first=True)}


def fitting(header: list[str]) -> Mapping | None:
    """The mapping that a row of headings fits: of a bank where one does, else of the usual words."""
    of_banks = [mapping for name, mapping in shipped().items() if name not in {USUAL, DAY_FIRST}]
    return next((mapping for mapping in [*of_banks, shipped()[USUAL]] if mapping.places(header)), None)


def _headings(where: object, name: object, value: object) -> tuple[str, ...]:
    headings = value if isinstance(value, list) else [value]
    if not headings or not all(isinstance(heading, str) and heading.strip() for heading in headings):
        raise CannotRead(f"{where}: the column {quoted(name)} must have a heading, or a list of headings.")
    return tuple(headings)
