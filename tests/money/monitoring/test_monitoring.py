"""Checking an account: seldom, on one page, with what the person kept counted, asked before anything is said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.access.looks import record_look
from leeway.access.models import Look
from leeway.care.people.models import Task
from leeway.care.people.queries import own_tasks
from leeway.care.planning.models import Way
from leeway.care.review.models import Review
from leeway.law.monitoring import Kind, days_late
from leeway.messages.models import Message
from leeway.money.monitoring import actions, queries
from leeway.money.monitoring.counting import Account, count
from leeway.money.monitoring.kinds import Because, Outcome, Touch
from leeway.money.monitoring.models import Check, Flagged, Level
from leeway.money.monitoring.queries import said_of
from leeway.money.monitoring.seeing import see
from leeway.money.spending import actions as spending
from leeway.money.spending.kinds import Kept
from leeway.money.spending.queries import PAGE
from leeway.money.statements import actions as statements
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from leeway.site.demo.statements import Entry, statement_file
from tests.money.monitoring.conftest import FIRST_DUE, FIRST_PAID
from tests.money.spending.conftest import NUMBER
from tests.pages import version_on

pytestmark = pytest.mark.django_db
CASH = Entry(date(2026, 5, 20), -400_00, "CASH 20MAY ATM", "CASH WITHDRAWAL")
BANK = Entry(date(2026, 5, 2), 1_000_00, "FROM SAVINGS", "ADA BELL")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def kinds(check):
    return sorted(kind for kind, flagged in said_of(check).items() if flagged.gone_on is None)


def test_the_first_check_falls_due_fourteen_weeks_after_the_first_payment(account):
    assert actions.make_due(on=FIRST_DUE - DAY).new == 0
    assert actions.make_due(on=FIRST_DUE).new == 1
    assert actions.make_due(on=FIRST_DUE + DAY) == actions.Night(0, 1, ())
    check = Check.objects.get()
    assert (check.because, check.from_on, check.until_on) == (Because.FIRST, FIRST_PAID, FIRST_DUE - DAY)
    assert check.due_on == FIRST_DUE + timedelta(days=28)


@pytest.mark.parametrize(("touch", "weeks"), [(None, 52), (Touch.MEDIUM, 26), (Touch.HIGH, 13)])
def test_later_checks_follow_the_level_and_the_light_touch_is_the_default(case, due, say, bea, touch, weeks):
    check = say(due())
    if touch:
        actions.set_level(
            case=case, level=touch, reason="The statements came late twice this year.", by=bea, on=FIRST_DUE
        )
    falls_due_on = check.until_on + timedelta(weeks=weeks)
    assert queries.next_check(case, queries.policy_on(FIRST_DUE)).falls_due_on == falls_due_on
    assert actions.make_due(on=falls_due_on - DAY).new == 0
    assert actions.make_due(on=falls_due_on).new == 1
    assert queries.open_check(case).from_on == FIRST_DUE


def test_a_clean_account_is_one_page_and_one_press(client, due, fay, case, monkeypatch):
    """The measure of it: from the list, one page, one press, and not a field to fill in."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: FIRST_DUE)
    check = due()
    assert kinds(check) == []
    client.force_login(fay)
    listed = client.get(reverse("monitoring:home")).content.decode()
    address = reverse("monitoring:check", args=[case.pk, check.pk])
    assert listed.count(f'href="{address}"') == 1 and "Nothing" in listed
    opened = client.get(address)
    page = opened.content.decode()
    form = page[page.index('<form method="post" novalidate>') :]
    form = form[: form.index("</form>")]
    assert "Nothing is pointed out" in page and "All fine" in form
    assert form.count('type="radio"') + form.count("<textarea") + form.count('type="text"') == 0
    assert form.count("<button") == 1
    done = client.post(address, {"version": version_on(opened)}, follow=True)
    assert "All fine. Ada Bell is told." in done.content.decode()
    assert done.redirect_chain == [(reverse("monitoring:home"), 302)]
    check.refresh_from_db()
    assert (check.outcome, check.finished_by) == (Outcome.FINE, fay)
    assert "All is fine" in Message.objects.get(template="account_checked").body
    assert Look.objects.filter(viewer_id=fay.pk, person_id=case.person_id).exists()


def test_a_statement_that_is_missing_is_asked_for_once_and_stands_in_the_calendar(case, account, due):
    assert queries.statements_to_send(case, FIRST_PAID) == []  # the check is further away than the calendar looks
    ahead = queries.statements_to_send(case, FIRST_PAID + 2 * WEEK)
    assert [(each.on, each.what) for each in ahead] == [(FIRST_DUE, "Send the statement until 30 July 2026")]
    actions.make_due(on=FIRST_DUE)
    actions.make_due(on=FIRST_DUE + DAY)
    asked = Message.objects.get(template="statement_asked")
    assert "until 30 July 2026" in asked.body and "Your payments go on" in asked.body
    check = queries.open_check(case)
    assert [each.on for each in queries.statements_to_send(case, FIRST_DUE)] == [check.due_on]
    due()
    assert queries.statements_to_send(case, FIRST_DUE) == []


def test_days_of_which_nothing_was_read_are_told_and_the_plan_is_counted_without_them(
    client, account, finn, fay, case, monkeypatch
):
    """A year of the plan stood beside the payments of the three months that had been read."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: FIRST_DUE)
    lines = [Entry(FIRST_PAID + 5 * WEEK, 800_00, "DP", "FAIRBOURNE"), Entry(FIRST_DUE - WEEK, -20_00, "CARD", "POOL")]
    file = ContentFile(statement_file(NUMBER, 1, 100_00, lines), name="1.xml")
    statements.keep_statement(account=account, upload=file, by=finn, on=FIRST_DUE)
    actions.make_due(on=FIRST_DUE)
    client.force_login(fay)
    page = client.get(reverse("monitoring:check", args=[case.pk, Check.objects.get().pk])).content.decode()
    unread = "No statement was read of 24 April 2026 to 28 May 2026, and of 25 July 2026 to 30 July 2026"
    assert unread in page and "By what the plan has, 29 May 2026 to 24 July 2026" in page
    fifty_seven_days_of_200_a_week = "£1,628.57"
    assert fifty_seven_days_of_200_a_week in page


def test_nobody_sends_what_is_here(case, due):
    due()
    assert not Message.objects.filter(template="statement_asked").exists()
    assert queries.statement_missing(case, date(2026, 8, 20)) is None
    assert queries.statement_missing(case, date(2026, 8, 21)) == "since 21 July 2026, until 21 August 2026"


def test_what_is_set_aside_is_no_surplus(case, due, ada_user):
    check = due(BANK)
    assert kinds(check) == ["surplus"]
    spending.set_aside(
        case=case, kind=Kept.HOLIDAY, amount_pence=450_00, reason="Sam’s holiday in August", by=ada_user, on=FIRST_DUE
    )
    seen = see(check, FIRST_DUE)
    assert seen.flags == [] and seen.surplus.kept == {"holiday": 450_00}
    actions.make_due(on=FIRST_DUE)
    assert kinds(check) == [] and Flagged.objects.get().gone_on == FIRST_DUE


def test_the_person_is_asked_and_answers_and_then_it_is_explained(client, case, due, say, ada_user, fay, bea):
    check = due(CASH)
    assert kinds(check) == ["cash"]
    say(check, cash=("ask", "What was the cash at the end of May for?"))
    assert queries.open_check(case) == check and not Task.objects.filter(kind="account_check").exists()
    told = Message.objects.get(template="account_asked").body
    assert "does not mean that something is wrong" in told and "cash" not in told.lower()
    with pytest.raises(Refusal, match="have not answered yet"):
        say(check, cash=("ask", "What was the cash at the end of May for?"))
    asked = queries.questions_to(case).get()
    to_answer = f'<a class="govuk-link" href="{reverse("monitoring:show", args=[case.pk])}">Answer our question'
    client.force_login(ada_user)
    assert to_answer in client.get(reverse("home")).content.decode()
    with pytest.raises(NotAllowed):
        actions.reply(flagged=asked, reply="It was for me", by=fay, on=FIRST_DUE)
    assert not own_tasks(bea).filter(kind="account_answered").exists(), "she signs in, and answers herself"
    actions.reply(flagged=asked, reply="The stall on the market takes no cards.", by=ada_user, on=FIRST_DUE + DAY)
    assert to_answer not in client.get(reverse("home")).content.decode()
    task = Task.objects.get(kind="account_answered", done_on=None)
    assert task.whose == "finance"
    with pytest.raises(Refusal, match="answered already"):
        actions.reply(flagged=asked, reply="Another answer of mine", by=ada_user, on=FIRST_DUE + DAY)
    say(check, on=FIRST_DUE + DAY, cash=("explained", "A market stall without cards"))
    check.refresh_from_db()
    task.refresh_from_db()
    assert check.outcome == Outcome.FINE and task.done_on == FIRST_DUE + DAY
    flagged = Flagged.objects.get()
    assert (flagged.answer, flagged.reply) == ("explained", "The stall on the market takes no cards.")


def test_who_does_not_sign_in_is_asked_by_the_worker_who_puts_down_the_answer(client, case, due, say, fay, bea, ada):
    """The check waited for an answer that nobody could give."""
    ada.user = None
    ada.save()
    check = due(CASH)
    say(check, cash=("ask", "What was the cash at the end of May for?"))
    task = own_tasks(bea).get(kind="account_answered")
    assert "does not sign in" in task.what
    client.force_login(bea)
    shown = reverse("monitoring:show", args=[case.pk])
    assert f'<a class="govuk-link" href="{shown}">{task.what}</a>' in client.get(reverse("home")).content.decode()
    asked = queries.questions_to(case).get()
    address = reverse("monitoring:reply", args=[case.pk, asked.pk])
    assert address in client.get(shown).content.decode()
    done = client.post(address, {"reply": "She says: the stall takes no cards."}, follow=True).content.decode()
    assert "tell Ada Bell when the check is finished" in done
    assert not own_tasks(bea).filter(kind="account_answered").exists()
    assert own_tasks(fay).get(kind="account_answered").what.startswith("Read what was answered")
    say(check, cash=("explained", "The stall on the market takes no cards."), on=FIRST_DUE + DAY)
    assert queries.open_check(case) is None


def test_looking_further_is_a_talk_and_changes_no_payment(case, due, say):
    check = due(CASH)
    say(check, cash=("further", "Nobody knows yet what the cash was for"))
    check.refresh_from_db()
    assert (check.outcome, check.words) == (Outcome.FURTHER, "Nobody knows yet what the cash was for.")
    assert Task.objects.get(kind="account_check").whose == "worker"
    told = Message.objects.get(template="account_checked").body
    assert "Bea Okafor will talk about with you" in told and "Your payments go on as they are." in told
    assert not case.budgets.get().holds.exists()


def test_everything_pointed_out_needs_an_answer_in_words(due, say, fay):
    check = due(CASH)
    with pytest.raises(Refusal, match="pointed out meanwhile"):
        say(check)
    with pytest.raises(Refusal, match="Say in a few words") as refused:
        say(check, cash=("explained", "ok"))
    assert refused.value.field == "words_cash"
    with pytest.raises(EditedMeanwhile):
        actions.answer(check=check, answers={}, version=1, by=fay, on=FIRST_DUE)
    assert not Message.objects.filter(template__startswith="account").exists()


def test_nobody_says_that_all_is_fine_of_days_that_nobody_knows(account, say):
    actions.make_due(on=FIRST_DUE)
    with pytest.raises(Refusal, match="Read a statement first"):
        say(Check.objects.get())


def test_who_entered_the_bank_details_does_not_check_the_account(due, say, finn, bea, mona):
    check = due()
    with pytest.raises(NotAllowed, match="You entered the bank details"):
        say(check, by=finn)
    for stranger in (bea, mona):
        with pytest.raises(NotAllowed):
            say(check, by=stranger)
    assert say(check).finished_on == FIRST_DUE


def test_a_finished_check_is_kept_with_all_that_was_said(due, say):
    check = due(CASH)
    say(check, cash=("explained", "A market stall without cards"))
    with pytest.raises(Refusal, match="finished already"):
        say(check, cash=("explained", "A market stall without cards"))
    for change in (
        lambda: Check.objects.filter(pk=check.pk).update(words="Changed"),
        lambda: Flagged.objects.update(words="Changed"),
        lambda: Flagged.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert actions.make_due(on=FIRST_DUE + DAY) == actions.Night(0, 0, ())


def test_how_often_is_said_with_a_reason_that_the_person_reads(client, case, account, bea, ada_user, cyril):
    with pytest.raises(Refusal, match="Say in a sentence why") as refused:
        actions.set_level(case=case, level=Touch.HIGH, reason="Risk", by=bea, on=FIRST_DUE)
    assert refused.value.field == "reason"
    with pytest.raises(Refusal, match="this often already"):
        actions.set_level(case=case, level=Touch.LOW, reason="It is all in good order here.", by=bea, on=FIRST_DUE)
    for stranger in (ada_user, cyril):
        with pytest.raises(NotAllowed):
            actions.set_level(case=case, level=Touch.HIGH, reason="I want it to be so.", by=stranger, on=FIRST_DUE)
    reason = "The bank statements came late twice, and Ada asked for help."
    actions.set_level(case=case, level=Touch.MEDIUM, reason=reason, by=bea, on=FIRST_DUE)
    client.force_login(ada_user)
    page = client.get(reverse("monitoring:show", args=[case.pk])).content.decode()
    assert reason in page and "26 weeks" in page and "How often it is checked" not in page
    with pytest.raises(DatabaseError), transaction.atomic():
        Level.objects.update(reason="Changed")


def test_one_fault_holds_up_no_other_account(another_case, agree, bank, finn, paid, account, monkeypatch):
    real = actions._keep_seen
    monkeypatch.setattr(
        actions, "_keep_seen", lambda seen, on: real(seen, on) if seen.check.case.person.called == "Ada" else 1 / 0
    )
    from leeway.money.budgets.actions import start_budget
    from leeway.money.payments.making import make_run

    other = another_case("Ben")
    bank(other, account_number="22345678", name="Ben Example")
    start_budget(plan=agree(other, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))
    paid(make_run(pay_on=date(2026, 5, 22), by=finn, on=date(2026, 5, 19)), date(2026, 5, 19))
    night = actions.make_due(on=date(2026, 9, 30))
    assert night.troubled == (other.pk,) and Check.objects.get().case != other


def test_the_councils_own_days_are_facts_and_those_of_the_person_are_not(case, due, say, ada_user):
    check = due(CASH)
    late = check.due_on + timedelta(days=30)
    assert queries.late_days(case, FIRST_DUE) == []
    whys = [(each.first, each.last, each.why) for each in queries.late_days(case, late)]
    assert whys == [
        (check.due_on + DAY, late, f"The check due by {check.due_on:%-d %B %Y} was not done."),
        (FIRST_DUE + timedelta(29), late, f"The statement of {FIRST_DUE:%-d %B %Y} was not looked at."),
    ]
    asked_on, replied_on = check.due_on + timedelta(10), check.due_on + timedelta(20)
    say(check, on=asked_on, cash=("ask", "What was the cash at the end of May for?"))
    actions.reply(flagged=queries.questions_to(case).get(), reply="A market stall", by=ada_user, on=replied_on)
    of_check = [each for each in queries.late_days(case, late) if "check" in each.why]
    assert [(each.first, each.last) for each in of_check] == [(check.due_on + DAY, asked_on), (replied_on + DAY, late)]
    assert days_late(of_check) == 20
    say(check, on=replied_on, cash=("explained", "A market stall without cards"))
    assert days_late(each for each in queries.late_days(case, late) if "check" in each.why) == 10


def test_a_look_by_staff_ends_the_wait_and_a_review_held_late_is_a_fact(case, due, fay, monkeypatch):
    due()
    assert queries.late_days(case, FIRST_DUE + timedelta(40))
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 9, 3, 12, tzinfo=UTC))
    record_look(viewer=fay, person_id=case.person_id, page=PAGE, own=True)
    [late] = [each for each in queries.late_days(case, date(2026, 9, 30)) if "statement" in each.why]
    assert late.last == date(2026, 9, 3)
    Review.objects.filter(case=case).update(due_on=date(2026, 6, 1))
    [late] = queries.late_days(case, date(2026, 8, 1))
    assert (late.first, late.days, late.why) == (date(2026, 6, 2), 61, "The review due by 1 June 2026 was not held.")


def test_every_kind_has_room_in_a_record():
    assert max(len(kind.value) for kind in Kind) <= Flagged._meta.get_field("kind").max_length


def test_who_is_pointed_out_is_counted_and_small_numbers_are_hidden():
    def some(group, pointed, rest):
        return [Account(group, "18 to 64", "White", number < pointed) for number in range(pointed + rest)]

    counted = count([*some("Learning disability", 20, 20), *some("Physical", 5, 45), *some("Memory", 2, 60)])
    assert (counted.whole.accounts, counted.whole.pointed) == (152, 27)
    groups = {row.group: row for row in counted.by["Client group"]}
    assert groups["Memory"].accounts is None and groups["Physical"].accounts is None
    shown = groups["Learning disability"]
    assert (shown.accounts, shown.pointed, shown.share) == (40, 20, 0.5)
    assert (round(shown.interval.low, 3), round(shown.interval.high, 3)) == (0.352, 0.648)
    assert count(some("Physical", 2, 60)).whole is None and count([]).whole is None


def test_who_is_counted_is_read_from_finished_checks_and_by_whom(client, due, say, mona, bea, monkeypatch):
    say(due(CASH), cash=("explained", "A market stall without cards"))
    [one] = queries.checked_accounts(seen_by=mona, on=FIRST_DUE)
    assert one.pointed and one.ethnic_group == "Not known"
    with pytest.raises(NotAllowed):
        queries.checked_accounts(seen_by=bea, on=FIRST_DUE)
    client.force_login(mona)
    assert "Too few accounts were checked" in client.get(reverse("monitoring:who")).content.decode()
    many = [Account("Physical", "18 to 64", "White", number < 30) for number in range(100)]
    monkeypatch.setattr(queries, "checked_accounts", lambda **_: many)
    page = client.get(reverse("monitoring:who")).content.decode()
    assert "asks for a look at the rule" in page and "30%" in page and "22% to 40%" in page
