"""Plays a script: each step is the action that a page would call, on the day it would have happened."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import typst
from django.core.files.base import ContentFile

from leeway.access.models import Team, User
from leeway.care.assessment import actions as assessing
from leeway.care.assessment.models import Assessment, TookPart
from leeway.care.assessment.parts import NOBODY_ELSE, budget_questions, outcomes_of, what_does_not_fit
from leeway.care.assessment.queries import draft_assessment, needs_money_check, version_of_whole
from leeway.care.circumstances import actions as circumstances
from leeway.care.people import actions as people
from leeway.care.people import leave
from leeway.care.people.models import Authority, Case, CaseKind, Relationship
from leeway.care.people.states import Stage
from leeway.care.planning import actions as planning
from leeway.care.planning.enough import enough_to_employ
from leeway.care.planning.models import ORDINARY, MetBy, Plan, Way
from leeway.care.planning.queries import indicative as indicative_of
from leeway.care.planning.queries import indicative_pence, offers_and_choice, plan_totals
from leeway.care.review import actions as reviewing
from leeway.care.review.models import Review
from leeway.care.review.queries import aims_not_judged, next_review, version_of_next
from leeway.files.models import FileKind
from leeway.law.numbers import ceil_div
from leeway.market.contracts.queries import holds
from leeway.market.listings.models import Service
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.queries import FUNDED_AHEAD, funded_until_day
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder, NameCheck
from leeway.site.demo.crowd import AS_FOUND
from leeway.site.demo.script import Help, Line, Script, Wait
from leeway.versions import version_of

ORDER = list(Stage)
ADVICE = "We talked about the walking group, the community alarm and who to call if things change. Leaflet given."
WHY_MORE = "The plan is what it reasonably costs here to meet these needs; the first estimate did not know that."
WHY_ENOUGH = "The assistant is self-employed, and this is their own price."


@dataclass(frozen=True)
class Staff:
    """Who does the council's part."""

    team: Team
    worker: User
    manager: User
    finance: User
    second_finance: User
    logins: dict[str, User]


@dataclass
class Player:
    """One script being played, day by day."""

    script: Script
    staff: Staff
    market: dict[str, list[Service]]
    today: date
    case: Case

    def day(self, number: int) -> date:
        """A day of the journey, never later than today."""
        return min(self.script.opened_on + timedelta(days=number), self.today)

    def reaches(self, stage: Stage) -> bool:
        return ORDER.index(self.script.until) >= ORDER.index(stage)


def play(script: Script, staff: Staff, market: dict[str, list[Service]], today: date) -> Case:
    """Take one person from the request for help as far as the script goes."""
    player = Player(script, staff, market, today, request(script, staff))
    for stage, scene in SCENES:
        if player.case.stage == Stage.CLOSED or not player.reaches(stage):
            break
        scene(player)
    return player.case


def request(script: Script, staff: Staff) -> Case:
    """The request for help, with which the case begins."""
    worker, on = staff.worker, script.opened_on
    person = people.add_person(details=script.details, by=worker, on=on)
    cared_for = people.add_person(details=script.cared_for, by=worker, on=on) if script.cared_for else None
    return people.open_case(
        person=person,
        details={
            "kind": script.kind,
            "cared_for": cared_for,
            "support_reason": script.reason,
            "request_route": script.request_route,
            "request_words": script.request_words,
            "team": staff.team,
        },
        by=worker,
        on=on,
    )


def allocate(player: Player) -> None:
    script, staff = player.script, player.staff
    holder = version_of(player.case, *people.HOLDER)
    people.give_case(case=player.case, worker=staff.worker, version=holder, by=staff.manager, on=player.day(1))
    if script.login:
        people.invite_person(case=player.case, email=script.login, site_address="", by=staff.worker, on=player.day(1))
    for question in script.cannot_decide:
        people.decide_capacity(
            case=player.case,
            details={
                "question": question,
                "has_capacity": False,
                "how_supported": "Asked at home in the morning, when things are clearest, with pictures and with time.",
                "reasons": "Could not hold on to what the choices mean for long enough to weigh them.",
            },
            by=staff.worker,
            on=player.day(4),
        )
    for around in script.around:
        relationship = people.add_relationship(
            case=player.case,
            details={
                "name": around.name,
                "kind": around.kind,
                "authority": around.authority,
                "evidence": around.evidence,
                "same_household": around.same_household,
                "starts_on": player.day(4),
            },
            by=staff.worker,
            on=player.day(4),
        )
        if around.login:
            relationship = leave.give_leave(
                case=player.case,
                relationship=relationship,
                email=around.login,
                agreed=f"{player.case.person} said so at a visit.",
                site_address="",
                version=version_of(relationship),
                by=staff.worker,
                on=player.day(4),
            )
            leave.accept_leave(
                relationship=relationship,
                family_name=player.case.person.family_name,
                version=version_of(relationship),
                by=relationship.user,
                on=player.day(5),
            )


def start_assessment(player: Player) -> None:
    allocate(player)
    script, worker, on = player.script, player.staff.worker, player.day(6)
    assessment = assessing.start_assessment(case=player.case, by=worker, on=on)
    assessing.save_conversation(
        assessment=assessment,
        details={
            "what_matters": script.what_matters,
            "good_day": script.good_day,
            "took_part": TookPart.PERSON_AND_CARER if script.around else TookPart.PERSON,
            "advocacy": "appropriate_person" if script.around else "not_needed",
        },
        version=assessment.version,
        by=worker,
        on=on,
    )


def assess(player: Player) -> None:
    script, worker, on = player.script, player.staff.worker, player.day(9)
    assessment = draft_assessment(player.case)
    notes = {note.outcome: note for note in assessment.outcomes.all()}
    for choice in outcomes_of(player.case):
        said = script.outcomes.get(choice.code, Help())
        assessing.save_outcome(
            note=notes[choice.code],
            details={
                "person_words": said.person,
                "assessor_words": said.assessor,
                "unable": list(said.unable),
                "help_now": said.help_now,
            },
            version=notes[choice.code].version,
            by=worker,
            on=on,
        )
    conditions = {"wellbeing_impact": True, "wellbeing_areas": ["control", "health"]}
    conditions |= {"wellbeing_words": script.what_matters, "fluctuates": bool(script.ups_and_downs)}
    conditions |= {"ups_and_downs": script.ups_and_downs, "weeks_looked_at": script.weeks_looked_at}
    if script.kind == CaseKind.CARER:
        conditions |= {"contract_or_voluntary_work": False, "necessary_care": True, "health_at_risk": True}
    else:
        conditions |= {"impairment": True, "funding": script.funding or NOBODY_ELSE}
    assessing.save_conditions(assessment=assessment, details=conditions, version=assessment.version, by=worker, on=on)
    answer_budget_questions(player, assessment, on)
    assessing.complete_assessment(
        assessment=assessment,
        version=version_of_whole(assessment),
        advice_given=ADVICE,
        by=worker,
        on=player.day(11),
    )
    player.case.refresh_from_db()


def answer_budget_questions(player: Player, assessment: Assessment, on: date) -> None:
    """The answers, how much others do, whether they can go on, and why what does not fit is right."""
    script, by_on = player.script, {"by": player.staff.worker, "on": on}
    can_help = {question.id for question in budget_questions(player.case, on) if question.family_can_help}
    assessing.save_allocation_answers(
        assessment=assessment,
        answers=script.answers,
        help_given=dict.fromkeys(can_help, "none") | script.help_given,
        version=assessment.version,
        **by_on,
    )
    misfits = what_does_not_fit(assessment, on)
    assessing.save_cross_check(
        assessment=assessment,
        details={
            "helpers_willing": True if script.help_given else None,
            "helpers_words": script.helpers_words,
            "explained": {one.code: script.explained.get(one.code, AS_FOUND) for one in misfits},
        },
        version=assessment.version,
        **by_on,
    )


def check_means(player: Player) -> None:
    on, finance = player.day(14), player.staff.finance
    beside_what_is_free = player.script.funding and any(line.exemption == ORDINARY for line in player.script.lines)
    if not beside_what_is_free and not needs_money_check(player.case, on):
        return
    financial = assessing.start_financial_assessment(case=player.case, by=finance, on=on)
    for part, details in player.script.means.items():
        assessing.save_means(
            financial=financial, part=part, details=details, version=financial.version, by=finance, on=on
        )
    assessing.complete_financial_assessment(financial=financial, version=financial.version, by=finance, on=on)


def plan_support(player: Player) -> None:
    check_means(player)
    script, worker, on = player.script, player.staff.worker, player.day(16)
    plan = planning.start_plan(case=player.case, by=worker, on=on)
    planning.save_about(
        plan=plan,
        version=plan.version,
        details={
            "about_me": script.what_matters,
            "contingency": script.contingency or "Call the team on the usual number; the duty worker arranges cover.",
            "risks": script.risks,
            "prevention": ADVICE,
            "author": script.author,
        },
        by=worker,
        on=on,
    )
    paid_for = [code for code, said in script.outcomes.items() if said.unable and code not in script.needs]
    aims = [
        planning.add_aim(
            plan=plan,
            version=plan.version,
            words=words,
            how_we_know=how,
            outcomes=[] if place else paid_for,
            by=worker,
            on=on,
        )
        for place, (words, how) in enumerate(script.aims)
    ]
    for line in script.lines:
        details = details_of(line, player) | {"aim": None if line.kind == "payroll" else aims[0]}
        planning.add_line(plan=plan, version=plan.version, details=details, by=worker, on=on)
    answer_needs(player, plan)
    record_earlier(player)


def record_earlier(player: Player) -> None:
    """Record what the council bought for the person before, as the old system has it."""
    for line in player.script.had_before:
        details = details_of(line, player)
        service = details["service"]
        circumstances.record_earlier_support(
            case=player.case,
            kind=line.kind,
            provider=service.provider.name if service else "An agency",
            provider_number="",
            units=details["units"],
            unit=details["unit"],
            frequency=details["frequency"],
            unit_cost_pence=details["unit_cost_pence"],
            starts_on=player.script.opened_on - timedelta(days=700),
            ends_on=None,
            told_by="The old system, as it was read on the day it came over.",
            by=player.staff.worker,
            on=player.day(16),
        )


def answer_needs(player: Player, plan: Plan) -> None:
    """Say how the needs are met that nothing in the plan pays for."""
    for outcome, answer in player.script.needs.items():
        planning.answer_need(
            plan=plan,
            version=plan.version,
            outcome=outcome,
            met_by=MetBy.SOMEBODY if answer.who else MetBy.REASON,
            who=answer.who,
            asked_on=player.day(16) if answer.who else None,
            words=answer.words,
            by=player.staff.worker,
            on=player.day(16),
        )


def details_of(line: Line, player: Player) -> dict:
    """A line for the plan, from the directory where the market has such a service, at its price of the day."""
    offered = player.market.get(line.kind, [])
    service = offered[hash_of(player.script, line) % len(offered)] if offered else None
    rate = next(each for each in service.rates.all() if holds(each, player.day(16))) if service else None
    price = rate.pence if rate else 20_00
    hundredths = max(25, ceil_div(line.weekly_pence * 100, price) // 25 * 25)
    bought = {
        "unit": rate.unit if rate else "hour",
        "units": Decimal(hundredths) / 100,
        "unit_cost_pence": price,
        "frequency": "weekly",
    }
    if line.once_pence:
        bought = {"unit": "item", "units": Decimal(1), "unit_cost_pence": line.once_pence, "frequency": "once"}
    return bought | {
        "what": line.what,
        "service": service,
        "supplier": "" if service or line.necessary else "Still to be found",
        "way": line.way,
        "nhs_percent": line.nhs_percent,
        "exemption": line.exemption,
        "payee_relationship": line.relationship,
        "payee_same_household": line.same_household,
        "payee_necessary_for": line.necessary_for,
        "payee_necessary": line.necessary,
        "from_council": False,
    }


def hash_of(script: Script, line: Line) -> int:
    """A number that is the same for the same person and line in every run."""
    return int(script.details["nhs_number"]) + len(line.what)


def decider(player: Player) -> dict:
    """Who decides: the person, or whoever has authority where the person cannot."""
    if not player.script.decided_by:
        return {"best_interests": bool(player.script.cannot_decide)}
    return {"decided_by": Relationship.objects.get(person=player.case.person, name=player.script.decided_by)}


def choose(player: Player, plan: Plan) -> None:
    script, worker = player.script, player.staff.worker
    offer = planning.offer_ways(
        plan=plan,
        ways_explained=["direct_payment", "council_managed", "service_fund", "mixed"],
        how_explained="A letter said that there is now a personal budget."
        if script.why_not_told
        else "Talked through at home, with the leaflet and the sums for this budget.",
        amount_told=not script.why_not_told,
        why_not_told=script.why_not_told,
        independent_advice=script.independent_advice,
        by=worker,
        on=player.day(18),
    )
    paid = script.way in {"direct_payment", "mixed"}
    planning.record_choice(
        plan=plan,
        way=script.way,
        words=script.choice_words,
        not_said=bool(script.seen_instead),
        seen_instead=script.seen_instead,
        why_not_direct_payment=script.why_not_direct_payment,
        version=version_of(offer),
        by=worker,
        on=player.day(20),
        **decider(player),
    )
    if paid:
        check_direct_payment(player, plan)


def check_direct_payment(player: Player, plan: Plan) -> None:
    lacks = "direct_payment" in player.script.cannot_decide
    receiver = receiving(player)
    answers = {"not_barred": True, "can_manage": True, "appropriate": True}
    about = {}
    if lacks:
        answers |= {"requester_authorised": True, "best_interests": True}
        about = {
            "consulted": {"own_wishes": "heard", "named": "nobody", "cares": "heard", "mca": "nobody"},
            "consultation_words": "Those who care for them were asked, and agree that it suits.",
            "authorised_is": "family",
        }
    elif receiver:
        answers["nominee_agrees"] = True
    planning.check_direct_payment(
        plan=plan,
        answers=answers,
        barred_orders=[],
        received_by=receiver,
        about_authorised=about,
        version=plan.version,
        by=player.staff.worker,
        on=player.day(20),
    )


def receiving(player: Player) -> Relationship | None:
    """Who receives a direct payment for the person, where somebody does."""
    wanted = [Authority.NOMINATED, Authority.AUTHORISED]
    return Relationship.objects.filter(person=player.case.person, authority__in=wanted).first()


def send_for_sign_off(player: Player) -> None:
    plan = player.case.plans.get(state="draft")
    choose(player, plan)
    worker, on = player.staff.worker, player.day(22)
    planning.set_start(
        plan=plan, version=plan.version, starts_on=player.script.opened_on + timedelta(30), by=worker, on=on
    )
    planning.submit_plan(plan=plan, version=plan.version, by=worker, on=on)


def look_at_the_risk(player: Player, plan: Plan) -> None:
    """The manager says what they found where a direct payment was said to be too risky."""
    found = player.script.challenge
    if found is not None and (choice := offers_and_choice(plan).choice) is not None:
        planning.answer_challenge(
            plan=plan,
            version=version_of(choice),
            accepted=True,
            words=found.words,
            safer=found.safer,
            by_when=player.today + timedelta(days=60),
            by=player.staff.manager,
            on=player.day(23),
        )


def sign_off(player: Player) -> None:
    plan = player.case.plans.get(state="submitted")
    look_at_the_risk(player, plan)
    costed = plan_totals(plan)["pence_per_week"]
    guide = indicative_pence(indicative_of(player.case)) or 0
    enough = enough_to_employ(list(plan.lines.all()), player.day(24))
    reason = player.script.final_reason or " ".join(
        [WHY_MORE] * (costed > guide) + [WHY_ENOUGH] * bool(enough and enough.short_pence)
    )
    planning.sign_off(
        plan=plan,
        version=plan.version,
        final_pence_per_week=costed,
        reason=reason,
        by=player.staff.manager,
        on=player.day(24),
    )


def agree(player: Player) -> None:
    plan = player.case.plans.get(state="signed_off")
    planning.agree(
        plan=plan,
        version=plan.version,
        how="Read through together and signed on paper at home.",
        by=player.staff.worker,
        on=player.day(26),
        **decider(player),
    )


def start_money(player: Player) -> None:
    staff, plan = player.staff, player.case.plans.get(state="agreed")
    for way in sorted(set(plan.lines.values_list("way", flat=True)) & {Way.DIRECT_PAYMENT, Way.SERVICE_FUND}):
        receiver = receiving(player) if way == Way.DIRECT_PAYMENT else None
        holder = Holder.PROVIDER if way == Way.SERVICE_FUND else Holder(receiver.authority if receiver else "person")
        name = str(receiver or player.case.person) if holder != Holder.PROVIDER else "Fairbourne Fund"
        number = hash_of(player.script, player.script.lines[0]) % 10**8
        payee = payees.enter_details(
            case=player.case,
            way=Way(way),
            holder=holder,
            account_name=name,
            sort_code="40-00-01",
            account_number=f"{number:08d}",
            **name_check_of(name, number),
            by=staff.finance,
            on=player.day(27),
        )
        payees.approve_details(payee=payee, by=staff.second_finance, on=player.day(28))
    budget = budgets.start_budget(plan=plan, by=staff.finance, on=player.day(29))
    paid = any(part.paid_pence_per_week for part in budget.parts.all())
    while paid and funded_until_day(budget) <= player.today:
        ahead = funded_until_day(budget) - FUNDED_AHEAD
        budgets.fund_next_year(budget=budget, by=staff.finance, on=max(ahead, player.day(29)))
    player.case.refresh_from_db()
    hold_past_reviews(player)
    photograph_receipt(player)


def name_check_of(name: str, number: int) -> dict[str, str]:
    """What Confirmation of Payee said: of most a match, of some a close one, of some nothing."""
    if number % 8 == 0:
        return {"name_check": NameCheck.NOT_CHECKED}
    if number % 8 == 1:
        first, _, rest = name.partition(" ")
        return {"name_check": NameCheck.CLOSE, "bank_has_name": f"{first[0]} {rest}".strip()}
    return {"name_check": NameCheck.MATCH}


def hold_past_reviews(player: Player) -> None:
    """Hold each review that fell due before today, a week before it was due; leave the last month's to be done.

    Not those that fall due when something has changed: what changed sees to them.
    """
    changes = [each.days for each in player.script.then if not isinstance(each, Wait)]
    until = min([player.today - timedelta(days=30), *map(player.day, changes)])
    while (review := next_review(player.case)) and review.due_on < until:
        open_and_write(player, on=review.due_on - timedelta(days=7))
        review = next_review(player.case)
        reviewing.complete_review(
            review=review,
            version=review.version,
            result="continue",
            reasons=f"{player.script.review_words[1]} So support carries on.",
            held_on=review.opened_on,
            by=player.staff.worker,
            on=review.opened_on,
        )
        player.case.refresh_from_db()


def photograph_receipt(player: Player) -> None:
    """The person adds a photograph of a receipt, where their story has one and they sign in."""
    lines, user = player.script.receipt, player.case.person.user
    if not lines or user is None:
        return
    on = player.today - timedelta(days=3)
    text = r" \ ".join([*lines[1:], f"{on:%d/%m/%Y}"])
    photograph = typst.compile(f"#set page(width: 8cm, height: auto)\n{text}".encode(), format="png")
    people.add_file(
        case=player.case,
        upload=ContentFile(photograph, name="receipt.png"),
        kind=FileKind.RECEIPT,
        words=f"{lines[0]}, {on:%-d %B}",
        by=user,
        on=on,
    )


def open_and_write(player: Player, *, on: date, words: tuple[str, str] = ("", "")) -> Review:
    """Begin a review and write what both said: in the words of the script, where none are given."""
    review = reviewing.open_review(
        case=player.case, version=version_of_next(player.case), by=player.staff.worker, on=on
    )
    person, assessor = words if any(words) else player.script.review_words
    return reviewing.save_review(
        review=review,
        version=review.version,
        details={"person_words": person, "assessor_words": assessor, "achieved": "Fully Met"},
        aims={aim.pk: "Fully Met" for aim in aims_not_judged(review)},
        by=player.staff.worker,
        on=on,
    )


def review_now(player: Player) -> None:
    open_and_write(player, on=player.today)


SCENES = [
    (Stage.ASSESSMENT, start_assessment),
    (Stage.PLANNING, assess),
    (Stage.PLANNING, plan_support),
    (Stage.SIGN_OFF, send_for_sign_off),
    (Stage.AGREEMENT, sign_off),
    (Stage.ARRANGING, agree),
    (Stage.ACTIVE, start_money),
    (Stage.REVIEW, review_now),
]
