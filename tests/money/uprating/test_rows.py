"""What becomes of each person's row: set apart, left out, taken out, with a fault, told; and small numbers hidden."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import inputs_as_checked
from leeway.care.people.models import StoryLine
from leeway.care.planning.actions import NewCharge, charge_many
from leeway.care.planning.models import Way
from leeway.law import law_on
from leeway.law.charge_case import read_case
from leeway.law.charge_numbers import Means
from leeway.law.charging import charge, columns_of_means
from leeway.law.uprating import Steps, differences, raised, rates_on, with_raised
from leeway.messages.models import Message
from leeway.money.budgets.actions import end_budget
from leeway.money.budgets.models import Budget
from leeway.money.funders.actions import Pays, add_funder, share_line, the_council
from leeway.money.payments.queries import findings
from leeway.money.uprating import actions, applying, queries, telling
from leeway.money.uprating.jobs import carry_on
from leeway.money.uprating.relations import RELATIONS
from leeway.money.uprating.states import RowState, State
from leeway.money.uprating.working_out import last_charge, with_facts
from leeway.refusal import Refusal
from tests.money.uprating.conftest import APRIL, CHECKED, MEANS, ON, WRONG

BEFORE, AFTER = law_on(date(2026, 4, 5)), law_on(APRIL)


def states(batch):
    return {str(row.case.person): row.state for row in batch.rows.select_related("case__person")}


def test_what_is_set_apart_and_what_is_left_out(charged, batch_at, finn):
    charged("Amy")
    under_way = charged("Bob").case
    FinancialAssessment.objects.create(case=under_way, started_on=ON)
    ending = charged("Cid")
    end_budget(
        cover="Her family, from then on", budget=ending, ends_on=date(2026, 3, 31), reason="Moving away", by=finn, on=ON
    )
    birthday = charged("Dot", born=date(2000, 12, 1), income=[{"kind": "private_pension", "pence_per_week": 200_00}])
    batch = batch_at("worked out")
    assert states(batch) == {
        "Amy Example": RowState.CHANGES,
        "Bob Example": RowState.SET_APART,
        "Cid Example": RowState.LEFT_OUT,
        "Dot Example": RowState.SET_APART,
    }
    assert "not decided yet" in batch.rows.get(budget=birthday).why
    assert "money check is under way" in batch.rows.get(case=under_way).why


def test_whose_charge_would_rise_too_far_is_set_apart(charged, batch_at):
    """With two pensions and an allowance that all go up, and without the limit of £25 a week."""
    pension = {"kind": "state_pension", "pence_per_week": 230_25}
    charged("Amy", income=[pension, *MEANS["income"]], lines=((Way.COUNCIL_MANAGED, 900_00, 0),))
    charged("Bob", income=[pension] * 5, lines=((Way.COUNCIL_MANAGED, 1200_00, 0),))
    batch = batch_at("worked out")
    amy, bob = (batch.rows.get(case__person__given_name=name) for name in ("Amy", "Bob"))
    assert amy.state == RowState.CHANGES and amy.more_pence == 11_05 + 4_20 - 8_85
    assert bob.state == RowState.SET_APART and "more than £25.00 is decided one by one" in bob.why


def test_no_charge_rises_into_money_that_nobody_is_charged_for(charged, batch_at, finn):
    facts = {"starts_on": None, "ends_on": None, "purpose": "", "conditions": "", "total_pence": None}
    fund = add_funder(
        kind="legacy_fund", name="Living fund", code="LF", means_tested=False, **facts, by=finn, on=CHECKED
    )  # fmt: skip

    def shared(budget):
        rest_pence = budget.cost_pence_per_week - budget.charge_pence_per_week
        pays = [Pays(fund, rest_pence), Pays(the_council(on=ON))]
        share_line(
            line=budget.plan.lines.get(), starts_on=APRIL, ends_on=None, method="capped", pays=pays,
            reason="The fund agreed it in March", by=finn, on=ON,
        )  # fmt: skip

    more = {"income": [{"kind": "state_pension", "pence_per_week": 230_25}, *MEANS["income"]]}
    amy, bob = (charged(name, **more, lines=((Way.COUNCIL_MANAGED, 900_00, 0),)) for name in ("Amy", "Bob"))
    shared(amy)
    batch = batch_at("approved")
    assert states(batch) == {"Amy Example": RowState.SET_APART, "Bob Example": RowState.CHANGES}
    shared(bob)
    batch = batch_at("applied", batch=batch)
    for budget, state in ((amy, RowState.SET_APART), (bob, RowState.TAKEN_OUT)):
        row = batch.rows.get(budget=budget)
        assert row.state == state and "may be charged for. Say first who pays" in row.why
    assert list(findings()) == []


def test_who_changed_meanwhile_is_taken_out_and_nobody_pays_another_figure(charged, batch_at):
    amy, bob = charged("Amy"), charged("Bob")
    batch = batch_at("approved")
    richer = MEANS | {"income": [{"kind": "private_pension", "pence_per_week": 250_00}]}
    FinancialAssessment.objects.create(case=bob.case, started_on=CHECKED, completed_on=ON, basis="full", means=richer)
    batch = batch_at("applied", batch=batch)
    assert states(batch) == {"Amy Example": RowState.APPLIED, "Bob Example": RowState.TAKEN_OUT}
    assert "changed meanwhile" in batch.rows.get(budget=bob).why
    amy.refresh_from_db(), bob.refresh_from_db()
    assert hasattr(amy, "ending") and not hasattr(bob, "ending") and list(findings()) == []


def test_one_faulty_record_holds_up_no_other(charged, batch_at, monkeypatch):
    for name in ("Amy", "Bob", "Cid", "Dot", "Eve"):
        charged(name)
    batch = batch_at("approved")
    broken = batch.rows.order_by("pk")[3]
    real = applying.charge_many

    def fails(*, wanted, **by_on):
        if any(each.case.pk == broken.case_id for each in wanted):
            raise RuntimeError("a record that cannot be read")
        return real(wanted=wanted, **by_on)

    monkeypatch.setattr(applying, "charge_many", fails)
    batch = batch_at("applied", batch=batch)
    assert sorted(states(batch).values()) == [*[RowState.APPLIED] * 4, RowState.TAKEN_OUT]
    assert "has a fault" in batch.rows.get(pk=broken.pk).why and list(findings()) == []
    assert StoryLine.objects.filter(kind="charge_uprated").count() == 4


def test_letters_are_written_once_and_never_late_without_a_reason(charged, batch_at, finn):
    charged("Amy")
    batch = batch_at("told")
    (message,) = Message.objects.filter(template="charge_uprated")
    row = batch.rows.get()
    for words in ("From that day you pay", "Attendance Allowance from £110.40 to £114.60", "You can ask us to look"):
        assert words in message.body
    assert f"£{row.after_pence / 100:.2f}" in message.body and batch.state == State.TOLD
    batch_at("undone", batch=batch)
    (back,) = Message.objects.filter(template="charge_taken_back")
    assert WRONG.rstrip(".") in back.body and "we are sorry" in back.body


def test_late_letters_say_so(charged, batch_at, finn):
    charged("Amy")
    late = date(2026, 3, 20)
    batch = batch_at("applied", on=late)
    with pytest.raises(Refusal, match="Say why they are late") as refused:
        actions.begin_to_tell(batch=batch, by=finn, on=late)
    assert refused.value.field == "late_because"
    why = "The figures of the law reached us late this year."
    carry_on(str(actions.begin_to_tell(batch=batch, late_because=why, by=finn, on=late).pk))
    (message,) = Message.objects.filter(template="charge_uprated")
    assert "We are sorry that this letter is late" in message.body and why in message.body


def test_what_was_built_on_is_kept_and_listed(charged, batch_at, finn):
    amy, bob = charged("Amy"), charged("Bob")
    batch = batch_at("applied")
    after = batch.rows.get(budget=bob).budget_after
    end_budget(
        cover="Her family, from then on", budget=after, ends_on=date(2026, 3, 17), reason="Moving away", by=finn, on=ON
    )
    batch = batch_at("undone", batch=batch)
    assert batch.rows.get(budget=amy).state == RowState.TAKEN_BACK
    row = batch.rows.get(budget=bob)
    assert row.state == RowState.KEPT and "rests on it" in row.why and list(findings()) == []


AMYS = "(SELECT r.id FROM uprating_row AS r JOIN people_case AS c ON c.id = r.case_id ORDER BY r.id LIMIT 1)"
#: What is bent of a batch that everybody was told of, and of one that was undone; and what is said of it.
TOLD_BENT = [
    (
        f"UPDATE uprating_row SET after_pence = after_pence + 1, by_law_pence = by_law_pence + 1 WHERE id = {AMYS}",
        "its budget or its decision",
    ),
    (
        "UPDATE budgets_budget SET charge_pence_per_week = charge_pence_per_week + 1, "
        "council_pence_per_week = council_pence_per_week - 1 WHERE starts_on = '2026-04-06'",
        "its budget or its decision",
    ),
    (f"UPDATE uprating_row SET budget_after_id = NULL WHERE id = {AMYS}", "does not fit that"),
    (f"UPDATE uprating_row SET state = 'changes' WHERE id = {AMYS}", "does not fit that"),
    (f"UPDATE uprating_row SET state = 'taken_back' WHERE id = {AMYS}", "was not taken back"),
    (
        "UPDATE uprating_batch SET state = 'undone', undone_by_id = made_by_id, undone_on = made_on, "
        "undone_because = 'so'",
        "is “undone”, and row",
    ),
    ("UPDATE uprating_batch SET state = 'approved'", "is “approved”, and row"),
    (f"DELETE FROM outbox_message WHERE key = 'uprated:' || {AMYS}", "0 letters about it"),
    (f"UPDATE uprating_row SET told_on = NULL WHERE id = {AMYS}", "says that letters were written"),
    (
        "INSERT INTO outbox_message SELECT (m).* FROM (SELECT jsonb_populate_record(NULL::outbox_message, "
        "to_jsonb(x) || jsonb_build_object('id', gen_random_uuid(), 'recipient_id', gen_random_uuid())) AS m "
        "FROM outbox_message AS x WHERE template = 'charge_uprated') AS again",
        "2 letters about it",
    ),
]
UNDONE_BENT = [
    ("UPDATE uprating_row SET before_pence = before_pence + 1, after_pence = after_pence + 1", "was taken back to"),
    ("UPDATE assessment_putup SET taken_back_on = NULL, taken_back_by_id = NULL", "was not taken back"),
    ("UPDATE uprating_row SET budget_again_id = NULL", "was not taken back"),
    ("UPDATE uprating_row SET state = 'applied'", "is “undone”, and row"),
]


@pytest.mark.parametrize(("to", "bent"), [("told", TOLD_BENT), ("undone", UNDONE_BENT)])
def test_what_is_bent_of_a_batch_is_found(charged, batch_at, guards_aside, to, bent):
    charged("Amy")
    charged("Bob")
    batch_at(to)
    assert list(findings()) == []
    for sql, said in bent:
        point = transaction.savepoint_create()
        guards_aside(sql)
        told = [finding for relation in RELATIONS for finding in relation.findings()]
        assert any(said in finding for finding in told), (sql, told)
        transaction.savepoint_rollback(point)


def test_benefits_that_a_later_charge_rests_on_stay_put_up(charged, batch_at, finn):
    budget = charged("Ann", lines=((Way.COUNCIL_MANAGED, 30_00, 0),))
    other = charged("Ben", lines=((Way.COUNCIL_MANAGED, 30_00, 0),))
    batch = batch_at("told")
    row, alone = (batch.rows.get(budget=each) for each in (budget, other))
    assert row.raised and row.charge_after is None, "the same is paid, by benefits that went up"
    charge, later = last_charge(with_facts(Budget.objects.filter(pk=budget.pk)).get()), date(2026, 6, 1)
    second = NewCharge(
        plan=budget.plan,
        case=budget.case,
        day=later,
        inputs=inputs_as_checked(charge, later),
        because=["a second look"],
    )
    charge_many(wanted=[second], by=finn, on=ON)
    batch_at("undone", batch=batch)
    row.refresh_from_db(), alone.refresh_from_db()
    assert row.state == RowState.KEPT and "rests on it" in row.why and row.put_up.taken_back_on is None
    assert alone.state == RowState.TAKEN_BACK and alone.put_up.taken_back_on == ON


def test_one_letter_that_cannot_be_written_holds_up_no_other(charged, batch_at, monkeypatch, client, finn):
    charged("Amy"), charged("Bob")
    batch = batch_at("applied")
    broken = batch.rows.order_by("pk").first()
    real = telling.write_to_person

    def fails(*, case, **said):
        if case.pk == broken.case_id:
            raise RuntimeError("an address that cannot be read")
        return real(case=case, **said)

    monkeypatch.setattr(telling, "write_to_person", fails)
    batch = batch_at("told", batch=batch)
    broken.refresh_from_db()
    assert batch.state == State.TOLD and Message.objects.filter(template="charge_uprated").count() == 1
    assert (broken.state, broken.told_on, broken.why) == (RowState.APPLIED, None, telling.NOT_WRITTEN)
    client.force_login(finn)
    assert "1 letter could not be written" in client.get(reverse("uprating:show", args=[batch.pk])).content.decode()
    batch_at("undone", batch=batch)
    assert Message.objects.filter(template="charge_taken_back").count() == 1, "who was told of nothing is told no more"


def test_nothing_is_applied_past_the_two_approvals(charged, batch_at):
    charged("Amy")
    batch = batch_at("worked out")
    for sql in (
        "UPDATE uprating_batch SET state = 'applying'",
        "UPDATE uprating_row SET state = 'applied'",
        "UPDATE uprating_row SET after_pence = after_pence + 1",
        "DELETE FROM uprating_row",
        "UPDATE uprating_batch SET state = 'checked', checked_by_id = made_by_id, checked_on = made_on",
    ):
        with pytest.raises((InternalError, IntegrityError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(sql)
    batch.refresh_from_db()
    assert batch.state == State.WORKED_OUT


def test_small_groups_are_hidden_and_cannot_be_worked_out():
    group = queries.group
    shown = queries.hidden([group("A", [1] * 3), group("B", [1] * 9), group("C", [1] * 7)])
    assert [each.people for each in shown] == [None, 9, None]
    assert [each.people for each in queries.hidden([group("A", [1] * 9), group("B", [1] * 7)])] == [9, 7]


PERSON = st.fixed_dictionaries(
    {
        "age": st.sampled_from([19, 24, 30, 59, 70, 88]),
        "household": st.sampled_from(["single", "couple"]),
        "premiums": st.sampled_from([[], ["disability"], ["disability", "enhanced_disability"], ["carer"]]),
        "income": st.lists(
            st.one_of(
                st.builds(lambda p: {"kind": "private_pension", "pence_per_week": p}, st.integers(0, 400_00)),
                st.sampled_from(
                    [
                        {"kind": "attendance_allowance", "pence_per_week": pence, "covers": "day_or_night"}
                        for pence in (73_90, 110_40, 80_00)
                    ]
                    + [{"kind": "state_pension", "pence_per_week": pence} for pence in (230_25, 176_45, 150_00)]
                ),
            ),
            max_size=4,
        ),
        "capital_pence": st.integers(0, 30_000_00),
        "personal_budget_pence_per_week": st.integers(0, 500_00),
    }
)


NAMES = ("before", "a_day_later", "by_new_law", "put_up", "priced")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PERSON, min_size=1, max_size=6))
def test_many_and_one_by_one_agree_to_the_penny_and_reasons_add_up(people):
    before, after = rates_on(BEFORE), rates_on(AFTER)
    old, new = (law.only("charging", "charging_policy") for law in (BEFORE, AFTER))
    steps, alone = [], []
    for person in people:
        case = person | {"pension_age": person["age"] >= 68}
        rows = [each.as_json() for each in raised(case["income"], before, after)]
        put_up = with_raised(case, rows)
        dearer = put_up | {"personal_budget_pence_per_week": person["personal_budget_pence_per_week"] * 21 // 20}
        on_the_way = ((case, old), (case, old), (case, new), (put_up, new), (dearer, new))
        means = [read_case(one, law).means for one, law in on_the_way]
        steps.append(Steps(**dict(zip(NAMES, means, strict=True))))
        alone.append([charge(one, law).result["charge_pence_per_week"] for one, law in (on_the_way[0], on_the_way[-1])])
    columns = Steps(**{name: Means(**columns_of_means([getattr(each, name) for each in steps])) for name in NAMES})
    found = differences(columns, BEFORE, AFTER)
    assert [list(pair) for pair in zip(found.before.tolist(), found.after.tolist(), strict=True)] == alone
    assert (found.before + sum(found.why.values()) == found.after).all()
    for one, (was, now) in zip(steps, alone, strict=True):
        single = differences(one, BEFORE, AFTER)
        assert (single.before, single.after) == (was, now) and was + sum(single.why.values()) == now
