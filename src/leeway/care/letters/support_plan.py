"""The support plan as a document, with everything that section 25 of the Care Act asks it to show."""

from datetime import date

from leeway.care.assessment.explain import looked_at_to_you
from leeway.care.assessment.parts import outcomes_of
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import history
from leeway.care.letters.blocks import (
    Amount,
    Block,
    Bullet,
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
from leeway.care.letters.bodies import EACH_WEEK, way_words
from leeway.care.letters.content import CARE_ACT, job_of, make_letter, questions
from leeway.care.people.addressing import addressed
from leeway.care.planning.costs import in_words, nhs_pence, once_pence, totals, weekly_pence
from leeway.care.planning.evidence import Met, how_met
from leeway.care.planning.models import Agreement, Author, MetBy, Plan, PlanLine, PlanState
from leeway.care.planning.queries import charges_of, free_by_law, offers_and_choice, plan_lines
from leeway.care.planning.uses import council_in_words, family_in_words
from leeway.law.exemptions import Judged
from leeway.law.numbers import pounds
from leeway.market.units import Frequency

WROTE = {
    Author.PERSON: "You wrote this plan.",
    Author.PERSON_WITH_HELP: "You wrote this plan, with someone you chose.",
    Author.FAMILY: "Your family or a friend wrote this plan with you.",
    Author.BROKER: "An independent broker or user-led organisation wrote this plan with you.",
    Author.WORKER: "Your worker wrote this plan with you.",
}
STANDS = {
    PlanState.DRAFT: "This plan is still being written. It may change.",
    PlanState.SUBMITTED: "This plan is waiting for the council to sign it off. It may change.",
    PlanState.SIGNED_OFF: "The council has decided on this plan. It is waiting for your agreement.",
    PlanState.TAKEN_BACK: "This plan was agreed, and its money could not be set up. Another plan takes its place.",
    PlanState.REPLACED: "A later plan has replaced this one.",
    PlanState.ENDED: "This plan has ended.",
    PlanState.SET_ASIDE: "This plan was never finished. Nobody goes on with it.",
}


def plan_document(plan: Plan) -> Letter:
    """The support plan to read, keep and show: what matters, the aims, what the budget buys, and who pays."""
    worker = plan.case.worker
    agreement = getattr(plan, "agreement", None)
    dated = _dated(plan, agreement)
    blocks = [
        *([Notice(STANDS[PlanState(plan.state)])] if plan.state in STANDS else []),
        *_about(plan),
        *_needs(plan, dated),
        *_aims(plan),
        *_budget(plan, plan_lines(plan), dated),
        *_choice(plan),
        *_safety(plan),
        *_agreed(agreement),
        Heading("Changing this plan"),
        Paragraph(
            "We look at this plan with you at least once a year. You can ask for a review at any time. Ask if your "
            "needs change, or if the plan does not work for you."
        ),
        Heading("The law"),
        bullets(Bullet("Care Act 2014, section 25: care and support plans", CARE_ACT + "25")),
        *questions(plan.case),
    ]
    return make_letter(
        plan.case,
        title=f"Support plan for {plan.case.person}",
        dated=dated,
        reference=f"Support plan number {plan.number}",
        blocks=blocks,
        signed=(worker.name, job_of(worker)) if worker else (str(plan.case.team),),
    )


def _dated(plan: Plan, agreement: Agreement | None) -> date:
    """The day the plan took this shape: its agreement, or its sign-off, or else its start."""
    if agreement:
        return agreement.agreed_on
    return plan.final_budget.decided_on if plan.final_budget else plan.started_on


def _about(plan: Plan) -> list[Block]:
    blocks: list[Block] = []
    if plan.author:
        blocks.append(Paragraph(WROTE[Author(plan.author)]))
    if plan.starts_on:
        blocks.append(Paragraph(f"Support starts on {day(plan.starts_on)}."))
    if plan.about_me:
        blocks += [Heading("What matters to you"), Quote(plan.about_me)]
    return blocks


def _needs(plan: Plan, dated: date) -> list[Block]:
    """The eligible needs as they were decided when this plan was made."""
    decisions = history(plan.case).filter(kind=DecisionKind.ELIGIBILITY, decided_on__lte=dated)
    decision = decisions.first()
    if decision is None or not decision.result.get("outcomes_unable") or not decision.result["eligible"]:
        return []
    met, outcomes = how_met(plan, decision.result["outcomes_unable"]), _outcomes(plan)
    return [
        Heading("Your needs, and how they are met"),
        Paragraph(f"We decided on {day(decision.decided_on)} that these needs are eligible."),
        Table(
            "How each need is met",
            ("Your need", "How it is met"),
            tuple((outcomes[code], _how(one)) for code, one in met.items()),
            amounts=False,
        ),
        *([Paragraph(looked_at)] if (looked_at := looked_at_to_you(decision)) else []),
    ]


def _how(met: Met) -> str:
    answer = met.answer
    if answer is None:
        said = [] if met.lines else ["Not said yet"]
    elif answer.met_by == MetBy.SOMEBODY and answer.asked_on:
        said = [f"{answer.who}, unpaid. Asked on {day(answer.asked_on)}: “{answer.words}”"]
    else:
        said = [f"Not met by this plan: {answer.words}"]
    return cell(*(line.what for line in met.lines), *said)


def _outcomes(plan: Plan) -> dict[str, str]:
    return {choice.code: choice.label for choice in outcomes_of(plan.case)}


def _aims(plan: Plan) -> list[Block]:
    aims = list(plan.aims.order_by("pk"))
    outcomes = _outcomes(plan)
    rows = tuple((cell(aim.words, *(outcomes[code] for code in aim.outcomes)), aim.how_we_know) for aim in aims)
    if not rows:
        return []
    headers = ("What you want to do", "How we will know it works")
    return [Heading("Your aims"), Table("What you want, and how we will know", headers, rows, amounts=False)]


def _budget(plan: Plan, lines: list[PlanLine], dated: date) -> list[Block]:
    if not lines:
        return [Heading("What your budget pays for"), Paragraph(plan.no_lines_reason)] if plan.no_lines_reason else []
    sums, free = totals(lines), free_by_law(lines, dated)
    weekly = [line for line in lines if line.frequency != Frequency.ONCE]
    once = [
        (_what(line, free.get(line.pk)), pounds(once_pence(line))) for line in lines if line.frequency == Frequency.ONCE
    ]
    rows = (
        *((_what(line, free.get(line.pk)), pounds(weekly_pence(line))) for line in weekly),
        ("All together", pounds(sums["pence_per_week"])),
    )
    ways = tuple((way_words(way), pounds(pence)) for way, pence in sums["ways"].items())
    return [
        Heading("What your budget pays for"),
        Amount("This plan costs", f"{pounds(sums['pence_per_week'])} a week"),
        Table("Your support each week", ("Support", EACH_WEEK), rows, total=True),
        *([Table("What is paid once", ("What", "Cost"), tuple(once))] if once else []),
        *([Table("How the money is held", ("Way", EACH_WEEK), ways)] if ways else []),
        *_who_pays(plan),
    ]


def _what(line: PlanLine, judged: Judged | None) -> str:
    supplier = str(line.service) if line.service else line.supplier
    aim = f"For: {line.aim.words}" if line.aim else ""
    way = way_words(line.way).partition(":")[0] if line.way else ""
    nhs = f"The NHS pays {pounds(nhs_pence(line))} of this" if line.nhs_percent else ""
    free = f"{'Free by law.' if judged.free else 'Not free.'} {judged.why}" if judged else ""
    family = family_in_words(line)
    paid = f"Paid to family: {addressed(family, you=True, name='')}" if family else council_in_words(line)
    return cell(line.what, supplier, in_words(line), aim, way, nhs, paid, free)


def _who_pays(plan: Plan) -> list[Block]:
    if plan.final_budget is None:
        return []
    result = plan.final_budget.result
    nhs = result.get("nhs_pence_per_week", 0)
    rows = (
        ("You pay", pounds(result["charge_pence_per_week"])),
        ("The council pays", pounds(result["council_pence_per_week"])),
        *([("The NHS pays", pounds(nhs))] if nhs else []),
        ("Your personal budget", pounds(result["pence_per_week"])),
    )
    later = [
        f"From {day(charge.law_on)} you pay {pounds(charge.result['charge_pence_per_week'])} a week, {charge.why}."
        for charge in charges_of(plan)[1:]
    ]
    table = Table("Your personal budget and who pays", ("Who pays", EACH_WEEK), rows, total=True)
    return [table, *map(Paragraph, later)]


def _choice(plan: Plan) -> list[Block]:
    choice = offers_and_choice(plan).choice
    if choice is None:
        return []
    who = "You chose" if choice.decided_by_person else f"{choice.decided_by or 'We'} chose for you"
    why = [Paragraph("It was decided in your best interests.")] if choice.best_interests else []
    return [
        Heading("How you chose to hold your budget"),
        Paragraph(f"{who} this on {day(choice.chosen_on)}: {choice.get_way_display()}."),
        *why,
        *([Quote(choice.words)] if choice.words else []),
        *([Paragraph("You did not say why.")] if choice.not_said and choice.decided_by_person else []),
        *([Paragraph(f"What your worker saw: {choice.seen_instead}")] if choice.seen_instead else []),
    ]


def _safety(plan: Plan) -> list[Block]:
    parts = [
        ("Risks you choose to take, and how to make them safer", plan.risks),
        ("If support falls through", plan.contingency),
        ("What can help you stay well and independent", plan.prevention),
    ]
    return [block for heading, text in parts if text for block in (Heading(heading), Paragraph(text))]


def _agreed(agreement: Agreement | None) -> list[Block]:
    if agreement is None:
        return []
    return [
        Heading("Agreement"),
        Paragraph(f"{agreement.agreed_by_name} agreed this plan on {day(agreement.agreed_on)}. {agreement.how}"),
        *([Quote(agreement.comment)] if agreement.comment else []),
    ]
