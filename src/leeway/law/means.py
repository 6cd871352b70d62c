"""Kinds of income and capital, and how the law of a day counts each towards a charge for care at home.

The kinds stand in `parameters/charging/income_kinds.yaml` and `capital_kinds.yaml`, each with its days, its way of
counting and its source: the rules read them as they do any other value of the law.
"""

from collections.abc import Mapping
from functools import cache

from leeway.law.dated import Law, NotInForce, every_parameter
from leeway.law.inputs import nearest
from leeway.law.outcome import BadInput, Choice
from leeway.refusal import quoted

INCOME, CAPITAL = "charging.income_kinds.", "charging.capital_kinds."

COUNTED = "counted"
LEFT_OUT = "left_out"
#: Income: counted unless the council chooses not to.
DISABILITY_BENEFIT = "disability_benefit"
#: Income: a sum a week is left out, and the rest counts.
FIRST_PART_LEFT_OUT = "first_part_left_out"
#: Income: left out up to the savings disregard.
SAVINGS_CREDIT = "savings_credit"
#: Capital: left out for some weeks from the day on which it was received.
LEFT_OUT_AT_FIRST = "left_out_at_first"
#: Capital: left out for some weeks, or for longer where the council finds that reasonable.
LEFT_OUT_WHILE_ARRANGED = "left_out_while_arranged"
#: Capital: the same of property, which counts as land once that time is over.
LAND_WHILE_ARRANGED = "land_left_out_while_arranged"
#: Capital: counted less the costs of selling it, and less debts secured on it.
SOLD_AT_A_COST = "sold_at_a_cost"
#: Capital: counted as what would cost something to sell; the share of one of several owners must be valued.
LAND = "land"
#: Capital: counted though it was given away, and less each week.
NOTIONAL = "notional"


@cache
def kinds(table: str) -> Mapping[str, Choice]:
    """Every kind of income (`INCOME`) or capital (`CAPITAL`), by its code, with the words people choose it by."""
    of_table = {name: parameter for name, parameter in every_parameter().items() if name.startswith(table)}
    found = {}
    for name, parameter in sorted(of_table.items(), key=lambda item: item[1].label):
        help_words = "" if parameter.description == f"{parameter.label}." else parameter.description
        code = name.removeprefix(table)
        found[code] = Choice(code, parameter.label, help_words)
    return found


def kinds_on(table: str, law: Law) -> tuple[Choice, ...]:
    """The kinds of income or capital that there are on a day, to choose from."""
    return tuple(kind for code, kind in kinds(table).items() if table + code in law.values)


def counted_as(table: str, code: object, law: Law, field: str) -> str:
    """How the law of the day counts a kind of income or capital. Refuses one that is unknown, or not of that day."""
    known = kinds(table)
    if not isinstance(code, str) or code not in known:
        near = nearest(str(code), known) or f" Use one of: {', '.join(known)}."
        raise BadInput(f"{field} has the kind {quoted(code)}, which is not known.{near}", field=field.split(",")[0])
    try:
        way: str = law[table + code]
    except NotInForce as problem:
        raise BadInput(f"{field}: {known[code].label}. {problem}", field=field.split(",")[0]) from problem
    return way
