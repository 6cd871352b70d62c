"""Who may write a plan, decide how a budget is held, sign a plan off and agree it. `check_…` raises; others answer."""

from dataclasses import dataclass
from datetime import date

from leeway.access.access import check_can
from leeway.access.alike import check_two_mailboxes, flags
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_take_part, can_work_on
from leeway.care.people.models import Authority, CapacityDecision, CapacityQuestion, Case, Relationship
from leeway.care.people.queries import latest_capacity
from leeway.care.planning.models import Plan
from leeway.law.numbers import pounds
from leeway.refusal import NotAllowed, Refusal

WELFARE = frozenset({Authority.ATTORNEY_WELFARE, Authority.DEPUTY_WELFARE})
MAY_OBJECT = WELFARE | {Authority.AUTHORISED, Authority.ADVOCATE}


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: the person, somebody with authority, or the council in the person's best interests."""

    name: str
    relationship: Relationship | None = None
    best_interests: CapacityDecision | None = None

    @property
    def is_person(self) -> bool:
        return self.relationship is None and self.best_interests is None


def check_can_write_about_me(user: User, case: Case, on: date) -> None:
    if not can_take_part(user, case, on):
        raise NotAllowed(f"Only {case.person}, those they gave leave, and the case’s worker can write in this plan.")


def check_can_change_mind(user: User, case: Case, on: date) -> None:
    if not can_take_part(user, case, on):
        raise NotAllowed(f"Only {case.person}, those they gave leave, and the case’s worker can ask for another way.")


def lacks_capacity(case: Case, question: CapacityQuestion) -> CapacityDecision | None:
    """The latest capacity decision on a question, if it says that the person cannot decide. Capacity is presumed."""
    latest = latest_capacity(case.person, question)
    return latest if latest is not None and not latest.has_capacity else None


def check_may_decide(
    *,
    case: Case,
    decided_by: Relationship | None,
    best_interests: bool,
    direct_payment: bool,
    by: User,
    on: date,
) -> Decider:
    """Say who decides, or refuse: the person; an attorney or deputy for welfare, or an authorised person for a direct
    payment, where the person lacks capacity; or the council in the person's best interests where nobody has authority.

    Source: Mental Capacity Act 2005 ss1 to 5; Care Act 2014 ss31 and 32.
    """
    check_speaks_for(case=case, decided_by=decided_by, best_interests=best_interests, by=by)
    care = lacks_capacity(case, CapacityQuestion.CARE)
    payment = lacks_capacity(case, CapacityQuestion.DIRECT_PAYMENT) if direct_payment else None
    lacking = care or payment
    if decided_by is not None:
        check_authority(case, decided_by, direct_payment=direct_payment, lacking=lacking, payment=payment, on=on)
        return Decider(decided_by.name, relationship=decided_by)
    if best_interests:
        if lacking is None:
            raise Refusal(
                f"No capacity decision says that {case.person} cannot decide this, so the decision is theirs. "
                "Record the capacity decision first if they cannot, even with support.",
                field="decided_by",
            )
        for one in in_force(case, on):
            if one.authority in WELFARE:
                raise Refusal(f"{one.name} has authority to decide this. Ask them and record what they decide.")
        return Decider(f"{by.name}, in the best interests of {case.person}", best_interests=lacking)
    if lacking is not None:
        raise Refusal(
            f"The capacity decision of {lacking.decided_on:%-d %B %Y} says that {case.person} cannot decide this, even "
            "with support. An attorney or deputy for welfare decides, or an authorised person for a direct payment, "
            "or a best-interests decision is made. If things have changed, record a new capacity decision.",
            field="decided_by",
        )
    return Decider(str(case.person))


def check_speaks_for(*, case: Case, decided_by: Relationship | None, best_interests: bool, by: User) -> None:
    """Refuse whoever records a decision that is not theirs to record."""
    if can_work_on(by, case):
        return
    own = by.pk == case.person.user_id and decided_by is None
    for_them = decided_by is not None and decided_by.user_id == by.pk
    if best_interests or not (own or for_them):
        raise NotAllowed(
            f"You can record your own decision only. {case.person}, someone with authority to decide for them, or "
            "their worker can record this one."
        )


def check_authority(
    case: Case,
    relationship: Relationship,
    *,
    direct_payment: bool,
    lacking: CapacityDecision | None,
    payment: CapacityDecision | None,
    on: date,
) -> None:
    """Refuse someone who has no authority to decide this for the person on this day."""
    name, authority = relationship.name, relationship.authority
    if relationship.person_id != case.person_id:
        raise NotAllowed(f"{name} is recorded for somebody else.")
    if not is_in_force(relationship, on):
        raise Refusal(f"The authority of {name} is not in force today. Check its dates.", field="decided_by")
    if authority == Authority.NOMINATED:
        raise Refusal(
            f"{name} is a nominated person: they receive the money for {case.person}, who decides. "
            f"Record what {case.person} decided.",
            field="decided_by",
        )
    if authority in WELFARE and lacking is not None:
        return
    if authority == Authority.AUTHORISED and direct_payment and payment is not None:
        return
    if authority in WELFARE:
        raise Refusal(
            f"{name} may decide only when {case.person} cannot. No capacity decision says so: the decision is "
            f"{case.person}’s.",
            field="decided_by",
        )
    raise Refusal(
        f"{name} is recorded as “{relationship.get_authority_display()}”, which does not let them decide this.",
        field="decided_by",
    )


def is_in_force(relationship: Relationship, on: date) -> bool:
    """Whether what someone may do holds on a day."""
    return relationship.starts_on <= on and (relationship.ends_on is None or relationship.ends_on >= on)


def in_force(case: Case, on: date) -> list[Relationship]:
    """Those around the person whose relationship holds on a day."""
    return [one for one in case.person.relationships.order_by("name") if is_in_force(one, on)]


def check_may_disagree(*, case: Case, said_by: Relationship | None, by: User, on: date) -> str:
    """Name whoever disagrees, or refuse. The person may always object; so may those who decide or speak for them."""
    check_speaks_for(case=case, decided_by=said_by, best_interests=False, by=by)
    if said_by is None:
        return str(case.person)
    if said_by.person_id != case.person_id or not is_in_force(said_by, on) or said_by.authority not in MAY_OBJECT:
        raise Refusal(
            f"{said_by.name} has no authority to send the plan back. {case.person}, their advocate or someone who may "
            "decide for them can; anyone may tell the worker what they think.",
            field="said_by",
        )
    return said_by.name


def too_close_to_sign(plan: Plan) -> set[int]:
    """The users who may not sign this plan off: whoever wrote in it, its worker, and anyone in the person's life."""
    close = set(plan.written_by.values_list("pk", flat=True))
    around = plan.case.person.relationships.filter(user__isnull=False).values_list("user", flat=True)
    named = (plan.submitted_by_id, plan.case.worker_id, plan.case.person.user_id)
    return close | set(around) | {each for each in named if each is not None}


def alike_in_both_halves(plan: Plan, signer: User | None) -> list[str]:
    """What whoever signs the plan off (or has done) has in common with those who wrote in it, a sentence each."""
    return flags([*plan.written_by.all(), plan.submitted_by], signer)


def who_could_sign_off(plan: Plan, amount_pence_per_week: int) -> list[User]:
    """The managers who may sign off this plan at this amount: of its team, or of any where none of its team may."""
    close = too_close_to_sign(plan)
    managers = User.objects.who_can(Capability.SIGN_OFF)
    within = managers.filter(sign_off_limit_pence_per_week__gte=amount_pence_per_week)
    able = [manager for manager in within.order_by("sign_off_limit_pence_per_week", "name") if manager.pk not in close]
    return [manager for manager in able if manager.team_id == plan.case.team_id] or able


def check_can_sign_off(user: User, plan: Plan, amount_pence_per_week: int) -> None:
    """Refuse a sign-off by the wrong pair of eyes, and say whose eyes would be right."""
    check_can(user, Capability.SIGN_OFF)
    for writer in [*plan.written_by.all(), plan.submitted_by]:
        check_two_mailboxes(writer, user)
    able = who_could_sign_off(plan, amount_pence_per_week)
    if user in able:
        return
    names = " or ".join(manager.name for manager in able)
    ask = f"Ask {names}." if able else "Nobody else has a limit that high: ask an administrator who should have it."
    if user.pk in too_close_to_sign(plan):
        raise NotAllowed(f"You wrote in this plan, or you know the person, so someone else must sign it off. {ask}")
    if user.sign_off_limit_pence_per_week < amount_pence_per_week:
        raise NotAllowed(
            f"{pounds(amount_pence_per_week)} a week is above your limit of "
            f"{pounds(user.sign_off_limit_pence_per_week)}. Ask a manager with a higher limit: "
            + (f"{names}." if able else "there is none yet, so ask an administrator who should have it.")
        )
    raise NotAllowed(f"This plan is for a manager of {plan.case.team}. {ask}")


def check_can_return(user: User, case: Case) -> None:
    check_can(user, Capability.SIGN_OFF)
    if user.team_id != case.team_id and user.sign_off_limit_pence_per_week == 0:
        raise NotAllowed(f"This plan is for a manager of {case.team}.")


def check_can_answer(user: User, plan: Plan) -> None:
    """Refuse whoever wrote the plan, or knows the person, the say on whether a direct payment is too risky."""
    check_can_return(user, plan.case)
    if user.pk in too_close_to_sign(plan):
        raise NotAllowed("You wrote in this plan, or you know the person, so another manager must look at this.")
