"""The middle of each kind of decision letter: what we decided, in “you” and “we”, from what was stored."""

from leeway.care.assessment.explain import looked_at_to_you, subjects_not_counted
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.letters.blocks import Amount, Block, Heading, Paragraph, Table, bullets, cell, day
from leeway.care.people.addressing import addressed
from leeway.care.planning.models import ChosenWay, Way
from leeway.care.planning.queries import nhs_pays_besides, put_right
from leeway.law.charge_case import BESIDE_CAPITAL
from leeway.law.eligibility_codes import ADULT_OUTCOMES, CARER_OUTCOMES, WELLBEING_AREAS
from leeway.law.numbers import pounds

EACH_WEEK = "Each week"

TITLES: dict[str, str] = {
    DecisionKind.ELIGIBILITY: "Our decision about your needs",
    DecisionKind.INDICATIVE_BUDGET: "The first idea of your budget",
    DecisionKind.CHARGE: "What you pay towards your support",
    DecisionKind.DIRECT_PAYMENT: "Your direct payment",
    DecisionKind.FINAL_BUDGET: "Your personal budget",
    DecisionKind.ENDING: "Your support is ending",
}
QUESTIONS = {
    "impairment": "Do your needs come from a physical or mental impairment or illness?",
    "outcomes": "Because of this, are there enough parts of daily life that you cannot manage?",
    "wellbeing": "Does this have a big effect on your wellbeing, or is it likely to?",
    "carer": "Does the law count you as a carer?",
    "necessary_care": "Do your needs come from giving necessary care to an adult?",
    "effect": "Is your health at risk, or is there a part of daily life that you cannot manage?",
    "band": "How serious is the risk to your independence?",
    "threshold": "Is that serious enough for the council to meet the need?",
}
UNABLE = {
    "cannot": "You cannot do this without help.",
    "pain_distress_anxiety": "You can do this without help, but with significant pain, distress or anxiety.",
    "endangers": "You can do this without help, but it puts health or safety in danger, or is likely to.",
    "takes_much_longer": "You can do this without help, but it takes you significantly longer than is normal.",
}
FUNDED = {
    "section_117": "Your needs are met as section 117 after-care, by the council and the NHS together. It is free.",
    "nhs_continuing_healthcare": "The NHS arranges and pays for your care. This is NHS continuing healthcare.",
}
DIRECT_PAYMENT_SAID = {
    "must_pay": "Yes. You can have a direct payment.",
    "may_not_pay": "No. We cannot make a direct payment as things are now. The reasons are below.",
    "not_yet_known": "We do not know yet. We still have things to find out. They are listed below.",
}


def _reasons(decision: Decision) -> list[Block]:
    """The stored reasons that the steps do not already say."""
    said = {step.get("sentence") for step in decision.steps}
    left = [reason for reason in decision.reasons if reason not in said]
    if not left:
        return []
    return [Heading("Our reasons"), bullets(*(_to_you(reason) for reason in left))]


def _to_you(words: str) -> str:
    """Stored words, as a letter to the person says them."""
    return addressed(words, you=True, name="")


def _steps(decision: Decision, caption: str, last_header: str = EACH_WEEK) -> list[Block]:
    """Every stored step: its name, its sentence and its source beside its figure."""
    if not decision.steps:
        return []
    rows = tuple(
        (
            cell(_to_you(step["name"]), _to_you(step.get("sentence", "")), _source(step)),
            pounds(step["pence"]) if "pence" in step else str(step.get("value", "")),
        )
        for step in decision.steps
    )
    return [Table(caption, ("Step", last_header), rows)]


def _source(step: dict) -> str:
    return f"Law: {step['source']}" if step.get("source") else ""


def _eligibility(decision: Decision) -> list[Block]:
    result = decision.result
    eligible = result["eligible"]
    funded = FUNDED.get(result.get("funded_by") or "")
    blocks: list[Block] = [
        Amount("Our decision", "You have eligible needs" if eligible else "You do not have eligible needs"),
        Paragraph(
            "Your needs meet the rules that decide who gets support. We call these eligible needs."
            if eligible
            else "We have looked at what you told us. Your needs do not meet the rules that decide who the council "
            "must support. We explain why below. We can still help you in other ways."
        ),
        *([Paragraph(funded)] if funded else []),
        Heading("How we decided"),
        Paragraph(
            "We asked each question as if nobody helped you. Help from family or friends does not count against you. "
            "Every answer must be yes. Under each answer are the words on our record. Where they say “the carer”, "
            "that is you."
        ),
        Table("The questions that the law asks", ("Question", "Our answer"), _answers(decision), amounts=False),
        *_looked_at(decision),
        *_parts_of_life(decision),
        *_reasons(decision),
        *(_next_when_eligible() if eligible else _help_when_not_eligible(decision)),
    ]
    return blocks


def _answers(decision: Decision) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            QUESTIONS.get(step["name"], step["name"]),
            cell("Yes" if step["met"] else "No", _to_you(step["sentence"]), _source(step)),
        )
        for step in decision.steps
        if "met" in step
    )


def _looked_at(decision: Decision) -> list[Block]:
    """What is no condition, and was looked at: whether needs go up and down, and which law applies."""
    facts = [step for step in decision.steps if "met" not in step]
    if not facts:
        return []
    said = [f"{_to_you(step['sentence'])} {_source(step)}" for step in facts]
    return [
        Heading("What else we looked at"),
        Paragraph(looked_at_to_you(decision) or "We looked at which law applies to you."),
        Paragraph("These are the words on our record:"),
        bullets(*said),
    ]


def _parts_of_life(decision: Decision) -> list[Block]:
    result, carer = decision.result, decision.inputs.get("kind") == "carer"
    outcomes = {choice.code: choice for choice in (CARER_OUTCOMES if carer else ADULT_OUTCOMES)}
    areas = {choice.code: choice for choice in WELLBEING_AREAS}
    blocks: list[Block] = []
    if unable := result.get("outcomes_unable"):
        blocks += [
            Heading("Where you need support" if result["eligible"] else "What we agree is hard for you"),
            bullets(*(_unable(outcomes[code].label, decision.inputs["outcomes"][code]) for code in unable)),
        ]
    if result.get("wellbeing_areas"):
        blocks += [
            Paragraph("This affects these parts of your wellbeing:"),
            bullets(*(areas[code].label for code in result["wellbeing_areas"])),
        ]
    return blocks


def _unable(label: str, answer: dict) -> str:
    return " ".join([f"{label}.", *(UNABLE[way] for way in answer["unable"])])


def _next_when_eligible() -> list[Block]:
    return [
        Heading("What happens next"),
        bullets(
            "We will give you a first idea of how much money there is for your support.",
            "We will look at what you can pay. Some people pay nothing.",
            "You then make a support plan. You can write it yourself, with someone you choose, or with us.",
            "You choose how the money is held.",
        ),
    ]


def _help_when_not_eligible(decision: Decision) -> list[Block]:
    case = decision.case
    assessment = case.assessments.filter(eligibility=decision).first()
    carer = "If a relative or friend cares for you, they can have an assessment of their own."
    if case.looks_after:
        carer = "If you need a break from caring, tell us. There may be groups and short breaks for carers near you."
    return [
        Heading("Information and advice for you"),
        Paragraph("The law says that we must tell you what can help now, and what can stop your needs from growing."),
        *([Paragraph(assessment.advice_given)] if assessment and assessment.advice_given else []),
        bullets(
            "Look in our directory of support. It has groups, activities, equipment and care near you. Anyone may "
            "use it.",
            "Ask us about equipment, or small changes to your home, that make daily life easier.",
            "Ask your GP about exercise, falls, sleep, hearing, sight or low mood.",
            "Ask us for a benefits check. It is free.",
            carer,
            "We may choose to help even when the law does not say that we must. Ask us.",
        ),
        Heading("If things change"),
        Paragraph("You can ask for a new assessment at any time. Ask at once if things get worse."),
    ]


def _answer_and_help(line: dict) -> str:
    helped = f"\nFamily and friends do {line['help'].lower()}." if line["help"] and line["percent"] < 100 else ""
    return f"{line['text']}\n{line['label']}{helped}"


def _indicative(decision: Decision) -> list[Block]:
    result = decision.result
    answers = tuple(
        (_answer_and_help(line), pounds(line["pence_per_week"]))
        for line in result.get("answers", [])
        if line["counted"]
    )
    total = ("Your indicative budget", pounds(result["indicative_pence_per_week"]))
    return [
        Amount("Your indicative budget", f"About {pounds(result['indicative_pence_per_week'])} a week"),
        Paragraph(
            "This is a starting point to plan with. It is not a limit and not a promise. Your final budget must be "
            "enough to meet your eligible needs."
        ),
        *_reasons(decision),
        Heading("Where each pound comes from"),
        *([Table("Your answers and what each adds", ("Question and answer", EACH_WEEK), (*answers, total), total=True)]
          if answers else []),
        *_not_counted(result),
        *_steps(decision, "How the figure was worked out", "Result"),
        Heading("What happens next"),
        Paragraph("You make a support plan with this figure in mind. If an answer is wrong, tell us now."),
    ]  # fmt: skip


def _not_counted(result: dict) -> list[Block]:
    subjects = subjects_not_counted(result.get("answers", []))
    said = "We did not count support for these, since you can manage what it is for:"
    return [Paragraph(f"{said} {'; '.join(subjects)}.")] if subjects else []


def _charge(decision: Decision) -> list[Block]:
    result = decision.result
    charge, budget = result["charge_pence_per_week"], result["personal_budget_pence_per_week"]
    council, nhs = result["council_pays_pence_per_week"], nhs_pays_besides(decision)
    whole = "Your budget, without what the NHS pays" if nhs else "Your budget"
    return [
        Amount(f"You pay from {day(decision.law_on)}", f"{pounds(charge)} a week" if charge else "Nothing"),
        *([Paragraph(f"This is new from that day, {decision.why}.")] if decision.why else []),
        *_put_right(decision),
        Table(
            "Your budget and who pays",
            ("Who pays", EACH_WEEK),
            (("You pay", pounds(charge)), ("The council pays", pounds(council)), (whole, pounds(budget))),
            total=True,
        ),
        *([Paragraph(f"The NHS pays {pounds(nhs)} a week besides. Nobody is charged for that.")] if nhs else []),
        Paragraph("This is one charge for your whole budget. You pay it once, however the budget is held."),
        *_what_is_free(result),
        *_reasons(decision),
        Heading("How we worked it out"),
        Paragraph(_how_charged(decision)),
        *_steps(decision, "The whole working, step by step"),
        Heading("Is something missing?"),
        bullets(
            "Tell us if a figure is wrong, or if your money changes. We will work it out again.",
            "Tell us what you spend because of your disability or illness. Examples are heating, laundry, special "
            "food, equipment and help at home.",
            "If you cannot pay, tell us straight away. Do not cut your support to pay it.",
        ),
    ]


def _how_charged(decision: Decision) -> str:
    """How a charge is worked out; where nothing beside capital was asked, of that alone."""
    if decision.result["full_cost"] and BESIDE_CAPITAL.isdisjoint(decision.inputs):
        if decision.inputs.get("means_not_disclosed"):
            return "You did not want to tell us about your money. The law then says that you pay the full cost."
        return (
            "What you own is over the limit of the law. So you pay the full cost, and we asked about nothing else: not "
            "what comes in, nor what you have to pay out."
        )
    return (
        "We add up the money that you have coming in. We take away the amount that the law leaves you to live on. We "
        "take away housing costs, and what you spend because of a disability or illness. You never pay more than what "
        "is left, unless your savings are over the limit."
    )


def _put_right(decision: Decision) -> list[Block]:
    """What was asked for days gone by, what is right, and where the difference goes."""
    found = put_right(decision)
    if found is None or not found.back_pence:
        return []
    too_much = found.back_pence > 0
    difference = ("That is too much by" if too_much else "That is too little by", pounds(abs(found.back_pence)))
    rows = (
        (f"We asked you for {pounds(found.asked_pence_per_week)} a week", pounds(found.asked_pence)),
        (f"It should have been {pounds(found.right_pence_per_week)} a week", pounds(found.right_pence)),
        difference,
    )
    where = (
        "It goes into our next payments, or comes off what you owe us."
        if too_much
        else ("It is taken off our next payments, or added to what you owe us. If that is hard for you, tell us.")
    )
    return [
        Heading("What we put right"),
        Paragraph(
            f"We decided this on {day(decision.decided_on)}, after the day from which it counts. So you were asked for "
            f"too {'much' if too_much else 'little'}."
        ),
        Table(f"From {day(found.starts_on)} until {day(found.ends_on)}", ("These days", "In all"), rows, total=True),
        Paragraph(
            f"You do not have to do anything to put it right. {where} Where we had paid for later days already, they "
            "are put right in the same way. The page of your budget shows each payment."
        ),
    ]


def _what_is_free(result: dict) -> list[Block]:
    """What of the budget is free by law, until when, and what is left to be charged for; and what is paid once."""
    weekly = [part for part in result["free_parts"] if part["free"] and part["pence_per_week"]]
    once = [part for part in result["free_parts"] if part["pence_once"]]
    blocks: list[Block] = [Heading("What is free by law")] if weekly or once else []
    if weekly:
        rows = (
            *((cell(_free_or_not(part), part["why"]), pounds(part["pence_per_week"])) for part in weekly),
            ("The rest, which can be charged for", pounds(result["chargeable_pence_per_week"])),
            ("Your budget", pounds(result["personal_budget_pence_per_week"])),
        )
        blocks.append(Table("Free by law, and what can be charged for", ("Support", EACH_WEEK), rows, total=True))
    if once:
        paid = tuple((cell(_free_or_not(part), part["why"]), pounds(part["pence_once"])) for part in once)
        blocks.append(Table("What is paid once", ("What", "Cost"), paid))
    if result["free_until"]:
        blocks.append(Paragraph(f"After {day(result['free_until'])} more of your budget can be charged for."))
    return blocks


def _free_or_not(part: dict) -> str:
    if not part["free"]:
        return f"{part['what']}: not free"
    return f"{part['what']}: free" + (f" until {day(part['until'])}" if part["until"] else "")


def _direct_payment(decision: Decision) -> list[Block]:
    result = decision.result
    said = {True: "Yes", False: "No"}
    rows = tuple(
        (
            _to_you(step["label"]),
            cell(said.get(step["answer"], "Not known yet"), _to_you(step["what_would_change"]), _source(step)),
        )
        for step in decision.steps
    )
    change: list[Block] = [
        Heading("What would change this"),
        Paragraph(
            "Beside each “No” is what would change it. When something changes, ask again. Your needs are still met in "
            "another way. A direct payment for part of your budget may be possible."
        ),
    ]
    return [
        Amount("Our decision", DIRECT_PAYMENT_SAID[result["decision"]]),
        Table("What the law asks", ("Condition", "Our answer"), rows, amounts=False),
        *_reasons(decision),
        *(change if result["decision"] == "may_not_pay" else []),
    ]


#: Each way is said with what it comes to before the charge is taken.
PAID_NET = (
    "This is what each part costs. A direct payment is paid without what you pay of it: you put that into the "
    "account yourself."
)


AGREE = "Read your support plan. Tell us if you agree with it."


def _final_budget(decision: Decision) -> list[Block]:
    result = decision.result
    total = result["pence_per_week"]
    nhs = result.get("nhs_pence_per_week", 0)
    who_pays = [
        ("You pay", pounds(result["charge_pence_per_week"])),
        ("The council pays", pounds(result["council_pence_per_week"])),
        *([("The NHS pays", pounds(nhs))] if nhs else []),
        ("Your whole budget", pounds(total)),
    ]
    ways = tuple((way_words(way), pounds(pence)) for way, pence in result.get("ways", {}).items())
    start_up = result.get("start_up_pence", 0)
    pays = result["charge_pence_per_week"] or any(each["charge_pence_per_week"] for each in result.get("stretches", []))
    return [
        Amount("Your personal budget", f"{pounds(total)} a week"),
        Paragraph(
            "This is the money to meet your eligible needs. This letter is your personal budget statement under "
            "section 26 of the Care Act 2014."
        ),
        *([Paragraph(f"It starts on {day(result['starts_on'])}.")] if result.get("starts_on") else []),
        Table("Your budget and who pays", ("Who pays", EACH_WEEK), tuple(who_pays), total=True),
        *_later_charges(decision),
        Paragraph(_about_the_charge(decision)),
        *([Paragraph(f"There is also {pounds(start_up)}, once, to get you started.")] if start_up else []),
        *([Table("How your budget is held", ("Way", EACH_WEEK), ways)] if ways else []),
        *([Paragraph(PAID_NET)] if Way.DIRECT_PAYMENT in result.get("ways", {}) and pays else []),
        *_reasons(decision),
        *_steps(decision, "How we got to this figure"),
        Heading("What happens next"),
        bullets(
            "Tell us if you do not agree." if "line_ids" in decision.inputs else AGREE,
            "You can change your mind about how the money is held, at any time.",
            "You can ask for a review at any time. Ask us if your needs or your money change.",
        ),
    ]


def _later_charges(decision: Decision) -> list[Block]:
    """What is paid from which day, where it is not the same on all days. The reasons say why."""
    stretches = decision.result.get("stretches", [])
    if len(stretches) < 2:
        return []
    rows = tuple((f"From {day(each['starts_on'])}", pounds(each["charge_pence_per_week"])) for each in stretches)
    return [Table("What you pay, and from when", ("Days", EACH_WEEK), rows)]


def _about_the_charge(decision: Decision) -> str:
    said = "What you pay is one charge for the whole budget."
    if decision.case.decisions.filter(kind=DecisionKind.CHARGE).exists():
        return f"{said} Our letter “{TITLES[DecisionKind.CHARGE]}” shows how we worked it out."
    return said


def way_words(way: str) -> str:
    """A way of holding the budget, with what it means."""
    return str(dict(ChosenWay.choices + Way.choices).get(way, way))


def _ending(decision: Decision) -> list[Block]:
    ends_on = decision.result.get("ends_on")
    return [
        Paragraph(f"Your support from us ends on {day(ends_on)}." if ends_on else "Your support from us is ending."),
        *_reasons(decision),
        *_steps(decision, "The steps to this decision", "Result"),
        Heading("What happens next"),
        bullets(
            "If you had a direct payment, keep your papers. We will settle the money with you.",
            "If you need support again, ask us. You can ask for a new assessment at any time.",
        ),
    ]


BODIES = {
    DecisionKind.ELIGIBILITY: _eligibility,
    DecisionKind.INDICATIVE_BUDGET: _indicative,
    DecisionKind.CHARGE: _charge,
    DecisionKind.DIRECT_PAYMENT: _direct_payment,
    DecisionKind.FINAL_BUDGET: _final_budget,
    DecisionKind.ENDING: _ending,
}
