"""Reading recoveries: where each stands, what speaks against it on a day, and when its notice is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.employing.queries import employer, owed_at_end
from leeway.care.people.models import Case
from leeway.care.people.queries import get_case
from leeway.care.planning.models import Way
from leeway.law import compute, compute_as_it_was, law_on
from leeway.law.outcome import Outcome
from leeway.money.bills.clock import days_run
from leeway.money.budgets.models import Part
from leeway.money.monitoring.queries import late_days
from leeway.money.recovery.models import IN_SHORT, Because, Item, Recovery, Step
from leeway.money.recovery.states import OPEN, Did, State, left_of, state_after
from leeway.money.spending.kinds import Kept
from leeway.money.spending.queries import balance_on, set_aside_on
from leeway.period import Period

#: Steps after which it is no more and no less somebody's turn.
NOT_MOVING = (Did.TALKED, Did.TRIED)
PAGE = "Money of the direct payment that is asked about"
#: What an employer's end costs, and the kind of what is set aside for it: each counts once.
OWED = {"Notice": Kept.NOTICE, "Redundancy": Kept.REDUNDANCY}


@dataclass(frozen=True)
class Standing:
    """A recovery as it stands on a day: its items and steps, its state, its notice, and what is still to come back."""

    recovery: Recovery
    items: Sequence[Item]
    steps: Sequence[Step]
    on: date

    @property
    def case(self) -> Case:
        """Whose direct payment it is."""
        return self.recovery.case

    @property
    def taken(self) -> list[tuple[Did, int]]:
        return [(Did(step.did), step.pence) for step in self.steps]

    @cached_property
    def state(self) -> State:
        """Where it stands."""
        return state_after(self.taken)

    @property
    def left_pence(self) -> int:
        """What is still to be given back."""
        return max(0, left_of(self.taken))

    @property
    def given_pence(self) -> int:
        """What was given back."""
        signs = {Did.GIVEN_BACK: 1, Did.NOT_GIVEN_BACK: -1}
        return sum(signs.get(did, 0) * pence for did, pence in self.taken)

    @property
    def too_much_pence(self) -> int:
        """What came back beyond what is asked for: it is paid back to them."""
        return self.given_pence if self.state == State.WITHDRAWN else max(0, -left_of(self.taken))

    @property
    def standing_items(self) -> list[Item]:
        """What is still asked about."""
        return [item for item in self.items if item.dropped_on is None]

    def last(self, *dids: Did) -> Step | None:
        """The last step of some kinds."""
        return next((step for step in reversed(self.steps) if step.did in dids), None)

    @cached_property
    def notice_days(self) -> int:
        """How many days the person has to answer."""
        written = self.last(Did.APPROVED)
        return int(law_on(written.on if written else self.on, settings.COUNCIL_POLICY)["recovery.notice_days"])

    @property
    def days_gone(self) -> int:
        """How many days of the notice have run: none while it was challenged."""
        written = self.last(Did.APPROVED)
        return days_run(written.on, self.on, self._paused()) if written else 0

    @property
    def notice_is_over(self) -> bool:
        return self.last(Did.APPROVED) is not None and self.days_gone >= self.notice_days

    @property
    def answer_by(self) -> date:
        """The day by which the person is asked to answer, as the clock stands."""
        return self.on + timedelta(days=max(0, self.notice_days - self.days_gone))

    def _paused(self) -> list[Period]:
        """The days on which the clock stood still."""
        pauses, since = [], None
        for step in self.steps:
            if step.did == Did.CHALLENGED:
                since = step.on
            elif since is not None:
                pauses.append(Period(since, max(since, step.on)))
                since = None
        return [*pauses, Period(since, max(since, self.on))] if since else pauses

    @property
    def said_by_person(self) -> list[Step]:
        """What was answered to the letter, and challenged, the first first."""
        return [step for step in self.steps if step.did in IN_SHORT]

    @property
    def reply(self) -> Step | None:
        """What the person said of the notice last."""
        since = self.last(Did.APPROVED, Did.CHALLENGED, Did.STANDS)
        replies = (Did.AGREED, Did.HARD)
        return next((s for s in reversed(self.steps) if s.did in replies and since and s.number > since.number), None)

    @property
    def seen(self) -> str:
        """What a page shows of it, in short: who acts on another state is told so."""
        answered, dropped = ([getattr(item, name) for item in self.items] for name in ("answered_on", "dropped_on"))
        counts = (len(self.steps), len(self.items), len(self.items) - answered.count(None))
        return "-".join(str(each) for each in (*counts, len(self.items) - dropped.count(None)))


def get_recovery(recovery_id: UUID, *, seen_by: User, on: date) -> Standing:
    """One recovery with the look noted, for finance and managers. Http404 where there is none."""
    found = Recovery.objects.select_related("case__person", "case__worker", "opened_by").filter(pk=recovery_id).first()
    if found is None:
        raise Http404("There is no such recovery.")
    found.case = _case(found.case_id, seen_by=seen_by)
    return standing(found, on)


def _case(case_id: UUID, *, seen_by: User) -> Case:
    """The case of recoveries, with the look noted. Whoever agrees as a second person has it as their work."""
    theirs = Case.objects.filter(pk=case_id, recoveries__isnull=False).select_related("person", "worker", "team")
    case = theirs.first() if seen_by.can(Capability.APPROVE_RECOVERIES) else None
    if case is None:
        return get_case(case_id, seen_by=seen_by, page=PAGE)
    record_look(viewer=seen_by, person_id=case.person_id, page=PAGE, own=True)
    return case


def weighed_in_letter(now: Standing, *, seen_by: User) -> Mapping[str, Any] | None:
    """The working behind the letter that asks for money back: of the day it was sent; a draft, for staff, of today.

    None where there is no letter for this reader.
    """
    written = now.last(Did.APPROVED)
    if written is not None:
        return written.weighed
    draft = now.state == State.PROPOSED and seen_by.can(Capability.SEE_RECOVERIES)
    return weigh(now).as_json() if draft else None


def recoveries_of(case_id: UUID, *, seen_by: User, on: date) -> tuple[Case, list[Standing]]:
    """A case that this user may see and what of its direct payment was asked about, the latest first."""
    case = _case(case_id, seen_by=seen_by)
    return case, [standing(each, on) for each in case.recoveries.order_by("-opened_on", "-pk")]


def standing(recovery: Recovery, on: date) -> Standing:
    """A recovery as it stands on a day."""
    items = recovery.items.select_related("line__account", "asked_by", "answered_by", "dropped_by")
    return Standing(recovery, list(items), list(recovery.steps.select_related("by")), on)


def open_recoveries(*, seen_by: User, on: date) -> list[Standing]:
    """Every recovery that is not over, the longest open first: for finance's list. Five queries however many."""
    check_can(seen_by, Capability.SEE_RECOVERIES)
    ended = Step.objects.filter(did__in=[Did.WITHDRAWN, Did.UPHELD])
    kept = Recovery.objects.filter(Q(steps__did=Did.GIVEN_BACK) | ~Q(steps__in=ended)).distinct()
    found = kept.select_related("case__person", "case__worker", "opened_by")
    found = found.prefetch_related("items__line", "steps__by")
    every = [Standing(each, list(each.items.all()), list(each.steps.all()), on) for each in found]
    shown = [each for each in every if each.state in OPEN or each.too_much_pence]
    record_looks(viewer=seen_by, person_ids=[each.case.person_id for each in shown], page=PAGE)
    return shown


def nothing_is_asked(case: Case, on: date) -> bool:
    """Whether nothing is asked about any more in a case, in whatever recovery."""
    every = (standing(each, on) for each in case.recoveries.all())
    return not any(each.state in OPEN and each.standing_items for each in every)


def waits_for_them() -> dict[str, Exists]:
    """What a case is asked for to say what its person has to do: an answer to a question, and to a letter."""
    taken = Step.objects.filter(recovery=OuterRef("pk")).exclude(did__in=NOT_MOVING).order_by("-number")
    theirs = Recovery.objects.filter(case=OuterRef("pk")).annotate(last=Subquery(taken.values("did")[:1]))
    open_items = Item.objects.filter(answered_on=None, dropped_on=None, recovery__case=OuterRef("pk"))
    unanswered = open_items.exclude(recovery__steps__did__in=[Did.WITHDRAWN, Did.UPHELD])
    return {
        "asked_about": Exists(unanswered),
        "asked_back": Exists(theirs.filter(last__in=[Did.APPROVED, Did.STANDS])),
        "challenged": Exists(theirs.filter(last=Did.CHALLENGED)),
    }


def asked_already(case: Case) -> QuerySet[Item]:
    """What is asked about in recoveries of a case that were not withdrawn."""
    ended = Q(recovery__steps__did__in=[Did.WITHDRAWN, Did.UPHELD])
    return Item.objects.filter(recovery__case=case, dropped_on=None).exclude(ended)


def given_back(case: Case) -> QuerySet[Step]:
    """The steps of a case that say what was given back and still stand, the latest first."""
    undone = Step.objects.filter(did=Did.NOT_GIVEN_BACK).values("of")
    given = Step.objects.filter(recovery__case=case, did=Did.GIVEN_BACK).exclude(pk__in=undone)
    return given.select_related("recovery__case__person").order_by("-happened_on", "-recovery", "-number")


def weigh(now: Standing) -> Outcome:
    """What can be asked back by all that is known on a day: everything that speaks against it comes off first."""
    return compute("recover", _inputs(now), now.on, policy=settings.COUNCIL_POLICY)


def as_weighed(outcome: Outcome, on: date) -> dict[str, Any]:
    """A weighing as its step keeps it, so that it can be worked out again."""
    told = outcome.as_json()
    return {"inputs": dict(outcome.inputs), "law_on": on.isoformat()} | {
        name: told[name] for name in ("values", "digest", "result", "steps", "reasons")
    }


def _inputs(now: Standing) -> dict[str, Any]:
    case, on = now.case, now.on
    weekly = _part_on(case, on)
    kept, owed = _kept_and_owed(case, on)
    return {
        "items": [
            {"what": each.what, "pence": each.pence, "because": each.because}
            | ({} if each.day is None else {"day": each.day.isoformat()})
            for each in now.standing_items
        ],
        "own_share": _own_share(now),
        "account": {"balance_pence": _balance(now), "weekly_pence": weekly.gross_pence_per_week if weekly else 0},
        "kept": kept,
        "owed": [*owed, *_asked_elsewhere(now)],
        "late": [
            {"first": each.first.isoformat(), "last": each.last.isoformat(), "why": each.why}
            for each in late_days(case, on)
        ],
    }


def _part_on(case: Case, on: date) -> Part | None:
    """The direct payment of a day; the first one before its beginning."""
    parts = Part.objects.filter(budget__case=case, way=Way.DIRECT_PAYMENT)
    begun = parts.filter(budget__starts_on__lte=on).order_by("-budget__starts_on").first()
    return begun or parts.order_by("budget__starts_on").first()


def _own_share(now: Standing) -> dict[str, int]:
    """What of the direct payment is the person's own money: of all days asked about, what speaks most for them."""
    days = {item.day or now.on for item in now.standing_items} or {now.on}
    parts = [part for part in (_part_on(now.case, day) for day in days) if part is not None]
    shares = [(part.gross_pence_per_week - part.paid_pence_per_week, part.gross_pence_per_week) for part in parts]
    own, gross = max(shares, key=lambda share: Fraction(share[0], max(1, share[1])), default=(0, 0))
    return {"person_pence": own, "gross_pence": gross}


def _balance(now: Standing) -> int | None:
    """What would be in the account if nothing of this had been given back yet; None where the bank never said."""
    found = balance_on(now.case, now.on)
    if found is None:
        return None
    signs = {Did.GIVEN_BACK: 1, Did.NOT_GIVEN_BACK: -1}
    back = [signs.get(Did(each.did), 0) * each.pence for each in now.steps if each.happened_on <= found.as_at]
    return found.pence + sum(back)


def _asked_elsewhere(now: Standing) -> list[dict[str, Any]]:
    """What other recoveries of the case ask of the same account."""
    others = [standing(each, now.on) for each in now.case.recoveries.exclude(pk=now.recovery.pk)]
    asked = [
        each.left_pence if each.state == State.DUE else sum(item.pence for item in each.standing_items)
        for each in others
        if each.state in OPEN
    ]
    return [{"what": "Asked about already, beside this", "pence": sum(asked)}] if sum(asked) else []


def _kept_and_owed(case: Case, on: date) -> tuple[list[dict], list[dict]]:
    """What is set aside, and what an employer would owe at an end: of notice and redundancy the greater counts."""
    aside = set_aside_on(case, on)
    found = employer(case, on)
    owed = dict.fromkeys(OWED, 0)
    for each in owed_at_end(found.jobs, on) if found else ():
        owed[each.what] += each.pence
    more = []
    for name, kind in OWED.items():
        set_aside = sum(each.amount_pence for each in aside if each.kind == kind)
        if owed[name] > set_aside:
            more.append({"what": f"{name} that an employer would owe", "pence": owed[name] - set_aside})
    return [{"what": f"{each.get_kind_display()}, set aside", "pence": each.amount_pence} for each in aside], more


def bent_weighings() -> list[str]:
    """A sentence for each step whose working does not come out again from what it kept."""
    found = []
    for step in Step.objects.filter(weighed__isnull=False).order_by("pk").iterator(chunk_size=500):
        assert step.weighed is not None, "those that have a working were asked for"
        kept, on = step.weighed, date.fromisoformat(step.weighed["law_on"])
        again = compute_as_it_was("recover", kept["inputs"], on, kept["values"], policy=settings.COUNCIL_POLICY)
        if as_weighed(again, on) != kept or kept["result"]["back_pence"] < step.pence:
            found.append(f"The working of step {step.pk} of a recovery does not come out again from what it kept.")
    return found


#: Why an item can be asked about, by whether it is one payment.
OF_A_PAYMENT = frozenset({Because.NOT_FOR_NEEDS, Because.CONDITION})
