"""What of a direct payment can be asked back: first all that speaks against it, then what is left, step by step.

Source: Care Act 2014, s. 33(2)(e), and SI 2014/2871, reg. 10: a council may ask back what was not spent on the needs,
or where a condition was broken. The guidance (ch. 12) has honest mistakes and what an employer must keep treated with
sense. What happened while the council itself was late (a review, or statements that it had) is not asked back, after
findings of the ombudsman in which a council's own year of delay had made the debt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law
from leeway.law.monitoring import Late
from leeway.law.numbers import ceil_div, greatest, least, pounds
from leeway.law.outcome import Outcome

REGULATION = ("SI 2014/2871, reg. 10", "https://www.legislation.gov.uk/uksi/2014/2871/regulation/10")
GUIDANCE = (
    "Care Act statutory guidance, ch. 12",
    "https://www.gov.uk/government/publications/care-act-statutory-guidance/care-and-support-statutory-guidance",
)
FIELDS = ("items", "own_share", "account", "kept", "owed", "late")


class Because(StrEnum):
    """Why something is asked back."""

    NOT_FOR_NEEDS = "not_for_needs"
    CONDITION = "condition"
    SURPLUS = "surplus"
    AFTER_END = "after_end"


#: What lies in the account still, and so is asked back only as far as nothing there is kept or owed.
STILL_THERE = frozenset({Because.SURPLUS, Because.AFTER_END})


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is asked back: what it was, its day (none for what is left over), how much, and why."""

    what: str
    day: date | None
    pence: int
    because: Because


def recover(inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Work out what can be asked back, with each thing that speaks against it as a step that lowers it.

    `inputs`: `items` (each `what`, `pence`, `because` and, but for what is left over, `day`); `own_share`
    (`person_pence` of `gross_pence` a week is the person's own money); `account` (`balance_pence`, or null where the
    bank never said, and `weekly_pence`); `kept` and `owed` (each `what` and `pence`: set aside, and what an employer
    owes); `late` (each `first`, `last` and `why`: days on which the council was late itself).
    """
    given = read.mapping(inputs, "The recovery")
    read.only_known(given, FIELDS, "The recovery")
    part = law.only("recovery")
    items = [_item(each, number) for number, each in enumerate(read.sequence(given["items"], "items"), start=1)]
    steps = list(_steps(items, given, part))
    asked, back = sum(item.pence for item in items), sum(step["pence"] for step in steps)
    result = {"asked_pence": asked, "back_pence": back}
    reasons = [
        f"Of {pounds(asked)}, {pounds(back)} can be asked back." if back else "Nothing can be asked back.",
    ]
    return Outcome("recover", given, part, result, tuple(steps), tuple(reasons))


def _item(given: object, number: int) -> Item:
    item = read.mapping(given, f"Item {number}")
    read.only_known(item, ("what", "day", "pence", "because"), f"Item {number}")
    because = Because(read.one_of(read.needed(item, "because", Because), tuple(Because), "because"))
    day = None if item.get("day") is None else read.day(item["day"], "day")
    what = read.needed_words(item, "what", f"Item {number}")
    return Item(what, day, read.pence(read.needed(item, "pence"), "pence"), because)


def _steps(items: Sequence[Item], given: Mapping[str, Any], law: Law) -> Iterator[dict[str, Any]]:
    yield _step("What was looked at", sum(item.pence for item in items), REGULATION, _in_all(items))
    late = [_late(each) for each in read.sequence(given["late"], "late")]
    left = []
    for item in items:
        if found := _late_on(item, late):
            yield _step("Our own delay", -item.pence, GUIDANCE, f"{_named(item)}. {found.why} We do not ask for it.")
        else:
            left.append(item)
    spent = [item for item in left if item.because not in STILL_THERE]
    yield from _own_money(spent, given)
    still = sum(item.pence for item in left if item.because in STILL_THERE)
    if still:
        yield from _still_there(still, any(item.because is Because.SURPLUS for item in left), given, law)


def _own_money(spent: Sequence[Item], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The part that the person paid in themselves is theirs: part of a penny counts for them."""
    share = read.mapping(given["own_share"], "own_share")
    own, gross = (read.pence(share[name], name) for name in ("person_pence", "gross_pence"))
    pence = sum(item.pence for item in spent)
    if own and pence:
        theirs = pence if own >= gross else ceil_div(pence * own, gross)
        sentence = f"{pounds(own)} of each {pounds(gross)} is the person’s own money. We do not ask for that part."
        yield _step("The person’s own money", -theirs, GUIDANCE, sentence)


def _still_there(pence: int, surplus: bool, given: Mapping[str, Any], law: Law) -> Iterator[dict[str, Any]]:
    """What is in the account, less what is kept, owed, and stays there: more than is left of it is not asked back."""
    account = read.mapping(given["account"], "account")
    if account["balance_pence"] is None:
        sentence = "The bank has not told what is in the account. Until it has, we do not ask for it."
        yield _step("Not known", -pence, GUIDANCE, sentence)
        return
    room = read.whole(account["balance_pence"], "balance_pence", least=-read.MOST_PENCE)
    taken = [(each["what"], read.pence(each["pence"], "pence")) for name in ("kept", "owed") for each in given[name]]
    if surplus:
        weeks, weekly = law["recovery.weeks_left"], read.pence(account["weekly_pence"], "weekly_pence")
        taken.append((f"{weeks} weeks of the direct payment stay there", weeks * weekly))
    over = greatest(0, pence - greatest(0, room))
    if over:
        yield _step("Not there any more", -over, GUIDANCE, f"{pounds(greatest(0, room))} is in the account.")
    left, free = pence - over, room
    for what, amount in taken:
        free -= amount
        less = least(left, greatest(0, left - greatest(0, free)))
        if less:
            yield _step("Kept for what is owed or needed", -less, GUIDANCE, f"{what}: {pounds(amount)}.")
            left -= less


def _late(given: object) -> Late:
    late = read.mapping(given, "late")
    first, last = (read.day(read.needed(late, name), name) for name in ("first", "last"))
    return Late(first, last, read.needed_words(late, "why", "late"))


def _late_on(item: Item, late: Sequence[Late]) -> Late | None:
    """The council's own delay on the day of an item. What lies in the account still was made by nobody's delay."""
    if item.day is None or item.because in STILL_THERE:
        return None
    return next((each for each in late if each.first <= item.day <= each.last), None)


def _named(item: Item) -> str:
    return f"{item.what}, {item.day:%-d %B %Y}" if item.day else item.what


def _in_all(items: Sequence[Item]) -> str:
    return f"{len(items)} thing{'' if len(items) == 1 else 's'}, each named with its reason."


def _step(name: str, pence: int, source: tuple[str, str], sentence: str) -> dict[str, Any]:
    return {"name": name, "pence": pence, "source": source[0], "source_url": source[1], "sentence": sentence}
