"""What is pointed out when the account of a direct payment is checked: each a thing seen, and none of them a verdict.

Given the lines of some days, what is known of the person, and the council's policy. Every flag says what was seen, what
may well explain it, and what to ask. Nothing here decides anything: whoever checks the account does.

Source: Care and Support Statutory Guidance, chapter 12: what a council asks is in proportion, and no burden.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from leeway.law.dated import Law
from leeway.law.numbers import floor_div, pounds

DAY = timedelta(days=1)
DAYS_A_WEEK = 7
PERCENT = 100
#: Words before a name in which a bank writes it: they name nobody.
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
WAGES, TAX, SET_ASIDE = "wages", "tax", "set_aside"


class Kind(StrEnum):
    """What may be pointed out. The label is what a list says."""

    label: str

    def __new__(cls, code: str, label: str) -> "Kind":
        member = str.__new__(cls, code)
        member._value_, member.label = code, label
        return member

    SURPLUS = "surplus", "More in the account than some weeks need"
    NO_SHARE = "no_share", "The person’s own share did not come in"
    CASH = "cash", "Cash without a receipt"
    ROUND = "round", "Round sums to the person or their family"
    HOUSEHOLD = "household", "Somebody of the same household was paid"
    COUNCIL = "council", "The council was paid"
    FAST = "fast", "More went out than comes in"
    NO_PAYROLL = "no_payroll", "Wages, and nothing of tax or payroll"
    NO_INSURANCE = "no_insurance", "No insurance of the employer on record"
    DORMANT = "dormant", "Nothing went out for some weeks"
    EXCLUDED = "excluded", "A name that the payment cannot be meant for"
    DEATH = "death", "Payments after the day of death"
    HOSPITAL = "hospital", "Payments while in hospital"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an account: money in is positive. `for_what` is the code of what it was said to be for, or empty."""

    id: str
    on: date
    pence: int
    payee: str = ""
    words: str = ""
    for_what: str = ""
    from_council: bool = False
    has_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody in the person's life: their name, whether they are family, a partner, and of the same household."""

    name: str
    is_family: bool
    is_partner: bool = False
    same_household: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known besides the lines, on the last of the days that are checked.

    `balance_pence` is None where no bank has said what is in an account for the direct payment alone. `owed_at_end` is
    what the law would have an employer pay if every job ended (`notice`, `redundancy`): kept, whether set aside or not.
    `not_on_record` are the codes of duties of an employer of which nothing is on record.
    """

    first: date
    last: date
    weekly_pence: int = 0
    own_share_pence: int = 0
    balance_pence: int | None = None
    set_aside: Mapping[str, int] = field(default_factory=dict)
    owed_at_end: Mapping[str, int] = field(default_factory=dict)
    person: str = ""
    near: tuple[Near, ...] = ()
    council: str = ""
    hospital: tuple[tuple[date, date | None], ...] = ()
    died_on: date | None = None
    employs: bool = False
    not_on_record: frozenset[str] = frozenset()

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Flag:
    """Something pointed out: which lines, what was seen, what may well explain it, and what to ask."""

    kind: Kind
    lines: tuple[str, ...]
    seen: str
    perhaps: str
    ask: str


@dataclass(frozen=True, slots=True)
class Surplus:
    """What is in an account over all that is kept for something, in pence and in tenths of weeks of the payment."""

    balance_pence: int
    kept: Mapping[str, int]
    weekly_pence: int
    most_weeks: int

    @property
    def kept_pence(self) -> int:
        return sum(self.kept.values())

    @property
    def free_pence(self) -> int:
        """What is over; less than nothing where more is kept than is there."""
        return self.balance_pence - self.kept_pence

    @property
    def tenths_of_weeks(self) -> int:
        return floor_div(max(0, self.free_pence) * 10, self.weekly_pence) if self.weekly_pence else 0

    @property
    def in_words(self) -> str:
        """How many weeks it is: “3.4 weeks”."""
        weeks, tenths = divmod(self.tenths_of_weeks, 10)
        return f"{weeks}.{tenths} weeks"

    @property
    def over_pence(self) -> int:
        """What is above the weeks that the council's policy takes for ordinary; nought where nothing is."""
        return max(0, self.free_pence - self.most_weeks * self.weekly_pence) if self.weekly_pence else 0


def surplus(facts: Facts, law: Law) -> Surplus | None:
    """What is over once every reserve is off, or None where nobody knows the balance.

    Of notice and redundancy the greater counts: what was set aside, or what the law would have the employer pay.

    >>> from leeway.law import law_on
    >>> day = date(2026, 11, 30)
    >>> facts = Facts(day, day, 100_00, balance_pence=1000_00, set_aside={"holiday": 150_00, "notice": 10_00},
    ...               owed_at_end={"notice": 50_00})
    >>> found = surplus(facts, law_on(day))
    >>> found.kept_pence, found.in_words, found.over_pence
    (20000, '8.0 weeks', 0)
    """
    if facts.balance_pence is None:
        return None
    kinds = sorted({*facts.set_aside, *facts.owed_at_end})
    kept = {kind: max(facts.set_aside.get(kind, 0), facts.owed_at_end.get(kind, 0)) for kind in kinds}
    return Surplus(facts.balance_pence, kept, facts.weekly_pence, law["monitoring.surplus_weeks"])


def flags(lines: Iterable[Line], facts: Facts, law: Law) -> list[Flag]:
    """What there is to point out about the lines of some days, in the order of `Kind`. A clean account has nothing."""
    found = sorted(
        (line for line in lines if facts.first <= line.on <= facts.last), key=lambda line: (line.on, line.id)
    )
    return [flag for look in LOOKS if (flag := look(found, facts, law))]


def _much_over(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    found = surplus(facts, law)
    if found is None or not found.over_pence:
        return None
    kept = f", besides {pounds(found.kept_pence)} that is kept for something" if found.kept_pence else ""
    return Flag(
        Kind.SURPLUS,
        (),
        f"{pounds(found.free_pence)} is left{kept}: {found.in_words} of {pounds(found.weekly_pence)} a week.",
        "Holiday pay, a bill that has not come, an assistant who left, a time in hospital, or something the council "
        "agreed to that nobody has set aside here yet.",
        "Is any of it kept for something? Does the support that was agreed come, and is it enough?",
    )


def _no_share(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    weeks = floor_div(facts.days, DAYS_A_WEEK)
    came = any(line.pence > 0 and not line.from_council for line in lines)
    if facts.balance_pence is None or not facts.own_share_pence or weeks < law["monitoring.dormant_weeks"] or came:
        return None
    return Flag(
        Kind.NO_SHARE,
        (),
        f"The person’s own share is {pounds(facts.own_share_pence)} a week, and nothing but the council’s payment came "
        f"in, in {weeks} weeks.",
        "They may pay it out of another account, straight to whoever supports them, or not know that they are to.",
        "How do you pay your own share? Is it too much?",
    )


def _cash(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    out = _out(lines)
    words = _phrases(law["monitoring.cash_words"])
    cash = [line for line in out if not line.has_receipt and _has(f"{line.payee} {line.words}", words)]
    whole, some = _pence(out), _pence(cash)
    if some * PERCENT <= whole * law["monitoring.cash_percent"]:
        return None
    return Flag(
        Kind.CASH,
        _ids(cash),
        f"{pounds(some)} of {pounds(whole)} that went out was cash without a receipt.",
        "Markets, clubs, drivers and small shops take cash, and receipts are lost. Some people cannot use a card.",
        "What was the cash for? A few words, or a receipt where there is one, are enough.",
    )


def _round(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    family = [each.name for each in facts.near if each.is_family or each.is_partner]
    found = [
        line
        for line in _out(lines)
        if line.pence % law["monitoring.round_pence"] == 0
        and line.for_what not in (WAGES, TAX, SET_ASIDE)
        and _names(line.payee, (facts.person, *family))
    ]
    if not found:
        return None
    return Flag(
        Kind.ROUND,
        _ids(found),
        f"{pounds(_pence(found))} went to the person or to family in round sums, {_times(found)}.",
        "They may have paid for something first and been paid back, or put money aside. Family who live elsewhere may "
        "be paid for support.",
        "What were these payments for?",
    )


def _household(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    barred = [each.name for each in facts.near if each.is_partner or (each.is_family and each.same_household)]
    found = [line for line in _out(lines) if _names(line.payee, barred)]
    if not found:
        return None
    return Flag(
        Kind.HOUSEHOLD,
        _ids(found),
        f"{pounds(_pence(found))} went to a partner, or to family of the same household, {_times(found)}.",
        "The council may find it necessary that they are paid (SI 2014/2871, reg. 3), or they were paid back for "
        "something bought. Somebody else may have the same name.",
        "What were these payments for? Did anybody of the council agree to them?",
    )


def _council(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    name = _tokens(facts.council)
    found = [line for line in _out(lines) if name and name <= _tokens(line.payee)]
    if not found:
        return None
    return Flag(
        Kind.COUNCIL,
        _ids(found),
        f"{pounds(_pence(found))} went to the council, {_times(found)}.",
        "Money sent back, a bill of the council’s, or something bought from it once, which the guidance allows.",
        "What did you pay the council for?",
    )


def _fast(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    spent = _pence([line for line in _out(lines) if line.for_what != SET_ASIDE])
    comes = floor_div(facts.weekly_pence * facts.days, DAYS_A_WEEK)
    if not comes or spent * PERCENT <= comes * law["monitoring.fast_percent"]:
        return None
    return Flag(
        Kind.FAST,
        (),
        f"{pounds(spent)} went out, and the direct payment is {pounds(comes)} for the same days.",
        "Money that was kept for something was spent on it, a bill of a whole year came, or more support was needed.",
        "Was more needed than was agreed? Then the plan may be too small: a review may be due.",
    )


def _no_payroll(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    wages = [line for line in _out(lines) if line.for_what == WAGES]
    tax = any(line.for_what == TAX for line in _out(lines))
    if tax or not wages or (facts.employs and "registered" not in facts.not_on_record):
        return None
    return Flag(
        Kind.NO_PAYROLL,
        _ids(wages),
        f"{pounds(_pence(wages))} was said to be wages, and nothing tells of tax, or of being registered as employer.",
        "A payroll service may do it, the wages may be too small for tax, or whoever works is self-employed.",
        "Who does the payroll? Would help with it be welcome?",
    )


def _no_insurance(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    if not facts.employs or "insurance" not in facts.not_on_record:
        return None
    return Flag(
        Kind.NO_INSURANCE,
        (),
        "Somebody is employed, and no insurance that holds is on record.",
        "It may be there, and its day not told yet: nobody must tell it in a record that nobody showed them.",
        "Do you have employers’ liability insurance, and until when? Would help with it be welcome?",
    )


def _dormant(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    weeks = law["monitoring.dormant_weeks"]
    ends = [facts.first - DAY, *(line.on for line in _out(lines)), min(facts.last, facts.died_on or facts.last) + DAY]
    gaps = [(later - earlier).days - 1 for earlier, later in pairwise(ends)]
    longest = max(range(len(gaps)), key=lambda place: gaps[place])
    if facts.balance_pence is None or not facts.weekly_pence or gaps[longest] < weeks * DAYS_A_WEEK:
        return None
    first, last = ends[longest] + DAY, ends[longest + 1] - DAY
    return Flag(
        Kind.DORMANT,
        (),
        f"Nothing went out from {first:%-d %B} to {last:%-d %B %Y}.",
        "They may have been away or in hospital, between two assistants, or pay by the quarter. Support may be hard "
        "to find.",
        "Does the support come that was agreed? Is anything in the way?",
    )


def _excluded(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    words = _phrases(law["monitoring.excluded_words"])
    found = [line for line in _out(lines) if _has(f"{line.payee} {line.words}", words)]
    if not found:
        return None
    names = ", ".join(f"“{name}”" for name in sorted({line.payee or line.words for line in found}))
    return Flag(
        Kind.EXCLUDED,
        _ids(found),
        f"{pounds(_pence(found))} went to {names}, {_times(found)}.",
        "The wrong card was used, and the money put back; an outing was agreed; or the name only sounds like it.",
        "What was this for? If it was the wrong card, the money can simply be put back.",
    )


def _after_death(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    found = [line for line in _out(lines) if facts.died_on is not None and line.on > facts.died_on]
    if not found:
        return None
    return Flag(
        Kind.DEATH,
        _ids(found),
        f"{pounds(_pence(found))} went out after the day of death, {_times(found)}.",
        "Wages, notice, tax and bills from before are still owed, and standing orders go on until a bank knows.",
        "Which of these was still owed? Ask whoever settles what is left, in fitting words, and do not press.",
    )


def _in_hospital(lines: Sequence[Line], facts: Facts, law: Law) -> Flag | None:
    kept_on = timedelta(weeks=law["monitoring.retainer_weeks"])
    found = []
    for line in _out(lines):
        inside = [begins for begins, ends in facts.hospital if begins < line.on and (ends is None or line.on < ends)]
        if inside and not (line.for_what in (WAGES, TAX) and line.on <= max(inside) + kept_on):
            found.append(line)
    if not found:
        return None
    return Flag(
        Kind.HOSPITAL,
        _ids(found),
        f"{pounds(_pence(found))} went out while the person was in hospital, {_times(found)}.",
        "Bills of before, an assistant who is kept on or who helped in hospital, and what was bought for coming home.",
        "What was still needed while you were in hospital?",
    )


LOOKS: tuple[Callable[[Sequence[Line], Facts, Law], Flag | None], ...] = (
    _much_over, _no_share, _cash, _round, _household, _council, _fast, _no_payroll, _no_insurance, _dormant, _excluded,
    _after_death, _in_hospital,
)  # fmt: skip


#: How many weeks lie between two checks, by how closely somebody is looked at: the name of the council's value.
WEEKS_BETWEEN = {
    "low": "monitoring.low_weeks",
    "medium": "monitoring.medium_weeks",
    "high": "monitoring.high_weeks",
}


@dataclass(frozen=True, slots=True)
class Late:
    """Days on which something waited for the council, the first and the last of them, and why."""

    first: date
    last: date
    why: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def days_late(stretches: Iterable[Late]) -> int:
    """How many days there are in some stretches; a day in two of them counts once.

    >>> days_late([Late(date(2026, 1, 1), date(2026, 1, 10), ""), Late(date(2026, 1, 5), date(2026, 1, 12), "")])
    12
    """
    days, until = 0, date.min
    for each in sorted(stretches, key=lambda each: each.first):
        days += max(0, (each.last - max(each.first - DAY, until)).days)
        until = max(until, each.last)
    return days


def _out(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.pence < 0]


def _pence(lines: Iterable[Line]) -> int:
    return sum(abs(line.pence) for line in lines)


def _ids(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(line.id for line in lines)


def _times(lines: Sequence[Line]) -> str:
    return "once" if len(lines) == 1 else f"{len(lines)} times"


def _tokens(words: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", words.casefold()))


def _phrases(words: str) -> list[str]:
    """The words of a policy value, as they are looked for: whole, between spaces."""
    return [f" {' '.join(re.findall(r'[^\W_]+', phrase.casefold()))} " for phrase in words.split(",") if phrase.strip()]


def _has(words: str, phrases: Sequence[str]) -> bool:
    """Whether one of these phrases stands in a bank's words, whole: “bet” is not in “Elizabeth”."""
    plain = f" {' '.join(re.findall(r'[^\W_]+', words.casefold()))} "
    return any(phrase in plain for phrase in phrases)


def _names(payee: str, people: Iterable[str]) -> bool:
    """Whether a bank's name for a payee is one of these people's: the last name, and the first or its initial.

    >>> _names("MR T BROWN", ["Tom Brown"]), _names("BROWN & SONS", ["Tom Brown"]), _names("TOM", ["Tom"])
    (True, False, True)
    """
    there = _tokens(payee)
    for person in people:
        words = [word for word in re.findall(r"[^\W_]+", person.casefold()) if word not in TITLES]
        if words and words[-1] in there and (len(words) == 1 or words[0] in there or words[0][0] in there):
            return True
    return False
