"""The bank's answers to a run: matched by end-to-end id, acted upon whole or not at all, and kept."""

from datetime import date

import pytest
import xmlschema
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.http import Http404
from django.urls import reverse

from leeway.care.people.events import Event
from leeway.care.people.models import StoryLine, Task
from leeway.care.planning.models import Way
from leeway.files.models import File
from leeway.files.queries import get_file, read_file
from leeway.jobs.models import Job
from leeway.messages.models import Message
from leeway.money.budgets.actions import lift_hold, start_budget
from leeway.money.budgets.models import Hold
from leeway.money.ledger.models import Transfer
from leeway.money.ledger.queries import balance
from leeway.money.payments.actions import approve_run, confirm_run
from leeway.money.payments.answers import AnswerRefused, take_answer
from leeway.money.payments.making import make_run
from leeway.money.payments.models import AnsweredPayment, BankAnswer, PaymentRun
from leeway.money.payments.money_now import money_now
from leeway.money.payments.notices import tell_of_late
from leeway.money.payments.queries import evidence_for, findings, runs_on_their_way
from leeway.money.payments.returning import return_payment
from leeway.money.payments.views import todays_work
from leeway.money.payments.withdrawing import withdraw_run
from leeway.refusal import NotAllowed, Refusal
from tests.money.banking import statement_writers as write
from tests.money.banking.reports import notification, report, sent_back, status

SET_UP_ON, ON, ANSWERED_ON, PAY_ON, LATER = (
    date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 21), date(2026, 4, 24), date(2026, 4, 27),
)  # fmt: skip
DUE = 71_43


@pytest.fixture
def run(case, another_case, agree, bank, finn, fay, sent):
    """Ada and Lena are paid £71.43 each on 24 April; the bank has the file since the 20th."""
    for number, each in (("12345678", case), ("87654321", another_case("Lena"))):
        plan = agree(each, (Way.DIRECT_PAYMENT, 100_00, 0))
        bank(each, account_number=number)
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return sent(make_run(pay_on=PAY_ON, by=finn, on=ON), ON)


@pytest.fixture
def adas(run, case):
    return run.payments.get(payee__case=case)


@pytest.fixture
def lenas(run, adas):
    return run.payments.exclude(pk=adas.pk).get()


@pytest.fixture
def answer(run, finn):
    """Give the bank's answer to the run, as Finn does."""

    def given(content, by=finn, on=ANSWERED_ON, of=run):
        return take_answer(run=of, upload=SimpleUploadedFile("answer.xml", content), by=by, on=on)

    return given


def rejection(*payments, code="AC04", **changes):
    return report(*(status(each.end_to_end_id, "RJCT", code=code) for each in payments), **changes)


def told_of_late(payment):
    return Message.objects.filter(key=f"payment_late:{payment.instalment_id}").exists()


def nothing_written():
    return not BankAnswer.objects.exists() and not File.objects.exists() and not AnsweredPayment.objects.exists()


def test_a_rejection_before_the_pay_day_brings_its_payment_back_and_no_other(run, adas, lenas, answer, finn, case):
    content = report(
        status(adas.end_to_end_id, "RJCT", code="AC04", pence=DUE),
        status(lenas.end_to_end_id, "ACSP", pence=DUE),
        count=2,
        pence=2 * DUE,
        rejected=1,
        group="PART",
    )
    taken = answer(content)
    assert (taken.accepted_count, taken.back_count, taken.pending_count, taken.duplicate_count) == (1, 1, 0, 0)
    adas.refresh_from_db()
    lenas.refresh_from_db()
    assert (adas.state, adas.returned_because, adas.returned_on) == ("returned", "the account is closed", ANSWERED_ON)
    assert lenas.state == "in_run"
    assert balance(adas.instalment.part.budget.committed) == balance(lenas.instalment.part.budget.committed) + DUE
    hold = Hold.objects.get()
    assert hold.budget.case == case
    assert StoryLine.objects.filter(case=case, kind="payment_returned").count() == 1
    assert list(findings()) == []
    assert read_file(get_file(taken.file_id, seen_by=finn)).read() == content

    confirm_run(run=run, confirmed_from=evidence_for(run), returned={}, by=finn, on=PAY_ON)
    run.refresh_from_db()
    assert run.confirmed_from == "Payment status report (pain.002) BANK-1, given here on 21 April 2026"
    lenas.refresh_from_db()
    assert (adas.state, lenas.state) == ("returned", "arrived")
    assert list(findings()) == []

    lift_hold(hold=hold, by=finn, on=LATER)
    again = make_run(pay_on=date(2026, 4, 30), by=finn, on=LATER)
    paid = [each.instalment for each in again.payments.all()]
    assert adas.instalment in paid and lenas.instalment not in paid


def test_a_payment_that_came_back_is_not_named_again_at_the_confirmation(run, adas, answer, finn):
    answer(rejection(adas))
    with pytest.raises(Refusal, match=f"{adas.reference} came back already, on 21 April 2026: “the account is closed”"):
        confirm_run(
            run=run, confirmed_from="Bank statement", returned={adas.reference: "is closed"}, by=finn, on=PAY_ON
        )
    assert not Transfer.objects.filter(reason="payment_arrived").exists()


def test_a_rejection_may_come_after_the_confirmation(run, adas, answer, finn):
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=PAY_ON)
    answer(rejection(adas, code="MD07"), on=LATER)
    adas.refresh_from_db()
    assert (adas.state, adas.returned_because) == ("returned", "the account holder has died")
    assert list(findings()) == []


def test_the_bank_may_answer_several_times(run, adas, lenas, answer):
    first = answer(report(group="ACCP", count=2, pence=2 * DUE))
    assert (first.accepted_count, first.pending_count) == (2, 0)
    second = answer(rejection(lenas, message_id="BANK-2"))
    assert (second.accepted_count, second.pending_count, second.back_count) == (0, 1, 1)  # of Ada it says nothing now
    assert [each.payment for each in second.about.all()] == [lenas]


def test_a_file_that_the_bank_did_not_take_brings_everything_back_and_holds_nobody(run, answer, finn):
    taken = answer(report(group="RJCT", group_code="FF01"))
    assert taken.words == "The bank did not take the file: the bank could not read the file. Nobody in it is paid."
    assert {each.state for each in run.payments.all()} == {"returned"}
    assert not Hold.objects.exists()
    assert list(findings()) == []
    assert not Message.objects.exists() and not Task.objects.filter(kind=Event.PAYMENT_RETURNED).exists()
    assert StoryLine.objects.filter(kind=Event.PAYMENT_FAILED).count() == 2
    tell_of_late(on=PAY_ON)  # where it is not made again in time, everybody hears that it is our mistake
    assert {told_of_late(each) for each in run.payments.all()} == {True}
    work = todays_work(finn, ANSWERED_ON, list(runs_on_their_way(seen_by=finn)))
    assert [each.label for each in work] == ["Came back", "Came back"], "each stands once, with why"
    assert "It goes with the next run, or pay it the same day." in "".join(words.text for words in work[0].words)
    again = make_run(pay_on=PAY_ON, by=finn, on=ANSWERED_ON)
    assert again.payments_count == 2
    late, approve = todays_work(finn, ANSWERED_ON, list(runs_on_their_way(seen_by=finn)))
    assert (late.label, approve.label) == ("Late", "Approve") and "2 payments of £142.86" in late.words[0].text


@pytest.mark.parametrize(
    ("code", "events", "held", "told"),
    [
        ("AC04", Event.PAYMENT_RETURNED, True, True),
        ("AM04", Event.PAYMENT_FAILED, False, False),
        ("CUST", Event.PAYMENT_RETURNED, True, False),
        ("MD07", Event.PAYMENT_RETURNED, True, False),
    ],
)
def test_only_whose_account_is_at_fault_is_asked_for_another(adas, lenas, answer, case, code, events, held, told):
    answer(rejection(adas, lenas, code=code))  # each by name, which is not the file as a whole
    now = money_now(case, ANSWERED_ON)
    assert [payment.pk for payment in now.came_back] == ([adas.pk] if held else [])
    assert case.story.filter(kind=events).exists() and Hold.objects.exists() == held
    assert Message.objects.filter(template="payment_returned").exists() == told
    tell_of_late(on=PAY_ON)
    assert told_of_late(adas) == (not held)


def test_what_the_bank_has_already_is_not_paid_again(run, adas, lenas, answer, finn):
    """The same file given twice: the second is turned down, and the first pays."""
    taken = answer(report(group="RJCT", group_code="DUPL"))
    assert (taken.duplicate_count, taken.back_count) == (2, 0) and "first answer stands" in taken.words
    taken = answer(report(status(adas.end_to_end_id, "RJCT", code="AM05"), message_id="BANK-2"))
    assert (taken.duplicate_count, taken.pending_count) == (1, 1)
    assert {each.state for each in run.payments.all()} == {"in_run"}
    assert not Transfer.objects.filter(reason="payment_returned").exists()


def test_what_cannot_be_meant_has_its_sentence_and_nothing_is_half_written(run, adas, lenas, answer):
    stranger = status("f" * 32, "RJCT", code="AC04")
    for content, said in (
        (report(about="LEEWAY-000002"), "is about “LEEWAY-000002”, and this run is LEEWAY-000001"),
        (report(count=3), "answers to a file of 3 payments, and this run is of 2 payments, £142.86"),
        (report(count=2, pence=1), "answers to a file of 2 payments, £0.01, and this run"),
        (report(status(adas.end_to_end_id, "RJCT"), stranger), "names a payment “ffff.*” that this run does not have"),
        (report(status(lenas.end_to_end_id, "RJCT"), status(adas.end_to_end_id, "ACSP", pence=1)), "has £0.01 for"),
        (rejection(adas, adas), "twice"),
        (b"<Bacs><ARUCS/></Bacs>", "a Bacs ARUCS report. Its layout is not published"),
        (b"VOL1 and so on", "A bank’s answer is a pain.002 or a camt.054"),
        (write.camt([]), "This is a statement .camt.053.*is uploaded under Bank, at its account"),
        (b"<Document/>", "XML, and not a bank statement or answer"),
        (b"", "empty"),
    ):
        with pytest.raises(Refusal, match=said) as refused:
            answer(content)
        assert refused.value.field == "upload" and "photograph" not in str(refused.value)
        assert nothing_written(), said
        assert {each.state for each in run.payments.all()} == {"in_run"}


def test_nothing_is_taken_twice(run, adas, lenas, answer, finn):
    answer(rejection(adas))
    for content, said in (
        (rejection(adas), "This file is here already"),
        (rejection(adas) + b"\n", f"rejects {adas.reference}, which came back already"),
        (report(status(lenas.end_to_end_id, "PDNG")), "“BANK-1” was given for this run before"),
        (rejection(lenas, adas, message_id="BANK-2"), f"rejects {adas.reference}, which came back already"),
        (report(status(adas.end_to_end_id, "ACSC"), message_id="BANK-2"), "may be paid twice"),
    ):
        with pytest.raises(Refusal, match=said):
            answer(content)
    assert BankAnswer.objects.count() == File.objects.count() == 1
    lenas.refresh_from_db()
    assert lenas.state == "in_run"


def test_a_run_of_which_the_bank_has_no_file_has_no_answer(case, agree, bank, finn, fay):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)

    def refused(said):
        with pytest.raises(Refusal, match=said):
            take_answer(run=run, upload=SimpleUploadedFile("a.xml", report()), by=finn, on=ANSWERED_ON)

    refused("“Waiting for a second officer”, so the bank has no file")
    approve_run(run=run, by=fay, on=ON)
    refused("Say first that the bank has the file")
    withdraw_run(run=run, reason="Another day", by=finn, on=ON)
    refused("Ring the bank at once")


@pytest.fixture
def earlier(case, agree, bank, finn, paid):
    """A payment of a run before: Nia's, confirmed."""

    def made(nia):
        plan = agree(nia, (Way.DIRECT_PAYMENT, 50_00, 0))
        bank(nia, account_number="11112222")
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
        return paid(make_run(pay_on=PAY_ON, by=finn, on=ON), ON).payments.first()

    return made


def test_what_was_sent_back_later_is_found_by_its_id_or_its_reference(run, adas, lenas, answer, finn, published):
    confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=PAY_ON)
    content = notification(
        [sent_back(adas.end_to_end_id, DUE, code="MD07"), sent_back("", DUE, code="AC04", reference=lenas.reference)],
        [sent_back("", 5_00, code="AC04", reference="PAYROLL 7")],
        pence=[2 * DUE, 5_00],
    )
    schema = xmlschema.XMLSchema(published("banking/iso20022/xsd/camt.054.001.08.xsd"))
    schema.validate(content.decode())
    taken = answer(content, on=LATER)
    assert (taken.kind, taken.back_count, taken.accepted_count) == ("returns", 2, 0)
    assert taken.words == "1 more in it were sent back that Leeway did not pay."
    assert {each.payment: each.code for each in taken.about.all()} == {adas: "MD07", lenas: "AC04"}
    assert {each.state for each in run.payments.all()} == {"returned"}
    assert list(findings()) == []


def test_returns_of_two_runs_are_given_to_each(run, adas, answer, another_case, earlier):
    nias = earlier(another_case("Nia"))
    content = notification(
        [sent_back(adas.end_to_end_id, DUE), sent_back(nias.end_to_end_id, nias.amount_pence)],
        pence=[DUE + nias.amount_pence],
    )
    assert answer(content, on=LATER).words == "It also has payments of run 2: give it there too."
    nias.refresh_from_db()
    assert nias.state == "arrived"
    assert answer(content, of=nias.run, on=LATER).words == "It also has payments of run 1: give it there too."
    nias.refresh_from_db()
    assert nias.state == "returned"
    assert list(findings()) == []


def test_returns_that_cannot_be_meant_have_their_sentence(run, adas, lenas, answer, another_case, earlier):
    nias = earlier(another_case("Nia"))
    ours, half = sent_back(adas.end_to_end_id, DUE), sent_back(adas.end_to_end_id, 30_00)
    for content, said in (
        (notification([ours, ours], pence=[2 * DUE]), f"sends {adas.reference} back twice"),
        (notification([half], pence=[30_00]), f"sent back £30.00 of {adas.reference}, which is of £71.43"),
        (notification([sent_back("", DUE, code="", reference=adas.reference)], pence=[DUE]), "Nothing in this file"),
        (notification([sent_back(adas.end_to_end_id, DUE, code="")], pence=[DUE]), "does not call it a return"),
        (notification([sent_back(nias.end_to_end_id, 1)], pence=[1]), "It has payments of run 2: give it there"),
        (notification([sent_back(adas.end_to_end_id, DUE, mark="DBIT")], pence=[DUE], mark="DBIT"), "Nothing in this"),
        (notification([sent_back(adas.end_to_end_id, DUE, ccy="EUR")], pence=[DUE], ccy="EUR"), "an account in EUR"),
    ):
        with pytest.raises(Refusal, match=said):
            answer(content, on=LATER)
        assert nothing_written(), said
    answer(rejection(adas))
    with pytest.raises(Refusal, match=f"{adas.reference} came back already"):
        answer(notification([sent_back(lenas.end_to_end_id, DUE), ours], pence=[2 * DUE]), on=LATER)
    assert run.payments.get(pk=lenas.pk).state == "in_run"


def test_only_finance_gives_and_reads_answers(run, adas, answer, bea, fay):
    with pytest.raises(NotAllowed):
        answer(rejection(adas), by=bea)
    taken = answer(rejection(adas))
    assert get_file(taken.file_id, seen_by=fay)
    with pytest.raises(Http404):
        get_file(taken.file_id, seen_by=bea)


def test_the_database_lets_a_payment_come_back_early_by_the_banks_word_alone(run, adas, answer, finn, fay):
    with pytest.raises(Refusal, match="Confirm the run first"):
        return_payment(payment=adas, reason="A hunch", by=finn, on=ANSWERED_ON)
    back = {"state": "returned", "returned_by": fay, "returned_on": ANSWERED_ON, "returned_because": "x"}
    with pytest.raises(DatabaseError, match="goes where its run goes"), transaction.atomic():
        run.payments.filter(pk=adas.pk).update(**back)
    answer(report(status(adas.end_to_end_id, "PDNG")))
    with pytest.raises(DatabaseError, match="goes where its run goes"), transaction.atomic():
        run.payments.filter(pk=adas.pk).update(**back)
    for change in (
        lambda: BankAnswer.objects.update(back_count=1),
        lambda: BankAnswer.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("what", ["name", "code", "words", "returned"])
def test_names_codes_and_words_without_end_are_refused(run, adas, answer, what):
    """No column has room for them, and the person would be told all of it."""
    content = {
        "name": lambda: rejection(adas, message_id="B" * 71),
        "code": lambda: rejection(adas, code="C" * 36),
        "words": lambda: report(status(adas.end_to_end_id, "RJCT", code="NARR", said="word " * 2_001)),
        "returned": lambda: notification([sent_back(adas.end_to_end_id, DUE, code="C" * 36)], pence=[DUE]),
    }[what]()
    with pytest.raises(AnswerRefused, match=r"which no bank does|more than 10,000 characters"):
        answer(content)
    assert nothing_written()


def test_the_pages(run, adas, client, finn, monkeypatch, settings, work):
    client.force_login(finn)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ANSWERED_ON)
    show, give = (reverse(name, args=[run.pk]) for name in ("payments:show", "payments:answer"))
    assert give in client.get(show).content.decode()

    def sent(content=None):
        upload = {"upload": SimpleUploadedFile("answer.xml", content)} if content else {}
        return client.post(give, {"button": "yes"} | upload, follow=True).content.decode()

    assert "Choose a file" in sent()
    assert "is about “LEEWAY-000009”" in sent(report(about="LEEWAY-000009"))
    page = sent(rejection(adas))
    assert "1 payment came back" in page
    assert (
        f"{adas.reference}: rejected, the account is closed (AC04)" in page and "1 not settled yet or not named" in page
    )

    settings.AT_ONCE_MOST = 1  # the answer to a large run is read by a job
    second = report(message_id="BANK-2", group="ACCP", count=2, pence=2 * DUE)
    assert "This waits for its turn." in sent(second) and run.answers.count() == 1
    work()
    assert Job.objects.get().result_sentence == "The bank’s answer is kept. No payment came back."
    assert run.answers.count() == 2 and "BANK-2" in client.get(show).content.decode()
    settings.AT_ONCE_MOST = 2

    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: PAY_ON)
    confirm = reverse("payments:confirm", args=[run.pk])
    page = client.get(confirm).content.decode()
    assert "1 of these payments came back already" in page and "Payment status report (pain.002) BANK-1" in page
    page = client.post(confirm, {"confirmed_from": "Bank statement", "returned": ""}).content.decode()
    assert "1 payment, £71.43" in page and "None, and 1 before" in page
    page = client.post(confirm, {"confirmed_from": "Bank statement", "returned": "", "checked": "yes"}, follow=True)
    assert "The run is confirmed" in page.content.decode()
    assert PaymentRun.objects.get().state == "confirmed"
