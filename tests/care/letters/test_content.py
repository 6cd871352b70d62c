"""What the letters say, on the worked examples of the law."""

from datetime import date, timedelta

import pytest

from leeway.care.assessment.models import Assessment
from leeway.care.decisions.actions import decide_by_rule
from leeway.care.decisions.models import DecisionKind
from leeway.care.letters.blocks import Table
from leeway.care.letters.content import letter_of
from leeway.care.letters.support_plan import plan_document
from leeway.care.people.addressing import addressed
from leeway.care.planning.models import NeedAnswer
from leeway.law.numbers import pounds

from .conftest import TODAY
from .reading import words


def to_you(stored):
    """Stored words, as a letter to the person says them."""
    return addressed(stored, you=True, name="")


def test_the_charge_letter_has_every_step_of_g1(decide):
    decision = decide("charge", "G1")
    said = words(letter_of(decision))
    assert len(decision.steps) >= 12
    for step in decision.steps:
        assert to_you(step["name"]) in said and to_you(step["sentence"]) in said and step["source"] in said
        assert pounds(step["pence"]) in said
    for figure in ("£300.42", "£186.40", "£18.50", "£95.52", "£324.48", "£420.00"):
        assert figure in said
    assert "£95.52 a week" in said
    assert "what the NHS pays" not in said
    assert "Income left to you" in said and "left to the person" not in said


def test_who_pays_adds_up_in_every_charge_letter(decide):
    for opening in ("G1", "G2", "G3", "G4", "G6", "G12"):
        decision = decide("charge", opening)
        table = next(block for block in letter_of(decision).blocks if isinstance(block, Table))
        you, council, budget = (row[1] for row in table.rows)
        result = decision.result
        assert you == pounds(result["charge_pence_per_week"])
        assert council == pounds(result["personal_budget_pence_per_week"] - result["charge_pence_per_week"])
        assert budget == pounds(result["personal_budget_pence_per_week"])


def test_a_charge_letter_says_what_the_nhs_pays_besides(decide, draft):
    decision = decide("charge", "G1")
    draft.charges.add(decision)
    said = words(letter_of(decision))
    assert "Your budget, without what the NHS pays" in said
    assert "The NHS pays £20.00 a week besides. Nobody is charged for that." in said


def test_a_letter_says_who_decided_the_law_what_to_do_whom_to_ask_and_the_date(decide, budget):
    decisions = [
        decide("charge", "G1"),
        decide("eligibility", "Ada"),
        decide("direct_payment", "A barred order"),
        decide("allocation", "Ada:"),
        budget,
    ]
    for decision in decisions:
        said = words(letter_of(decision))
        assert decision.decided_by.name in said
        assert "23 November 2026" in said
        assert "https://www.legislation.gov.uk/ukpga/2014/23/section/" in said
        assert "If you disagree" in said and "Ombudsman" in said and "https://www.lgo.org.uk" in said
        assert "Ask Bea Okafor" in said
        for reason in decision.reasons if decision.kind != "direct_payment" else ():
            assert to_you(reason) in said


def test_the_letter_to_someone_not_eligible_advises_and_says_how_to_disagree(decide, case):
    decision = decide("eligibility", "One outcome is not enough")
    Assessment.objects.create(
        case=case,
        started_on=date(2026, 11, 1),
        completed_on=date(2026, 11, 23),
        eligibility=decision,
        advice_given="The lunch club at St Mary's\nis open on Tuesdays.",
    )
    said = words(letter_of(decision))
    assert "You do not have eligible needs" in said
    assert "Information and advice for you" in said and "The lunch club at St Mary's\nis open on Tuesdays." in said
    assert "You can ask us to look at this decision again." in said
    assert "Eating and drinking" in said
    assert "What happens next" not in said


def test_the_letter_to_someone_eligible_names_the_outcomes_and_what_comes_next(decide):
    said = words(letter_of(decide("eligibility", "Ada")))
    assert "You have eligible needs" in said
    assert "Eating and drinking. You cannot do this without help." in said
    assert "Your needs do not go up and down." in said and "SI 2015/313, reg. 2(4)" in said
    assert "Eating and drinking" in said and "Personal hygiene" in said and "Personal dignity" in said
    assert "Information and advice for you" not in said


def test_after_care_is_said_to_be_free(decide):
    assert "section 117 after-care" in words(letter_of(decide("eligibility", "A section 117 need")))


def test_a_refused_direct_payment_says_what_would_change_it(decide):
    decision = decide("direct_payment", "A barred order")
    said = words(letter_of(decision))
    assert "We cannot make a direct payment" in said
    for condition in decision.result["conditions"]:
        assert to_you(condition["label"]) in said and to_you(condition["what_would_change"]) in said


def test_the_budget_statement_shows_each_share_and_they_add_up(budget):
    result = budget.result
    said = words(letter_of(budget))
    assert "section 26 of the Care Act 2014" in said
    shares = [result[f"{payer}_pence_per_week"] for payer in ("charge", "council", "nhs")]
    assert all(pounds(share) in said for share in shares) and sum(shares) == 460_02
    assert "A direct payment is paid without what you pay of it" in said
    assert "Direct payment: money paid to you" in said and "7 December 2026" in said and "£65.50, once" in said


def test_the_budget_letter_points_to_the_charge_letter_only_where_there_is_one(budget, decide):
    assert "shows how we worked it out" not in words(letter_of(budget))
    decide("charge", "G1")
    assert "“What you pay towards your support” shows how we worked it out" in words(letter_of(budget))


def test_a_replaced_decision_says_so_first(decide):
    first = decide("charge", "G2")
    assert letter_of(first).blocks[0].kind == "amount"
    decide("charge", "G1")
    first.refresh_from_db()
    assert letter_of(first).blocks[0].text == "This decision no longer stands. We made a new one on 23 November 2026."


def test_a_charge_that_another_follows_stands_for_its_days(decide):
    """The second example is of a later year than the first: both count, each for its days."""
    first, later = decide("charge", "G1"), decide("charge", "G2")
    assert first.law_on < later.law_on
    notice, amount = letter_of(first).blocks[:2]
    assert notice.text.startswith(f"This is until {later.law_on - timedelta(days=1):%-d %B %Y},")
    assert amount.label == f"You pay from {first.law_on:%-d %B %Y}"
    assert letter_of(later).blocks[0].kind == "amount"


def test_the_law_before_the_care_act_is_not_called_the_care_act(decide):
    decision = decide("eligibility", "Ada")
    decision.law_on = date(2015, 3, 31)
    assert "Prioritising Need" in words(letter_of(decision))
    assert "Care Act 2014, section 13" not in words(letter_of(decision))


@pytest.mark.parametrize(("needs", "large"), [([], False), (["email"], False), (["large_print"], True)])
def test_large_print_for_whoever_needs_it(decide, ada, needs, large):
    decision = decide("charge", "G1")
    decision.case.person.communication_needs = needs
    assert letter_of(decision).large_print is large


def test_the_support_plan_shows_what_section_25_asks(plan, decide):
    decide("eligibility", "Ada")
    said = words(plan_document(plan))
    for text in (
        "I swim.\nI want to swim more.",
        "Eating and drinking",
        "Swim twice a week",
        "I have been",
        "Assistant",
        "20 hours a week at £18.50",
        "£460.01",
        "£460.02",
        "£95.52",
        "£65.50",
        "A balance class on Tuesdays.",
        "My sister comes for two days.",
        "I go out alone. I carry my phone.",
        "You chose this on 23 November 2026: A mix of these.",
        "Ada Bell agreed this plan on 23 November 2026.",
    ):
        assert text in said, text


def test_the_support_plan_says_how_each_need_is_met(draft, decide):
    first, second = decide("eligibility", "Ada").result["outcomes_unable"]
    draft.aims.update(outcomes=[first])

    def said():
        tables = [block for block in plan_document(draft).blocks if isinstance(block, Table)]
        return [how for _need, how in next(table.rows for table in tables if table.caption == "How each need is met")]

    assert said() == ["Swimming", "Not said yet"]
    answer = NeedAnswer.objects.create(plan=draft, outcome=second, met_by="reason", words="She waits for the spring.")
    assert said() == ["Swimming", "Not met by this plan: She waits for the spring."]
    asked = {"met_by": "somebody", "who": "Jo, her sister", "asked_on": TODAY, "words": "I come on Sundays."}
    NeedAnswer.objects.filter(pk=answer.pk).update(**asked)
    assert said()[1] == "Jo, her sister, unpaid. Asked on 23 November 2026: “I come on Sundays.”"


def test_a_draft_plan_says_that_it_is_a_draft(draft):
    document = plan_document(draft)
    assert document.blocks[0].text == "This plan is still being written. It may change."
    assert "All together" in words(document)


def test_somebody_over_the_limit_of_whom_nothing_else_was_asked_reads_of_capital_alone(case, bea, draft):
    asked = {"age": 34, "pension_age": False, "light_touch": True, "personal_budget_pence_per_week": 200_00}
    asked |= {"capital_items": [{"kind": "savings", "pence": 30_000_00}]}
    decision = decide_by_rule(case=case, kind=DecisionKind.CHARGE, rule="charge", inputs=asked, by=bea, on=TODAY)
    draft.charges.add(decision)
    said = words(letter_of(decision))
    assert "we asked about nothing else" in said and "£200.00 a week" in said
    for blank in ("single person", "Housing costs", "Counted income", "most that could be charged", "coming in."):
        assert blank not in said
