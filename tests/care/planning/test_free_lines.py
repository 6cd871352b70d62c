"""Which lines of a plan are free by law: what is asked of each, and the way from the line to the charge."""

from datetime import date, timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.db import IntegrityError, transaction

from leeway.care.assessment.actions import start_assessment
from leeway.care.assessment.queries import charge_inputs
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import DecisionKind
from leeway.care.letters.content import letter_of
from leeway.care.letters.support_plan import plan_document
from leeway.care.planning import actions, queries
from leeway.care.planning.costs import CostedLine, costed_line, free_parts, free_ways
from leeway.care.planning.lines import LineForm, LineKind
from leeway.care.planning.models import PlanLine
from leeway.care.planning.queries import charges_of
from leeway.care.planning.replay import replay
from leeway.law import compute
from leeway.refusal import Refusal
from tests.care.conftest import LINE, TODAY, explain, seen_offer
from tests.care.letters.reading import words

REABLEMENT = {"exemption": "reablement", "reablement_from": date(2026, 12, 7)}
DAYS = date(2026, 12, 7), date(2027, 6, 1)
LONGER = {
    "reablement_until": date(2027, 2, 7),
    "reablement_agreed_by": "Mona Patel",
    "reablement_why": "She is still gaining strength.",
}
ONCE = {"unit": "item", "units": Decimal(1), "unit_cost_pence": 1000_00, "frequency": "once"}
RAMP = {"what": "Ramp", "exemption": "minor_adaptation"} | ONCE


def add(plan, by, **details):
    return actions.add_line(plan=plan, version=plan.version, details=LINE | details, by=by, on=TODAY)


def found_funded(case, by, funded_by="section_117"):
    decide_by_judgement(
        case=case,
        kind=DecisionKind.ELIGIBILITY,
        inputs={},
        result={"eligible": True, "funded_by": funded_by, "outcomes_unable": []},
        steps=[],
        reasons=["For the tests."],
        by=by,
        on=TODAY,
    )


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"exemption": "reablement"}, "Enter the first day of reablement"),
        ({"exemption": "reablement", "reablement_from": date(2126, 12, 7)}, "Check the year"),
        ({"reablement_from": date(2026, 12, 7)}, "asked of reablement"),
        (RAMP | LONGER, "asked of reablement"),
        (REABLEMENT | {"reablement_until": date(2027, 2, 7)}, "only by a decision"),
        (REABLEMENT | {"reablement_why": "She is still gaining strength."}, "only by a decision"),
        (REABLEMENT | LONGER | {"reablement_until": date(2027, 1, 17)}, "Up to 17 January 2027 it is free by law"),
        (RAMP | {"frequency": "weekly"}, "made once"),
        (RAMP | {"units": Decimal(2)}, "a line of its own"),
        ({"exemption": "aid"}, "is a thing, and this pays for somebody’s time"),
    ],
)
def test_what_its_limit_or_its_time_needs_is_asked(draft, bea, details, sentence):
    with pytest.raises(Refusal, match=sentence):
        add(draft, bea, **details)
    assert not draft.lines.exists()


def test_reablement_that_begins_after_the_plan_is_not_free_on_its_first_day(draft, bea):
    actions.set_start(plan=draft, version=draft.version, starts_on=date(2026, 12, 7), by=bea, on=TODAY)
    first, later = (add(draft, bea, what=str(day), **REABLEMENT | {"reablement_from": day}) for day in DAYS)
    free = queries.free_by_law(queries.plan_lines(draft), TODAY)
    assert free[first.pk].free and not free[later.pk].free


def test_the_database_holds_that_reablement_has_a_first_day_and_longer_a_decision(draft, bea):
    line = add(draft, bea, **REABLEMENT)
    for wrong in ({"reablement_from": None}, {"exemption": "ordinary"}, {"reablement_until": date(2027, 2, 7)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanLine.objects.filter(pk=line.pk).update(**wrong)


def test_a_line_is_ordinary_unless_section_117_or_the_nhs_pays_and_then_it_is_asked(draft, bea):
    assert add(draft, bea).exemption == "ordinary"
    found_funded(draft.case, bea)
    asked = add(draft, bea, what="Support worker")
    assert asked.exemption == ""
    assert "Support worker: say whether it is free by law." in [
        one.sentence for one in queries.what_is_missing(draft, TODAY)
    ]
    form = LineForm(kind=LineKind.PLAIN, plan=draft)
    assert (
        form["exemption"].value() is None
        and not LineForm({}, kind=LineKind.PLAIN, plan=draft).is_valid()
        and "Section 117" in form.fields["exemption"].help_text
    )
    actions.change_line(line=asked, version=draft.version, details={"exemption": "section_117"}, by=bea, on=TODAY)
    assert not [one for one in queries.what_is_missing(draft, TODAY) if "free by law" in one.sentence]


WHO = {
    None: "did not find that anybody else must pay",
    "nhs_continuing_healthcare": "found that the NHS must pay: NHS continuing healthcare",
}


@pytest.mark.parametrize(
    ("found", "said", "free"),
    [
        (None, "section_117", False),
        (None, "continuing_healthcare", False),
        ("nhs_continuing_healthcare", "section_117", False),
        ("nhs_continuing_healthcare", "continuing_healthcare", True),
        ("section_117", "section_117", True),
        (None, "ordinary", True),
    ],
)
def test_a_line_is_free_by_who_must_pay_only_where_the_assessment_found_so(mixed, bea, found, said, free):
    found_funded(mixed.case, bea, funded_by=found)
    line = mixed.lines.get(what="Support worker")
    actions.change_line(line=line, version=mixed.version, details={"exemption": said}, by=bea, on=TODAY)
    missing = [one for one in queries.what_is_missing(mixed, TODAY) if "assess again" in one.sentence]
    assert bool(missing) is not free
    assert not missing or WHO[found] in missing[0].sentence
    if not free:
        with pytest.raises(Refusal, match="Support worker: it is said to be free"):
            actions.submit_plan(plan=mixed, version=mixed.version, by=bea, on=TODAY)


def test_where_the_assessment_is_wrong_needs_are_assessed_again_and_the_plan_is_kept(mixed, bea):
    with pytest.raises(Refusal, match="why needs are assessed again"):
        start_assessment(case=mixed.case, by=bea, on=TODAY)
    why = "Section 117 does not apply to her at all."
    start_assessment(case=mixed.case, reason=why, by=bea, on=TODAY)
    assert mixed.case.story.filter(kind="assessment_started", sentence__endswith=why).exists()
    assert mixed.case.stage == "assessment" and mixed.lines.count() == 4
    with pytest.raises(Refusal, match="cannot become “Waiting for sign-off”"):
        actions.submit_plan(plan=mixed, version=mixed.version, by=bea, on=TODAY)


def test_a_money_check_waits_for_a_line_that_is_charged(draft, bea):
    with pgtrigger.ignore("assessment.FinancialAssessment:completed_money_check_is_kept"):
        draft.case.financial_assessments.update(completed_on=None)
    found_funded(draft.case, bea)
    assert not queries.what_money_lacks(draft.case, TODAY)  # the plan says first which lines it pays for
    add(draft, bea, exemption="section_117")
    assert not queries.what_money_lacks(draft.case, TODAY)
    add(draft, bea, exemption="ordinary")
    assert queries.what_money_lacks(draft.case, TODAY)


def test_by_the_pages(client, draft, bea):
    client.force_login(bea)
    at = f"/cases/{draft.case_id}/plan/"
    typed = LINE | {
        "what": "Visits",
        "nhs_percent": "0",
        "unit_cost_pence": "18.50",
        "payee_relationship": "not_related",
        "exemption": "reablement",
        "version": draft.version,
    }
    assert "Enter the first day of reablement" in client.post(f"{at}lines/add/?kind=plain", typed).content.decode()
    half = typed | {"exemption": "ordinary", "reablement_from_day": 7}
    assert "must include a month" in client.post(f"{at}lines/add/?kind=plain", half).content.decode()
    assert not draft.lines.exists()
    day = {"reablement_from_day": 7, "reablement_from_month": 12, "reablement_from_year": 2026}
    assert client.post(f"{at}lines/add/?kind=plain", typed | day).status_code == 302
    page = client.get(at).content.decode()
    assert "Free by law." in page and "The last free day is 17 January 2027." in page


@pytest.fixture
def mixed(draft, bea):
    """£185 of section 117 after-care, half paid by the NHS, £40 of reablement, a ramp, and £20 of ordinary support."""
    actions.add_aim(plan=draft, version=draft.version, words="Cook again", how_we_know="", by=bea, on=TODAY)
    found_funded(draft.case, bea)
    add(draft, bea, what="Support worker", exemption="section_117", nhs_percent=50)
    add(draft, bea, what="Visits", units=Decimal(2), unit_cost_pence=20_00, **REABLEMENT)
    add(draft, bea, **RAMP)
    add(draft, bea, what="Cleaning", units=Decimal(1), unit_cost_pence=20_00, exemption="ordinary")
    actions.set_start(plan=draft, version=draft.version, starts_on=date(2026, 12, 7), by=bea, on=TODAY)
    explain(draft, bea)
    actions.record_choice(
        plan=draft,
        version=seen_offer(draft),
        way="council_managed",
        words="Less paper for me.",
        why_not_direct_payment="paperwork",
        by=bea,
        on=TODAY,
    )
    return draft


def sign(plan, by, pence):
    return actions.sign_off(
        plan=plan,
        version=plan.version,
        final_pence_per_week=pence,
        reason="It costs what her needs cost, with help of her neighbour.",
        by=by,
        on=TODAY,
    )


def test_from_the_lines_to_the_charge(mixed, bea, mona):
    actions.submit_plan(plan=mixed, version=mixed.version, by=bea, on=TODAY)
    first, later = charges_of(mixed)
    charge = first.result
    assert charge["maximum_charge_pence_per_week"] == 28_05
    assert charge["free_pence_per_week"] == 92_50 + 40_00
    assert charge["charge_pence_per_week"] == charge["chargeable_pence_per_week"] == 20_00
    assert charge["free_until"] == "2027-01-17"
    assert [(part["what"], part["free"]) for part in charge["free_parts"]] == [
        ("Ramp", True),
        ("Support worker", True),
        ("Visits", True),
    ]
    budget = sign(mixed, mona, 245_00)
    lines = [CostedLine(**line) for line in budget.inputs["lines"]]
    assert free_ways(lines, charge["free_parts"]) == {"council_managed": 132_50}
    assert (later.law_on, later.because) == (date(2027, 1, 18), ["the free time of “Visits” is over"])
    assert free_ways(lines, later.result["free_parts"]) == {"council_managed": 92_50}
    assert [each["charge_pence_per_week"] for each in budget.result["stretches"]] == [20_00, 28_05]
    assert budget.result["charge_pence_per_week"] == 20_00
    assert list(replay()) == [None]


@pytest.mark.parametrize(("day", "pence"), [(date(2027, 1, 17), 20_00), (date(2027, 1, 18), 28_05)])
def test_on_another_day_the_exemption_has_its_time_right(mixed, day, pence):
    parts = free_parts([costed_line(line) for line in mixed.lines.all()], 152_50)
    inputs = charge_inputs(mixed.case, personal_budget_pence_per_week=152_50, free_parts=parts, on=day)
    assert compute("charge", inputs, day).result["charge_pence_per_week"] == pence


def test_another_amount_changes_the_ordinary_support_alone(mixed, bea, mona):
    actions.submit_plan(plan=mixed, version=mixed.version, by=bea, on=TODAY)
    budget = sign(mixed, mona, 235_00)  # £10.00 less, of which the NHS keeps its part
    social_care = 235_00 - budget.result["nhs_pence_per_week"]
    assert charges_of(mixed)[0].result["free_pence_per_week"] == 132_50
    assert budget.result["charge_pence_per_week"] == social_care - 132_50 < 20_00
    assert list(replay()) == [None]


def test_letters_say_which_lines_are_free_and_until_when(mixed, bea, mona):
    actions.submit_plan(plan=mixed, version=mixed.version, by=bea, on=TODAY)
    said = words(letter_of(charges_of(mixed)[0]))
    for sentence in (
        "Visits: free until 17 January 2027",
        "After 17 January 2027 more of your budget can be charged for.",
        "Support worker: free",
        "Ramp: free",
        "The rest, which can be charged for",
    ):
        assert sentence in said
    plan = words(plan_document(mixed))
    assert "Free by law. It is after-care under section 117, which nobody may be charged for." in plan
    assert "The last free day is 17 January 2027." in plan


def test_a_new_plan_asks_again_once_section_117_was_found(agreed_plan, bea):
    """Lines of a plan that was agreed before anybody knew are not taken to be ordinary."""
    case = agreed_plan.case
    found_funded(case, bea)
    type(case).objects.filter(pk=case.pk).update(stage="planning")
    case.refresh_from_db()
    plan = actions.start_plan(case=case, by=bea, on=TODAY + timedelta(days=1))
    assert [line.exemption for line in plan.lines.all()] == [""]


@pytest.fixture
def agreed_plan(submitted, bea, mona, ada_user):
    sign(submitted, mona, 185_00)
    actions.agree(plan=submitted, version=submitted.version, how="Signed in", by=ada_user, on=TODAY)
    return submitted
