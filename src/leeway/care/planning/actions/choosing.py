"""Choosing how the budget is held: what was explained, what was decided by whom, and the test for a direct payment."""

from datetime import date
from uuid import UUID

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.circumstances.queries import care_home_nights, detained_in
from leeway.care.decisions.actions import decide_by_rule
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_can_work_on
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, CapacityQuestion, Case, Relationship
from leeway.care.planning.access import (
    check_may_decide,
    is_in_force,
    lacks_capacity,
)
from leeway.care.planning.actions.changing_mind import join_to_choice
from leeway.care.planning.actions.drafts import claim_draft, lock_draft
from leeway.care.planning.evidence import is_challenged, is_judged_inappropriate, offers_and_choice, what_offer_lacks
from leeway.care.planning.models import (
    Choice,
    ChosenWay,
    NotChosen,
    Offer,
    Plan,
    Way,
)
from leeway.care.planning.uses import uses_of
from leeway.days import HAPPENED, check_day
from leeway.refusal import EditedMeanwhile, Refusal
from leeway.versions import claim_version, version_of

WHY = "Write why in a sentence, in the words of whoever decided."
RISKY = "A direct payment was said to be too complex or too risky. A manager looks at that first."
HOW_EXPLAINED = "Say how you explained them, in a few words: “Talked through at home, with the easy read leaflet.”"


@transaction.atomic
def offer_ways(
    *,
    plan: Plan,
    ways_explained: list[str],
    how_explained: str,
    amount_told: bool | None,
    why_not_told: str = "",
    why_not_explained: str = "",
    independent_advice: str = "",
    offered_on: date | None = None,
    by: User,
    on: date,
) -> Offer:
    """Record that the ways to hold the budget were explained: which, how, when, with what independent advice.

    It is recorded as it was, with why the amount was not told or a way was left out; what is left out is shown at
    sign-off. The record is never changed: explain again, and it becomes the latest. The person knows the amount while
    they plan: care and support statutory guidance, 11.24.
    """
    check_can_work_on(by, plan.case)
    locked = lock_draft(plan)
    known = [way.value for way in ChosenWay if way.value in ways_explained]
    if not known:
        raise Refusal("Choose the ways that you explained.", field="ways_explained")
    how = said.sentence(how_explained, ask=HOW_EXPLAINED, field="how_explained", least=said.FEW)
    not_told = _why_not_told(amount_told, why_not_told)
    not_explained = _why_not_explained(known, why_not_explained)
    day = offered_on or on
    if not plan.case.opened_on <= day <= on:
        raise Refusal("The conversation was after the request for help, and not in the future.", field="offered_on")
    check_day(day, HAPPENED, field="offered_on", what="The day of the conversation", on=on)
    offer = Offer.objects.create(
        plan=locked,
        offered_on=day,
        ways_explained=known,
        how_explained=how,
        why_not_explained=not_explained,
        amount_told=not not_told,
        why_not_told=not_told,
        independent_advice=independent_advice.strip(),
        offered_by=by,
    )
    locked.written_by.add(by)
    told = f"Explained {len(known)} of the 4 ways to hold the budget."
    tell(case=plan.case, kind=Event.WAYS_EXPLAINED, sentence=told, by=by, on=on)
    return offer


def _why_not_told(amount_told: bool | None, reason: str) -> str:
    if amount_told is None:
        raise Refusal("Say whether the person knew the amount.", field="amount_told")
    if not amount_told:
        ask = "Say in a sentence why the amount was not told. Whoever chooses should know how much there is."
        return said.sentence(reason, ask=ask, field="why_not_told")
    if reason.strip():
        raise Refusal(
            "The amount was told, and here is why it was not. Take one of the two back.", field="why_not_told"
        )
    return ""


def _why_not_explained(known: list[str], reason: str) -> str:
    if not reason.strip():
        return ""
    if len(known) == len(ChosenWay):
        raise Refusal("All four ways are ticked, so none was left out. Take the reason out.", field="why_not_explained")
    ask = "Say in a sentence why a way was left out: for example, no provider here holds service funds."
    return said.sentence(reason, ask=ask, field="why_not_explained")


@transaction.atomic
def record_choice(
    *,
    plan: Plan,
    way: str,
    words: str,
    not_said: bool = False,
    seen_instead: str = "",
    decided_by: Relationship | None = None,
    best_interests: bool = False,
    why_not_direct_payment: str = "",
    version: int,
    by: User,
    on: date,
) -> Choice:
    """Record how the budget is to be held: by whom it was decided, and in whose words. Lines follow the choice.

    The person decides (`decided_by` None), or somebody whose authority allows it where the person lacks capacity, or
    the council in their best interests. A nominated person receives money and does not decide. Where they could not
    or did not want to say why, that is recorded, with what the worker saw. “Too risky” asks a manager to look at it.
    `version` is `version_of` the explanation that was shown. Raises EditedMeanwhile where the ways were explained
    again since.
    """
    paid = way in (ChosenWay.DIRECT_PAYMENT, ChosenWay.MIXED)
    decider = check_may_decide(
        case=plan.case, decided_by=decided_by, best_interests=best_interests, direct_payment=paid, by=by, on=on
    )
    locked = lock_draft(plan)
    offer = _offer_to_choose_from(locked, version, way)
    _check_why_not(locked, offer, way, why_not_direct_payment)
    why = said.words_or_not_said(
        words, not_said=not_said, seen_instead=seen_instead, ask=WHY, by_worker=by.is_staff_member
    )
    choice = Choice.objects.create(
        offer=offer,
        way=way,
        **why,
        decided_by_person=decider.is_person,
        decided_by=decider.relationship,
        best_interests=decider.best_interests,
        why_not_direct_payment=why_not_direct_payment,
        chosen_on=on,
        recorded_by=by,
    )
    join_to_choice(plan.case, choice, by=by, on=on)
    claim_version(plan, locked.version)
    if by.is_staff_member:
        plan.written_by.add(by)
    if way != ChosenWay.MIXED:
        plan.lines.exclude(way=way).update(way=way)
    tell(
        case=plan.case,
        kind=Event.CHOICE,
        sentence=f"{decider.name} decided how to hold the budget: {ChosenWay(way).label.lower()}.",
        by=by,
        on=on,
    )
    if is_challenged(choice):
        tell(case=plan.case, kind=Event.CHALLENGED, sentence=RISKY, by=by, on=on)
    return choice


def _offer_to_choose_from(plan: Plan, version: int, way: str) -> Offer:
    """The latest explanation of the ways, or a refusal where this choice cannot rest on it."""
    offer = offers_and_choice(plan).offer
    if offer is None:
        raise Refusal("Nobody has explained the ways to hold the budget yet. Explain them first, then choose.")
    if version_of(offer) != version:
        raise EditedMeanwhile
    if Choice.objects.filter(offer=offer).exists():
        raise Refusal(
            "A choice is already recorded, and stays on record. To change it, explain the ways again and record "
            "the new choice."
        )
    if way not in offer.ways_explained:
        raise Refusal(
            "That way was not among those explained. Explain it first, so that the choice is a real one.", field="way"
        )
    if lacking := what_offer_lacks(plan, offer):
        raise Refusal(lacking, field="way")
    return offer


def _check_why_not(plan: Plan, offer: Offer, way: str, why_not: str) -> None:
    """Refuse a reason against a direct payment that is missing, contradicts the choice, or rests on nothing."""
    if way == ChosenWay.DIRECT_PAYMENT and why_not:
        raise Refusal(
            "A direct payment was chosen, so there is no reason against one. Take one of the two back.",
            field="why_not_direct_payment",
        )
    if way in (ChosenWay.COUNCIL_MANAGED, ChosenWay.SERVICE_FUND) and why_not not in NotChosen.values:
        raise Refusal("Say why a direct payment was not chosen.", field="why_not_direct_payment")
    if why_not != NotChosen.NOT_APPROPRIATE and ChosenWay.DIRECT_PAYMENT not in offer.ways_explained:
        raise Refusal(
            "Every reason but the council’s own needs a direct payment to have been explained. Explain it first.",
            field="why_not_direct_payment",
        )
    if why_not == NotChosen.NOT_APPROPRIATE and not is_judged_inappropriate(plan.case):
        raise Refusal(
            "The council can say “not appropriate” only with its reasons. Check the conditions for a direct "
            "payment first, so that the reasons are on record.",
            field="why_not_direct_payment",
        )


@transaction.atomic
def set_ways(*, plan: Plan, version: int, ways: dict[UUID, str], by: User, on: date) -> None:
    """Choose, line by line, how the money is held. With one way chosen for all, every line follows it."""
    check_can_work_on(by, plan.case)
    choice = offers_and_choice(plan).choice
    if choice is None:
        raise Refusal("Record the choice of how to hold the budget first.")
    claim_draft(plan, version, by)
    for line in plan.lines.filter(pk__in=ways):
        line.way = _way_allowed(choice, ways[line.pk])
        line.save(update_fields=["way"])


def _whereabouts(case: Case, on: date) -> dict:
    """Where the person is or was, as far as the rule asks: detained, and their stays in a care home."""
    kind, nights = detained_in(case.person, on), care_home_nights(case.person, on)
    stays = [[begins.isoformat(), leaves and leaves.isoformat()] for begins, leaves in nights]
    return {**({"detained_in": kind} if kind else {}), **({"stays": stays} if stays else {})}


@transaction.atomic
def check_direct_payment(
    *,
    plan: Plan,
    answers: dict,
    barred_orders: list[str],
    received_by: Relationship | None = None,
    about_authorised: dict | None = None,
    version: int,
    by: User,
    on: date,
) -> Decision:
    """Check the conditions for a direct payment and keep the decision with its reasons.

    Section 32 applies where a capacity decision says that the person cannot manage one, even with support: then an
    authorised person receives it. Otherwise section 31: the person does, or someone they nominate. `answers` gives
    the conditions that are judged (true, false or "unknown"); capacity is read from the record. `about_authorised`
    gives whom the council asked and the criminal record check, as reg. 5 asks of section 32. What the money would pay
    for (family, the council, a care home) is read from the plan's lines.
    """
    check_can_work_on(by, plan.case)
    locked = lock_draft(plan)
    lacking = lacks_capacity(plan.case, CapacityQuestion.DIRECT_PAYMENT)
    _check_receiver(plan.case, received_by, authorised=lacking is not None, on=on)
    _check_words(about_authorised or {})
    paid = locked.lines.filter(way__in=["", Way.DIRECT_PAYMENT]).select_related("service")
    decision = decide_by_rule(
        case=plan.case,
        kind=DecisionKind.DIRECT_PAYMENT,
        rule="direct_payment",
        inputs={
            "route": "section_32" if lacking else "section_31",
            "answers": {("lacks_capacity" if lacking else "has_capacity"): True, **answers},
            "barred_orders": barred_orders,
            **(about_authorised or {}),
            **_whereabouts(plan.case, on),
            "nominated_person": lacking is None and received_by is not None,
            "uses": [use for line in paid for use in uses_of(line, locked.starts_on or on)],
        },
        by=by,
        on=on,
    )
    claim_version(plan, version, received_by=received_by)
    plan.written_by.add(by)
    sentence = f"Direct payment: {decision.reasons[0]}"
    tell(case=plan.case, kind=Event.DIRECT_PAYMENT_DECIDED, sentence=sentence, by=by, on=on)
    return decision


def _check_words(about: dict) -> None:
    if "heard" in about.get("consulted", {}).values():
        ask, words = "Say whom you asked, and what they said.", about.get("consultation_words", "")
        said.sentence(words, ask=ask, field="consultation_words", least=said.FEW)


def _check_receiver(case: Case, receiver: Relationship | None, *, authorised: bool, on: date) -> None:
    wanted = Authority.AUTHORISED if authorised else Authority.NOMINATED
    if receiver is None:
        if authorised:
            raise Refusal(
                f"{case.person} lacks capacity to manage a direct payment, so an authorised person receives it. "
                "Record who that is on the case, then choose them here.",
                field="received_by",
            )
        return
    if receiver.person_id != case.person_id or not is_in_force(receiver, on) or receiver.authority != wanted:
        kind = "an authorised person (section 32)" if authorised else "a nominated person (section 31)"
        raise Refusal(f"{receiver.name} is not {kind} today. Choose someone who is.", field="received_by")


def _way_allowed(choice: Choice, way: str) -> str:
    if way not in Way.values:
        raise Refusal("Choose how the money for each line is held.")
    if choice.way not in (ChosenWay.MIXED, way):
        raise Refusal(
            f"The choice was “{choice.get_way_display().lower()}” for the whole budget. To hold it in more than one "
            "way, explain the ways again and record a choice of a mix."
        )
    return way
