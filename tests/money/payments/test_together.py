"""One Bacs file for several approved runs: each on its own day, given to the bank once, or taken apart again."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.access.models import Look
from leeway.care.planning.models import Way
from leeway.money.banking import bacs18, working_days
from leeway.money.budgets.actions import place_hold, start_budget
from leeway.money.budgets.models import HoldKind
from leeway.money.ledger.models import Transfer
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.bank_files import Credits, bacs_file
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.models import FileOfRuns, PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.states import State
from leeway.money.payments.together import put_together, record_file_sent, take_apart, text_of
from leeway.money.payments.withdrawing import redate_run, withdraw_run
from leeway.refusal import NotAllowed, Refusal

ON, FIRST, SECOND, THIRD = date(2026, 4, 20), date(2026, 4, 24), date(2026, 4, 27), date(2026, 5, 5)


@pytest.fixture(autouse=True)
def on_20_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)


@pytest.fixture
def started(another_case, agree, bank, finn):
    """Give somebody £100 a week as a direct payment from a day."""

    def start(name, number, starts_on=date(2026, 4, 22)):
        case = another_case(name)
        bank(case, account_number=number, name=name)
        return start_budget(
            plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0), starts_on=starts_on), by=finn, on=date(2026, 4, 1)
        )

    return start


@pytest.fixture
def runs(started, finn, fay):
    """Two approved runs, of Friday and of Monday."""
    started("Amy", "12345678"), started("Bob", "22345678", date(2026, 4, 27))
    return [approve_run(run=make_run(pay_on=day, by=finn, on=ON), by=fay, on=ON) for day in (FIRST, SECOND)]


def keys(runs):
    return [run.pk for run in runs]


@pytest.fixture
def file(runs, finn):
    return put_together(runs=keys(runs), by=finn, on=ON)


def test_each_run_is_paid_on_its_own_day_and_the_file_says_what_the_runs_say(file, runs):
    read = bacs18.read(text_of(file))
    assert read.serial_number == file.number == 3 and read.created_on == ON
    assert {day: len(credits) for day, credits in read.credits_by_day.items()} == {
        date(2026, 4, 23): runs[0].payments_count,
        date(2026, 4, 24): runs[1].payments_count,
    }
    carried = [bacs18.as_carried(credit) for credit in Credits(runs)]
    assert list(read.credits) == carried
    assert read.total_pence == file.total_pence == sum(run.total_pence for run in runs)
    assert text_of(file) == text_of(FileOfRuns.objects.get())
    assert list(findings()) == []


def test_the_serial_number_is_of_no_run_before_or_after(file, started, finn):
    started("Cid", "32345678", date(2026, 4, 28))
    assert make_run(pay_on=THIRD, by=finn, on=ON).number == 4 == file.number + 1


def test_runs_of_one_day_are_one_day_of_the_file(started, finn, fay):
    two = []
    for name, number in (("Amy", "12345678"), ("Bob", "22345678")):
        started(name, number)
        two.append(approve_run(run=make_run(pay_on=FIRST, by=finn, on=ON), by=fay, on=ON))
    read = bacs18.read(text_of(put_together(runs=keys(two), by=finn, on=ON)))
    assert [len(credits) for credits in read.credits_by_day.values()] == [2]


def test_all_runs_are_sent_at_once_or_none(file, runs, finn, fay):
    with pytest.raises(Refusal, match="does not reach people on 24 April 2026"):
        record_file_sent(file=file, sent_on=date(2026, 4, 23), by=finn, on=date(2026, 4, 23))
    assert not Transfer.objects.filter(reason="payment_sent").exists()
    told = []
    record_file_sent(file=file, sent_on=ON, by=finn, on=ON, progress=lambda *, done, of: told.append((done, of)))
    assert told == [(0, file.payments_count), (runs[0].payments_count, file.payments_count)]
    assert {run.state for run in PaymentRun.objects.all()} == {State.SENT}
    assert Transfer.objects.filter(reason="payment_sent").count() == sum(run.payments_count for run in runs)
    for again in (
        lambda: record_file_sent(file=file, sent_on=ON, by=fay, on=ON),
        lambda: take_apart(file=file, reason="It has none", by=fay, on=ON),
    ):
        with pytest.raises(Refusal, match="sent or taken apart already"):
            again()
    assert list(findings()) == []


def test_a_run_in_a_file_has_none_of_its_own_and_goes_nowhere_alone(file, runs, client, finn):
    client.force_login(finn)
    for name in ("bacs", "iso"):
        assert client.get(reverse(f"payments:{name}", args=[runs[0].pk])).status_code == 404
    for call in (
        lambda: record_sent(run=runs[0], sent_on=ON, by=finn, on=ON),
        lambda: redate_run(run=runs[0], pay_on=SECOND, by=finn, on=ON),
        lambda: withdraw_run(run=runs[0], reason="No file was sent", by=finn, on=ON),
    ):
        with pytest.raises(Refusal, match="This run is in the file LEEWAY-000003 with others"):
            call()


def test_taken_apart_each_run_has_its_own_file_again(file, runs, finn, fay):
    alone = bacs_file(runs[0])
    with pytest.raises(Refusal, match="how you know"):
        take_apart(file=file, reason=" ", by=finn, on=ON)
    take_apart(file=file, reason="The bank takes one day at a time; it has none.", by=finn, on=ON)
    run = PaymentRun.objects.get(pk=runs[0].pk)
    assert run.has_files and bacs_file(run) == alone
    record_sent(run=run, sent_on=ON, by=fay, on=ON)
    assert list(findings()) == []
    again = [runs[1].pk, run.pk]
    with pytest.raises(Refusal, match="Run 1 has changed"):
        put_together(runs=again, by=finn, on=ON)


def test_what_no_file_can_have_is_refused(runs, started, finn, fay, bea):
    with pytest.raises(NotAllowed):
        put_together(runs=keys(runs), by=bea, on=ON)
    with pytest.raises(Refusal, match="Choose two runs or more"):
        put_together(runs=keys(runs[:1]), by=finn, on=ON)
    budget = started("Cid", "32345678")
    made = make_run(pay_on=SECOND, by=finn, on=ON)
    with pytest.raises(Refusal, match="Run 3 has changed"):
        put_together(runs=[runs[0].pk, made.pk], by=finn, on=ON)
    with pytest.raises(Refusal, match="Bacs had to have run 1 by 22 April 2026"):
        put_together(runs=keys(runs), by=finn, on=date(2026, 4, 23))
    third = approve_run(run=made, by=fay, on=ON)
    place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="Is ill", last_on=SECOND, by=finn, on=ON)
    with pytest.raises(Refusal, match="may no longer be made"):
        put_together(runs=[runs[0].pk, third.pk], by=finn, on=ON)
    due = started("Dee", "42345678").parts.get().instalments.first()
    faster = make_faster_run(pay_on=FIRST, only=[due.pk], why="She is alone", by=finn, on=ON)
    with pytest.raises(Refusal, match="goes by Faster Payments"):
        put_together(runs=[runs[0].pk, approve_run(run=faster, by=fay, on=ON).pk], by=finn, on=ON)
    assert not FileOfRuns.objects.exists()


def test_runs_that_leave_two_accounts_are_not_put_together(started, finn, fay, settings):
    two = []
    for name, number in (("Amy", "12345678"), ("Bob", "22345678")):
        started(name, number)
        two.append(approve_run(run=make_run(pay_on=FIRST, by=finn, on=ON), by=fay, on=ON))
        settings.BANK_ACCOUNT_NUMBER = "87654321"
    with pytest.raises(Refusal, match="different accounts"):
        put_together(runs=keys(two), by=finn, on=ON)


def test_the_database_holds_it_too(file, runs, finn, fay):
    record_file_sent(file=file, sent_on=ON, by=finn, on=ON)
    for change in (
        lambda: PaymentRun.objects.filter(pk=runs[0].pk).update(file=None),
        lambda: FileOfRuns.objects.update(total_pence=1),
        lambda: FileOfRuns.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def page(client, name, *args, **data):
    address = reverse(f"payments:{name}", args=args)
    response = client.post(address, data, follow=True) if data else client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_pages_from_choosing_to_sent(client, runs, finn, fay, django_assert_max_num_queries, monkeypatch):
    client.force_login(fay)
    chosen = [f"{run.pk} {run.pay_on}" for run in runs]
    assert "One Bacs file for several runs" in page(client, "home")
    assert "Run 2: 27 April 2026" in page(client, "together")
    assert "Choose two runs or more" in page(client, "together", runs=chosen[:1])
    text = page(client, "together", runs=chosen)
    assert "Check the file" in text and "23 April 2026" in text and not FileOfRuns.objects.exists()
    text = page(client, "together", runs=chosen, make="yes")
    file = FileOfRuns.objects.get()
    assert "Give the bank this file by 22 April 2026" in text and "LEEWAY-000003" in text
    assert "No run is approved and not sent" in page(client, "together")
    assert "File LEEWAY-000003</a> with 2 runs: give it to the bank by 22 April 2026" in page(client, "home")
    assert "and has none of its own" in page(client, "show", runs[0].pk)
    answer = client.get(reverse("payments:file_bacs", args=[file.pk]))
    assert answer.getvalue().decode() == text_of(file)
    assert Look.objects.filter(viewer_id=fay.pk, page__startswith="Bank file of payment run").count() == 2
    with django_assert_max_num_queries(25):
        page(client, "file", file.pk)
    text = page(client, "file_send", file.pk, sent_on_day="20", sent_on_month="4", sent_on_year="2026")
    assert "All 2 runs are sent" in text and "Take the file apart" not in text
    assert "Sent to the bank</strong>" in text and "Settled" not in text
    for run in runs:
        confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=SECOND)
    monkeypatch.setattr("leeway.money.payments.settling._tells", [lambda found: found & {runs[0].pk}])
    text = page(client, "file", file.pk)
    assert text.count("Settled</strong>") == text.count("Confirmed</strong>") == 1 and "of all 2 runs" not in text
    monkeypatch.setattr("leeway.money.payments.settling._tells", [set])
    assert "Settled: matched lines of the bank explain every payment of all 2 runs" in page(client, "file", file.pk)
    assert "sent or taken apart already" in page(client, "take_apart", file.pk, reason="It has none at all")


def test_many_payments_are_put_together_sent_and_taken_apart_by_jobs(client, runs, fay, settings, work):
    settings.AT_ONCE_MOST = 1
    client.force_login(fay)
    chosen = [f"{run.pk} {run.pay_on}" for run in runs]
    assert "This waits for its turn" in page(client, "together", runs=chosen, make="yes")
    assert "Being put together: waits for its turn" in page(client, "together")
    assert "Being put together" in page(client, "show", runs[1].pk) and not FileOfRuns.objects.exists()
    assert "“Put 2 payment runs into one file” is under way" in page(client, "withdraw", runs[0].pk, reason="Too early")
    work()
    file = FileOfRuns.objects.get()
    page(client, "take_apart", file.pk, reason="The bank takes one day at a time.")
    assert "Being taken apart" in page(client, "file", file.pk)
    work()
    file.refresh_from_db()
    assert (file.taken_apart_by, file.taken_apart_because) == (fay, "The bank takes one day at a time.")
    page(client, "together", runs=chosen, make="yes")
    work()
    file = FileOfRuns.objects.get(taken_apart_on=None)
    page(client, "file_send", file.pk, sent_on_day="20", sent_on_month="4", sent_on_year="2026")
    work()
    assert {run.state for run in PaymentRun.objects.all()} == {State.SENT} and list(findings()) == []


def test_a_run_with_another_day_than_the_page_showed_is_not_taken(client, runs, finn, fay):
    client.force_login(finn)
    chosen = [f"{run.pk} {run.pay_on}" for run in runs]
    redate_run(run=runs[0], pay_on=THIRD, by=finn, on=ON)
    assert "has changed since you opened the page" in page(client, "together", runs=chosen, make="yes")
    approve_run(run=PaymentRun.objects.get(pk=runs[0].pk), by=fay, on=ON)
    assert "has changed since you opened the page" in page(client, "together", runs=chosen, make="yes")
    assert not FileOfRuns.objects.exists()


def test_a_file_taken_apart_is_not_given_out(client, file, fay):
    client.force_login(fay)
    assert "how you know" in page(client, "take_apart", file.pk, reason="")
    text = page(client, "take_apart", file.pk, reason="The bank takes one day at a time.")
    assert "Taken apart by" in text and "have files of their own again" in text
    assert client.get(reverse("payments:file_bacs", args=[file.pk])).status_code == 404


def test_new_bank_details_after_the_file_was_made_are_told_before_the_bank_has_it(file, runs, client, finn, bank):
    client.force_login(finn)
    address = reverse("payments:file", args=[file.pk])
    assert "may no longer be made" not in client.get(address).content.decode()
    bank(runs[1].payments.get(account_name="Bob").case, account_number="99988877", name="Bob")
    assert f"Some of the payments of run {runs[1].number} may no longer be made" in client.get(address).content.decode()
    record_file_sent(file=file, sent_on=ON, by=finn, on=ON)
    assert "may no longer be made" not in client.get(address).content.decode()


def test_a_bank_holiday_made_at_short_notice_shuts_no_page(client, file, runs, fay, monkeypatch):
    """A proclamation closed banks on the day of a run that was approved, and in a file: finance must get to it."""
    closed = working_days._bank_holidays() | {FIRST}
    monkeypatch.setattr(working_days, "_bank_holidays", lambda: closed)
    client.force_login(fay)
    assert "banks are closed on a day of it after all" in page(client, "home")
    for name, of in (("file", file), ("show", runs[0])):
        assert "Banks are closed on 24 April 2026" in page(client, name, of.pk), name
    assert client.get(reverse("payments:file_bacs", args=[file.pk])).status_code == 403
    take_apart(file=file, reason="The bank is closed that day.", by=fay, on=ON)
    assert "is for 24 April 2026, when banks are closed after all" in page(client, "home")
    with pytest.raises(Refusal, match="The day of run 1, Friday 24 April 2026 is not a bank working day"):
        put_together(runs=keys(runs), by=fay, on=ON)
    day = {"pay_on_day": "27", "pay_on_month": "4", "pay_on_year": "2026"}
    assert "The run has its new day" in page(client, "redate", runs[0].pk, **day)
