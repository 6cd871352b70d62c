"""The statement of a month, as a letter: page and PDF are made from the same blocks, in the person's own format."""

from collections.abc import Sequence

from leeway.care.letters.blocks import Amount, Block, Heading, Letter, Paragraph, Table, bullets, cell, day
from leeway.care.letters.content import make_letter, questions
from leeway.care.people.models import Case, CommunicationNeed
from leeway.law.numbers import pounds
from leeway.money.spending.presenters import Month
from leeway.money.spending.queries import Balance, Entry, Left, moved

SIGNED = "The direct payments team"
EVERYDAY = "From an everyday account: not of this one"
#: The same in easy words, for somebody who needs easy read. `tests/money/spending` holds them to what easy words are.
EASY = {
    "begins": "You had {before} when the month began.",
    "came_in": "{came_in} came in.",
    "went_out": "You paid {went_out}.",
    "has": "Now you have {has}.",
    "aside": "You keep {aside} of it for later.",
    "left": "You can spend {left}.",
    "over": "You keep more than you have.",
    "ask": "You can ask us anything.",
}


def month_letter(
    case: Case, month: Month, found: Sequence[Entry], before: Balance | None, left: Left, council: str
) -> Letter:
    """A month of an account: what was there, came in, went out and for what, what is set aside and what is left."""
    all_in_all = moved(found)
    came_in, went_out = all_in_all.came_in_pence, all_in_all.went_out_pence
    blocks: list[Block] = [
        *_in_easy_words(case, came_in, went_out, before, left),
        *_left(left),
        _adds_up(month, came_in, went_out, before, left),
        *_from_everyday(all_in_all.everyday_pence),
        *_for_what(found),
        *_each(found),
        *_set_aside(left),
        *questions(case),
    ]
    return make_letter(
        case,
        title=f"Your direct payment in {month.named}",
        dated=month.last,
        reference=f"Statement of the account for your direct payment, {day(month.first)} to {day(month.last)}",
        blocks=blocks,
        signed=(SIGNED, council),
    )


def _in_easy_words(case: Case, came_in: int, went_out: int, before: Balance | None, left: Left) -> list[Block]:
    if CommunicationNeed.EASY_READ not in case.person.communication_needs:
        return []
    said = ["begins"] if before else []
    said += ["came_in", "went_out"]
    if left.balance:
        said += ["has", *(["aside"] if left.aside else []), "left" if left.left_pence >= 0 else "over"]
    filled = {
        "before": pounds(before.pence if before else 0),
        "came_in": pounds(came_in),
        "went_out": pounds(went_out),
        "has": pounds(left.balance.pence if left.balance else 0),
        "aside": pounds(left.aside_pence),
        "left": pounds(left.left_pence),
    }
    return [Heading("In easy words"), bullets(*(EASY[each].format(**filled) for each in [*said, "ask"]))]


def _left(left: Left) -> list[Block]:
    if left.balance is None:
        return [Paragraph("We do not know what is in the account: no statement with a balance has been read.")]
    on = f"on {day(left.balance.as_at)}"
    if left.left_pence < 0:
        return [Amount(f"More is set aside than is in the account, {on}", pounds(-left.left_pence))]
    return [Amount(f"Left to spend {on}", pounds(left.left_pence))]


def _adds_up(month: Month, came_in: int, went_out: int, before: Balance | None, left: Left) -> Table:
    rows = [("Came in", pounds(came_in)), ("Went out", pounds(went_out))]
    if before is not None:
        rows.insert(0, (f"In the account when {day(month.first)} began", pounds(before.pence)))
    if left.balance is not None:
        rows.append((f"In the account at the end of {day(left.balance.as_at)}", pounds(left.balance.pence)))
        rows.append(("Of it set aside", pounds(left.aside_pence)))
        rows.append(("Left to spend", pounds(left.left_pence)))
    return Table("How it adds up", ("What", "Amount"), tuple(rows), total=left.balance is not None)


def _from_everyday(pence: int) -> list[Block]:
    if not pence:
        return []
    return [Paragraph(f"Besides, {pounds(pence)} was paid from an everyday account, as you showed us.")]


def _for_what(found: Sequence[Entry]) -> list[Block]:
    """What was spent on each thing, the largest first; what nobody has said stands last."""
    pence: dict[str, int] = {}
    for each in found:
        if each.is_out and each.purpose is not None:
            pence[each.purpose.in_words] = pence.get(each.purpose.in_words, 0) + each.pence
    rows = [(words, pounds(spent)) for words, spent in sorted(pence.items(), key=lambda one: -one[1])]
    unsaid = sum(each.pence for each in found if each.is_out and each.purpose is None)
    if unsaid:
        rows.append(("Not said yet", pounds(unsaid)))
    return [Table("What it was for", ("What", "Amount"), tuple(rows))] if rows else []


def _each(found: Sequence[Entry]) -> list[Block]:
    if not found:
        return [Paragraph("Nothing came in or went out in this month, as far as statements have been read.")]
    rows = tuple(
        (
            day(each.line.booked_on),
            cell(each.payee, each.for_what, EVERYDAY if each.is_from_everyday else ""),
            pounds(each.line.amount_pence),
        )
        for each in reversed(found)
    )
    return [Table("Each line of the account, the earliest first", ("Date", "What", "Amount"), rows)]


def _set_aside(left: Left) -> list[Block]:
    if not left.aside:
        return []
    rows = tuple(
        (
            cell(str(each.get_kind_display()), each.reason),
            day(each.until) if each.until else "No last day",
            pounds(each.amount_pence),
        )
        for each in left.aside
    )
    return [Table("What is set aside", ("What for", "Until", "Amount"), rows)]
