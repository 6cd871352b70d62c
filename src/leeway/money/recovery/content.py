"""The letter that asks for money of a direct payment back: page and PDF are made from the same blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from leeway.care.letters.blocks import (
    Amount,
    Block,
    Bullet,
    Bullets,
    Heading,
    Letter,
    Notice,
    Paragraph,
    Quote,
    Table,
    bullets,
    cell,
    day,
)
from leeway.care.letters.content import LEGISLATION, job_of, make_letter, questions
from leeway.care.people.access import lives
from leeway.care.people.addressing import addressed
from leeway.care.people.models import Case, CommunicationNeed
from leeway.law.numbers import pounds
from leeway.money.bills.payers import representatives_of
from leeway.money.recovery.models import Because, Item, Step
from leeway.money.recovery.queries import Standing
from leeway.money.recovery.states import Did, State

#: The same in easy words, for somebody who needs easy read. `tests/money/spending` holds them to what easy words are.
EASY = (
    "You have money from us for your help.",
    "We ask you to give some of it back: {back}.",
    "You do not need to pay now.",
    "Tell us what you think by {by}.",
    "Is it too much for you? Tell us.",
    "Is it not right? Tell us.",
    "You can ask someone to help you.",
)
#: Why something is asked back, as the letter says it.
WHY = {
    Because.NOT_FOR_NEEDS: "We ask, since it was not spent on what the plan is for.",
    Because.CONDITION: "We ask, since a condition was broken that was known.",
    Because.SURPLUS: "We ask, since more is left than the plan needs.",
    Because.AFTER_END: "We ask, since it was paid for days after the end.",
}
IF_IT_IS_HARD: tuple[Block, ...] = (
    Heading("If it would leave you short"),
    bullets(
        "Tell us, in any way you like. Then we only ask for what you can spare each month, or for nothing.",
        "Your support goes on, whatever you answer.",
        Bullet("MoneyHelper is free: 0800 138 7777.", "https://www.moneyhelper.org.uk"),
        Bullet("Citizens Advice is free: 0800 144 8848.", "https://www.citizensadvice.org.uk"),
    ),
)
IF_IT_IS_NOT_RIGHT: tuple[Block, ...] = (
    Heading("If it is not right: challenge it"),
    bullets(
        "Say so on your page, by phone, or in a letter. You do not need a form, and somebody can do it for you.",
        "Then a manager who had no part in this looks at it, and answers each thing that you say.",
        "Until you have that answer nothing more happens, and no days count.",
        "You can make a complaint to the council as well. Do this within 12 months.",
        Bullet(
            "If you are still not happy, ask the Local Government and Social Care Ombudsman. This is free. "
            "Phone 0300 061 0614.",
            "https://www.lgo.org.uk",
        ),
    ),
)
LAW: tuple[Block, ...] = (
    Heading("The law we used"),
    Bullets(
        (
            Bullet(
                "Care Act 2014, section 33: direct payments, further rules", f"{LEGISLATION}ukpga/2014/23/section/33"
            ),
            Bullet("Direct payment regulations 2014, regulation 10", f"{LEGISLATION}uksi/2014/2871/regulation/10"),
        )
    ),
)


def notice_letter(now: Standing, weighed: Mapping[str, Any], *, council: str) -> Letter:
    """What is asked back, thing by thing, what was taken off it, by when to answer, and how to say that it is not so.

    Before a second person has agreed it is a draft, dated today; `weighed` is then the working of today.
    """
    written, proposed = now.last(Did.APPROVED), now.last(Did.PROPOSED)
    case, dated = now.case, written.on if written else now.on
    living = lives(case.person)
    back, by = pounds(weighed["result"]["back_pence"]), dated + timedelta(days=now.notice_days)
    blocks: list[Block] = [
        *_since(now, written),
        *_in_easy_words(case, back, by),
        Amount("We ask you to give back", back),
        Paragraph(
            f"Please answer by {day(by)}. You need not pay anything before we have your answer, or that day is over. "
            f"Then we decide, and write to you.{' Nothing is taken off a payment.' if living else ''}"
        ),
        *_talked(now),
        *_why(proposed),
        _items(now.standing_items, living),
        _working(case, weighed["steps"], back),
        *(IF_IT_IS_HARD if living else ()),
        *IF_IT_IS_NOT_RIGHT,
        *LAW,
        *questions(case),
    ]
    letter = make_letter(
        case,
        title="We ask you to give back some of a direct payment",
        dated=dated,
        reference=f"About the direct payment. Reference {str(now.recovery.pk)[:8].upper()}",
        blocks=blocks,
        signed=(written.by.name, job_of(written.by), council) if written else (council,),
    )
    return letter if living else _to_who_settles(letter, case, dated)


def _since(now: Standing, written: Step | None) -> list[Block]:
    """What the reader must know first: that it is a draft, or what happened after it was sent."""
    if written is None:
        return [Notice("This has not been sent. Nothing is asked of anybody by it.")]
    challenged, stands, decided = now.last(Did.CHALLENGED), now.last(Did.STANDS), now.last(Did.DECIDED)
    if now.state == State.WITHDRAWN:
        return [Notice(f"Nothing is asked back any more, since {day(now.steps[-1].on)}.")]
    if now.state == State.CHALLENGED and challenged:
        return [Notice(f"You challenged this on {day(challenged.on)}. Nothing more happens until you have an answer.")]
    if now.state in (State.DUE, State.OVER) and decided:
        return [Notice(f"We decided on {day(decided.on)} that {pounds(decided.pence)} is to be given back.")]
    if stands:
        said = f"A manager answered your challenge on {day(stands.on)}."
        return [Notice(f"{said} The days went on then: please answer by {day(now.answer_by)}.")]
    return []


def _in_easy_words(case: Case, back: str, by: date) -> list[Block]:
    if CommunicationNeed.EASY_READ not in case.person.communication_needs:
        return []
    return [Heading("In easy words"), bullets(*(each.format(back=back, by=day(by)) for each in EASY))]


def _why(proposed: Step | None) -> list[Block]:
    return [Heading("Why we ask"), Quote(proposed.words)] if proposed else []


def _talked(now: Standing) -> list[Block]:
    """When somebody spoke with them; or that nobody reached them."""
    if spoke := now.last(Did.TALKED):
        return [Paragraph(f"We spoke about this on {day(spoke.happened_on)}.")]
    tried = sorted({step.happened_on for step in now.steps if step.did == Did.TRIED})
    days = " and on ".join(day(each) for each in tried)
    return [Paragraph(f"We tried to speak with you on {days}, and did not reach you. Please ring us.")] if tried else []


def _items(items: Sequence[Item], you: bool) -> Table:
    who = "You" if you else "They"
    rows = tuple(
        (
            cell(
                f"{each.what}, {day(each.day)}" if each.day else each.what,
                f"In the bank’s words: {_bank(each)}" if each.line else "",
                WHY[Because(each.because)],
                f"{who} said: “{each.answer}”" if each.answer else f"{who} did not say what it was.",
            ),
            pounds(each.pence),
        )
        for each in items
    )
    return Table("Each thing that we asked about", ("What", "Amount"), rows)


def _bank(item: Item) -> str:
    line = item.line
    return (line.counterparty or line.description or line.reference or "none") if line else ""


def _working(case: Case, steps: Sequence[Mapping[str, Any]], back: str) -> Table:
    """What was looked at, each thing that speaks against it and was taken off, and what is left."""
    you, name = lives(case.person), str(case.person)
    rows = [
        (
            cell(*(addressed(str(step[part]), you=you, name=name) for part in ("name", "sentence"))),
            pounds(step["pence"]),
        )
        for step in steps
    ]
    return Table("How it comes out", ("What", "Amount"), (*rows, ("We ask back", back)), total=True)


def _to_who_settles(letter: Letter, case: Case, on: date) -> Letter:
    """The letter to whoever settles what somebody left, in fitting words."""
    settles = next(iter(representatives_of(case, on)), None)
    name = settles.name if settles else "whoever settles what was left"
    begins: tuple[Block, ...] = (
        Notice(f"This is about the direct payment of {case.person}. You get it because you settle what they left."),
        Paragraph(
            "We are sorry to write to you about money at such a time. What paid helpers are owed for notice, holiday "
            "and tax comes first. Nothing is asked of you yourself: only of what was left."
        ),
    )
    return replace(
        letter, addressed_to=(name,), greeting=f"Dear {name},", blocks=(*begins, *letter.blocks), large_print=False
    )
