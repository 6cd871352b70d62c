"""The council's books: the year in sums, month-ends and journals that add back to the ledger to the penny."""

import csv
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import yaml
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.planning.models import Way
from leeway.law.numbers import decimal_pounds
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.actions.starting import go_on
from leeway.money.budgets.models import Budget
from leeway.money.contributions.actions import let_fall_due
from leeway.money.figures import actions, queries
from leeway.money.figures.general_ledger import SHIPPED, general_ledger, what_is_wrong
from leeway.money.figures.journal import accruals, moved
from leeway.money.figures.models import Journal, MonthEnd, YearBudget
from leeway.money.figures.month_end import Stands, in_sums, items
from leeway.money.ledger.actions import NewTransfer, open_account, transfer
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.money.proving import findings
from leeway.refusal import NotAllowed, Refusal

pytestmark = pytest.mark.django_db

MANAGED, DIRECT = Way.COUNCIL_MANAGED, Way.DIRECT_PAYMENT
ON, STARTS, END = date(2026, 4, 20), date(2026, 4, 22), date(2026, 4, 30)


@pytest.fixture
def ana():
    return User.objects.create_user("ana@council.example", "correct horse", name="Ana Silva", roles=[Role.ANALYST])


@pytest.fixture
def budget(case, agree, finn):
    """Ada's managed account of £70 a week from 22 April: the NHS pays half, she pays £10.50."""
    return start_budget(plan=agree(case, (MANAGED, 70_00, 50), charge_pence=10_50), by=finn, on=ON)


def at(day):
    return {(line["kind"], line["way"]): line["pence"] for line in in_sums(items(day))}


def test_a_month_end_tells_what_is_owed_for_days_gone_by_and_what_fell_due_ahead(budget):
    """Nine days until the end of April: £90 of support. Both shares fell due to 26 April, then for four weeks."""
    let_fall_due(on=END)
    nhs, person = 5 * 5_00 + 4 * 35_00, 5 * 1_50 + 4 * 10_50
    stood = at(END)
    assert stood[Stands.NOT_INVOICED, MANAGED] == 90_00
    assert (stood[Stands.NHS_OWES, ""], stood[Stands.PEOPLE_OWE, ""]) == (nhs, person)
    assert (stood[Stands.NHS_DUE_AHEAD, MANAGED], stood[Stands.DUE_AHEAD, MANAGED]) == (24 * 5_00, 24 * 1_50)
    assert set(stood) == {(Stands.NOT_INVOICED, MANAGED), (Stands.NHS_OWES, ""), (Stands.PEOPLE_OWE, ""),
                          (Stands.NHS_DUE_AHEAD, MANAGED), (Stands.DUE_AHEAD, MANAGED)}  # fmt: skip


def test_income_for_days_to_come_is_taken_off_the_account_of_whose_income_it_is(budget, finn):
    month_end = actions.take_month_end(ends_on=END, reason="", by=finn, on=date(2026, 5, 2))
    debits = {line["account"]: line["debit_pence"] for line in accruals(month_end, general_ledger())}
    assert (debits["7101"], debits["7201"]) == (24 * 5_00, 24 * 1_50)


def test_what_was_agreed_of_a_providers_invoice_is_no_longer_open_as_planned(budget, finn):
    provider = open_account(kind=Kind.OWED_TO_PROVIDER, name=str(uuid4()), by=finn, on=ON)
    moved_to = {"debit": provider.pk, "credit": budget.committed_id, "reason": Reason.DELIVERED}
    new = NewTransfer(id=uuid4(), amount_pence=60_00, effective_date=date(2026, 4, 29), about=uuid4(), **moved_to)
    transfer(new=new, by=finn, on=END)
    assert at(date(2026, 4, 28))[Stands.NOT_INVOICED, MANAGED] == 70_00
    assert at(END)[Stands.NOT_INVOICED, MANAGED] == 30_00


def test_a_direct_payment_is_paid_ahead_until_its_days_are_gone_and_then_the_next_is_owed(world):
    """Ada is paid on 20 April for five days from the 22nd. Two are gone on the 23rd, all on the 26th; none follows."""
    world("confirmed")
    paid = Transfer.objects.get(reason="payment_sent").amount_pence
    assert (Stands.PREPAID, DIRECT) not in at(date(2026, 4, 19))
    assert at(date(2026, 4, 23))[Stands.PREPAID, DIRECT] == paid - -(-paid * 2 // 5)
    assert set(at(date(2026, 4, 26))) == set()
    assert at(END)[Stands.ACCRUED, DIRECT] == -(-paid * 4 // 5)


def test_what_was_paid_beyond_an_end_is_to_be_settled(world):
    made = world("confirmed")
    paid = Transfer.objects.get(reason="payment_sent").amount_pence
    end_budget(
        cover="Her family, from then on",
        budget=made.budget,
        ends_on=date(2026, 4, 23),
        reason="Moved away for good",
        by=made.finn,
        on=END,
    )
    assert at(END) == {(Stands.TO_SETTLE, DIRECT): paid - -(-paid * 2 // 5)}


def test_what_was_paid_for_days_under_a_budget_that_fell_is_paid_ahead_under_the_next(world):
    """£71.43 is paid for five days from 22 April; from the 24th a week is £30: £29.99 of it is for 27 April and on."""
    made = world("confirmed")
    old = made.budget.charge
    decided = {"case": made.budget.case, "software_version": "test", "steps": [], "reasons": [], "because": ["x"]}
    charge = Decision.objects.create(
        kind=DecisionKind.CHARGE, law_on=date(2026, 4, 24), inputs=old.inputs, decided_by=made.mona, decided_on=STARTS,
        result=old.result | {"charge_pence_per_week": old.result["charge_pence_per_week"] + 70_00}, **decided,
    )  # fmt: skip
    made.budget.plan.charges.add(charge)
    go_on(Budget.objects.get(pk=made.budget.pk), charge, made.finn, STARTS)
    paid = [at(date(2026, 4, day)) for day in range(22, 28)]
    assert [sorted(stood) for stood in paid] == [[(Stands.PREPAID, DIRECT)]] * 6
    ahead = [stood[Stands.PREPAID, DIRECT] for stood in paid]
    left = 71_43 - 28_58
    assert ahead == [71_43 - 14_29, left, left - 4_29, left - 8_58, left - 12_86, left - 12_86 - 4_29]


def test_a_month_end_is_kept_as_it_was_and_taken_again_only_for_a_reason(budget, finn, ana):
    first = actions.take_month_end(ends_on=END, reason="", by=finn, on=date(2026, 5, 2))
    with pytest.raises(Refusal, match="Say what changed"):
        actions.take_month_end(ends_on=END, reason="", by=finn, on=date(2026, 5, 3))
    again = actions.take_month_end(ends_on=END, reason="A late plan was started.", by=finn, on=date(2026, 5, 3))
    assert (first.number, again.number) == (1, 2)
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("UPDATE figures_monthend SET lines = '[]'")


@pytest.mark.parametrize(("day", "on"), [(date(2026, 4, 29), date(2026, 5, 2)), (END, END)])
def test_a_month_that_is_not_over_or_no_month_is_refused(finn, day, on):
    with pytest.raises(Refusal, match="last day of a month that is over"):
        actions.take_month_end(ends_on=day, reason="", by=finn, on=on)


def test_an_analyst_sees_the_books_and_keeps_none_and_an_assessor_sees_none(budget, ana, bea):
    assert queries.books(seen_by=ana, on=END).whole.people == 1
    with pytest.raises(NotAllowed):
        actions.take_month_end(ends_on=END, reason="", by=ana, on=date(2026, 5, 2))
    with pytest.raises(NotAllowed):
        queries.books(seen_by=bea, on=END)


def test_the_year_is_told_by_group_way_and_payer_and_each_table_adds_up(budget, finn):
    """£70 a week for 344 days from 22 April to 31 March: £3,440, of which the NHS £1,720 and Ada £516."""
    books = queries.books(seen_by=finn, on=END)
    year = {line.name: line.outturn.if_nothing_changes_pence for line in books.payers}
    assert year == {"The council": 120_400, "The NHS": 172_000, "People themselves": 51_600}
    for lines in (books.groups, books.ways):
        assert sum(line.outturn.if_nothing_changes_pence for line in lines) == 120_400
        assert sum(line.outturn.until_today_pence for line in lines) == 9 * 3_50
    assert books.whole.outturn.expected_pence is None  # one month is no past


def test_a_budget_of_the_year_is_set_for_a_reason_and_the_last_one_counts(budget, finn, fay):
    group = queries.books(seen_by=finn, on=END).groups[0].name
    given = {"year": END, "client_group": group, "on": END}
    actions.set_year_budget(**given, amount_pence=2_000_00, reason="Agreed in February", seen=0, by=finn)
    with pytest.raises(Refusal, match="Somebody set another amount"):
        actions.set_year_budget(**given, amount_pence=1_00, reason="A second press", seen=0, by=fay)
    actions.set_year_budget(**given, amount_pence=1_000_00, reason="Moved to equipment", seen=1, by=fay)
    line = queries.books(seen_by=finn, on=END).groups[0]
    assert (line.budget.amount_pence, YearBudget.objects.count()) == (1_000_00, 2)


def test_every_movement_is_in_one_journal_whose_debits_are_its_credits(budget, finn):
    let_fall_due(on=END)
    today = Transfer.objects.first().made_at.date()
    with pytest.raises(Refusal, match="a day that is over"):
        actions.make_journal(ends_on=today, by=finn, on=today)
    with pytest.raises(Refusal, match="No money had moved by then"):
        actions.make_journal(ends_on=today - timedelta(1), by=finn, on=today)
    first = actions.make_journal(ends_on=today, by=finn, on=today + timedelta(1))
    assert first.transfers == Transfer.objects.count()
    assert sum(line["debit_pence"] for line in first.lines) == sum(line["credit_pence"] for line in first.lines) > 0
    with pytest.raises(Refusal, match="Choose a later day"):
        actions.make_journal(ends_on=today, by=finn, on=today + timedelta(1))
    then = actions.make_journal(ends_on=today + timedelta(1), by=finn, on=today + timedelta(2))
    assert (then.starts_on, then.transfers, then.lines) == (today + timedelta(1), 0, [])
    assert list(findings()) == []


def test_a_journal_that_was_bent_is_found(budget, finn):
    today = Transfer.objects.first().made_at.date()
    journal = actions.make_journal(ends_on=today, by=finn, on=today + timedelta(1))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE figures_journal SET transfers = transfers - 1")
    assert any(f"Journal {journal.number} says" in finding for finding in findings())


def test_what_comes_back_is_the_same_two_accounts_the_other_way_round(budget, finn):
    mapping = general_ledger()
    there = mapping.accounts_of("fell_due", "expected_person", "owed_by_person")
    assert mapping.accounts_of("no_longer_due", "owed_by_person", "expected_person") == there[::-1]
    assert mapping.accounts_of("funding", "available", "funder_council") is None
    today = Transfer.objects.first().made_at.date()
    let_fall_due(on=END)
    before = moved(today, today, mapping)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=STARTS,
        reason="Went to live with family",
        by=finn,
        on=END,
    )
    after = moved(today, today, mapping)
    client = {line["account"]: line for line in after.lines if line["description"] == "Share not due after all"}
    assert before.transfers < after.transfers and {"9201", "9202"} <= set(client)


def test_every_movement_of_the_ledger_and_every_amount_of_a_month_end_has_its_account():
    assert what_is_wrong(general_ledger()) == []


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda told: told["movements"].pop("received"), "“received owed_by_nhs funder_nhs” stands nowhere"),
        (lambda told: told["accounts"].pop("bank"), "“bank” is none of its accounts"),
        (lambda told: told["cost_centres"].pop("other"), "“other” of its cost centres is missing"),
        (lambda told: told.pop("month_end"), "KeyError"),
    ],
    ids=["a movement", "an account", "a cost centre", "a heading"],
)
def test_a_mapping_that_leaves_something_out_is_refused_by_name(tmp_path, settings, bend, says):
    told = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    bend(told)
    settings.GENERAL_LEDGER = tmp_path / "own.yaml"
    settings.GENERAL_LEDGER.write_text(yaml.safe_dump(told), encoding="utf-8")
    with pytest.raises(Refusal, match=says):
        general_ledger()


def test_the_pages_show_it_take_it_and_give_it_as_files(budget, client, finn):
    client.force_login(finn)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("figures:home"))
    assert len(asked) <= 10 and "The council’s books" in page.content.decode()
    group = queries.books(seen_by=finn, on=END).groups[0].name
    address = f"{reverse('figures:budget')}?group={group}"
    assert client.get(f"{reverse('figures:budget')}?group=Nobody").status_code == 404
    refused = client.post(address, {"amount_pence": "ten", "reason": "", "seen": "0"}).content.decode()
    assert "Say what the amount rests on" in refused and "ten" in refused
    assert (
        client.post(address, {"amount_pence": "2,000", "reason": "Agreed in February", "seen": "0"}).status_code == 302
    )
    day = {"ends_on_day": "30", "ends_on_month": "4", "ends_on_year": "2026", "reason": ""}
    taken = client.post(reverse("figures:month_ends"), day)
    assert taken.status_code == 302
    assert "£90" in client.get(taken["Location"]).content.decode()
    rows = list(csv.DictReader(StringIO(client.get(f"{taken['Location']}journal.csv").content.decode())))
    assert (
        sum(float(row["Debit"] or 0) for row in rows)
        == sum(float(row["Credit"] or 0) for row in rows)
        == 2 * (90 + 156)
    )
    assert {row["Date"] for row in rows} == {"2026-04-30", "2026-05-01"}


@pytest.mark.parametrize("many", [0, 1_000], ids=["by a job", "at once"])
def test_a_month_is_taken_again_on_its_page(budget, client, finn, settings, work, many):
    settings.AT_ONCE_MOST = many
    client.force_login(finn)
    day = {"ends_on_day": "30", "ends_on_month": "4", "ends_on_year": "2026"}
    actions.take_month_end(ends_on=END, reason="", by=finn, on=date(2026, 5, 2))
    assert client.post(reverse("figures:month_ends"), day | {"reason": "A late plan was started."}).status_code == 302
    work()
    assert MonthEnd.objects.first().reason == "A late plan was started."


def test_the_finance_return_adds_back_to_the_ledger_and_each_sum_says_what_stands_behind_it(budget, client, finn):
    """£70 a week for nine days of April, half from the NHS: £90 gross, of which £45, £13.50 and £31.50."""
    made = actions.make_finance_return(ends_on=END, by=finn, on=date(2026, 5, 1))
    (line,) = made.lines
    assert (line["setting"], line["age"], line["people"]) == ("Community: other long-term support", "18 to 64", 1)
    paid = [line[f"{name}_pence"] for name in ("gross", "nhs", "person", "council")]
    assert paid == [90_00, 45_00, 13_50, 31_50]
    client.force_login(finn)
    page = client.get(reverse("figures:finance_return", args=[made.pk])).content.decode()
    assert "£31.50" in page and str(budget.case.person) not in page
    behind = client.get(reverse("figures:finance_return_rows", args=[made.pk])).content.decode()
    rows = list(csv.DictReader(StringIO(behind)))
    assert sum(round(100 * float(row["Amount"])) for row in rows) == 90_00
    assert {row["Case"] for row in rows} == {str(budget.case_id)}


def test_a_return_of_days_to_come_is_refused(budget, client, finn):
    client.force_login(finn)
    day = timezone.localdate()
    sent = {"ends_on_day": day.day, "ends_on_month": day.month, "ends_on_year": day.year}
    for page in ("figures:finance_returns", "figures:journals"):
        assert "day that is over" in client.post(reverse(page), sent).content.decode()


def test_a_journal_file_is_in_pounds_and_names_nobody(budget, client, finn):
    let_fall_due(on=END)
    today = Transfer.objects.first().made_at.date()
    journal = actions.make_journal(ends_on=today, by=finn, on=today + timedelta(1))
    client.force_login(finn)
    text = client.get(reverse("figures:journal_csv", args=[journal.pk])).content.decode()
    assert Journal.objects.count() == 1 and "LEEWAY-00001" in text and str(budget.case.person.family_name) not in text
    owed = next(line for line in journal.lines if line["account"] == "9202")
    assert f",{decimal_pounds(owed['debit_pence'])},," in text
