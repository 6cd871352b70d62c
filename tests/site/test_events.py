"""What follows from what happens: death, ending, stays, and whose task it becomes."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

import leeway
from leeway.access.looks import give_reason
from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.assessment import actions as assessing
from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import care_home_nights, detained_in, standing_death, stay_on
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, Relationship, StoryLine, Task, Whose
from leeway.care.people.queries import own_tasks
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.care.review.queries import reviews_due
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Hold, HoldKind, Instalment
from leeway.money.budgets.queries import budgets_to_end, picture
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder
from leeway.money.payments.actions import approve_run, record_sent
from leeway.money.payments.making import NothingToPay, make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from leeway.site import events
from leeway.versions import version_of

STARTED, DIED, ON, PAY_ON = date(2026, 4, 10), date(2026, 5, 31), date(2026, 6, 4), date(2026, 6, 15)


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    return budgets.start_budget(plan=plan, by=finn, on=STARTED)


@pytest.fixture
def dead(budget, bea):
    case = Case.objects.get(pk=budget.case_id)
    circumstances.record_death(case=case, died_on=DIED, told_by="Her brother Tom, by phone", by=bea, on=ON)
    return case


def tasks(case, whose):
    return [task.what for task in Task.objects.filter(case=case, whose=whose, done_on=None)]


def test_every_kind_has_a_row_and_is_told_somewhere():
    assert set(events.EVENTS) == set(Event)
    source = Path(leeway.__file__).parent
    told = set()
    for path in source.rglob("*.py"):
        if path.name != "events.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event":
                    told.add(node.attr)
    assert told == {kind.name for kind in Event}


def test_a_line_and_what_follows_from_it_stand_or_fall_together(case, bea, monkeypatch):
    def fails(line):
        raise RuntimeError("the money could not act")

    monkeypatch.setitem(events.EVENTS, Event.DETAILS, events.Follows(then=(fails,)))
    with pytest.raises(RuntimeError), transaction.atomic():
        people.tell(case=case, kind=Event.DETAILS, sentence="A new address.", by=bea, on=ON)
    assert not StoryLine.objects.filter(case=case).exists()


def test_after_a_death_nothing_more_falls_due_and_finance_sees_what_was_paid_beyond(dead, budget, finn, fay):
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert list(budgets_to_end(seen_by=finn)) == [budget]
    assert tasks(dead, Whose.FINANCE) == ["Ada Bell has died. End the budget."]
    shown = picture(dead.pk, seen_by=finn, on=ON)
    assert shown.charged_until == DIED
    later = [row.status for row in shown.rows if row.instalment.starts_on > DIED]
    assert later and set(later) == {"Not due: after the day of death"}
    with pytest.raises(Refusal, match="nothing falls due after that day"):
        budgets.end_budget(
            cover="Her family, from then on",
            budget=budget,
            ends_on=date(2026, 6, 1),
            reason="Notice",
            death=standing_death(dead.person).pk,
            by=finn,
            on=ON,
        )
    budgets.end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=DIED,
        reason="Ada died",
        death=standing_death(budget.case.person).pk,
        by=finn,
        on=ON,
    )
    assert not Hold.objects.filter(budget=budget, lifted_on=None).exists()
    assert not Instalment.objects.filter(part__budget=budget, cancellation=None, ends_on__gt=DIED).exists()


def test_what_was_paid_for_days_after_the_death_is_counted(budget, bea, finn, paid):
    run = paid(make_run(pay_on=date(2026, 4, 22), by=finn, on=date(2026, 4, 14)), date(2026, 4, 14))
    first = run.payments.get().instalment
    case = Case.objects.get(pk=budget.case_id)
    circumstances.record_death(case=case, died_on=first.starts_on, told_by="A nurse, by phone", by=bea, on=ON)
    ending = budgets.end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=first.starts_on,
        reason="Ada died",
        death=standing_death(budget.case.person).pk,
        by=finn,
        on=ON,
    )
    assert ending.paid_beyond_pence == first.amount_pence - 14_29  # one of seven days of £100 was due


def test_last_wages_go_to_whoever_settles_what_is_left(dead, budget, finn, fay, bank, paid):
    budgets.end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=DIED,
        reason="Ada died",
        death=standing_death(budget.case.person).pk,
        by=finn,
        on=ON,
    )
    budget.refresh_from_db()
    budgets.add_last_cost(budget=budget, kind="last_wages", whose="Jo Smith", amount_pence=312_50, by=finn, on=ON)
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)  # Ada's own account is no longer paid
    with pytest.raises(Refusal, match="Nobody is recorded as “Settles what is left"):
        pay_representative(dead, finn, fay)
    Relationship.objects.create(
        person=dead.person, name="Tom Bell", kind="sibling", authority="representative",
        evidence="Grant of probate seen", starts_on=ON,
    )  # fmt: skip
    with pytest.raises(Refusal, match="only whoever settles"):
        payees.enter_details(
            case=dead, way=Way.DIRECT_PAYMENT, holder=Holder.PERSON, account_name="Ada Bell",
            sort_code="12-34-56", account_number="12345678", by=finn, on=ON,
        )  # fmt: skip
    pay_representative(dead, finn, fay)
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    amounts = {payment.instalment.kind: payment.amount_pence for payment in run.payments.all()}
    assert amounts["last_wages"] == 312_50
    assert all(payment.payee.account_name == "Tom Bell" for payment in run.payments.all())
    assert not run.payments.filter(instalment__ends_on__gt=DIED, instalment__kind="regular").exists()
    paid(run, ON)
    assert list(findings()) == []


def pay_representative(case, finn, fay):
    payee = payees.enter_details(
        case=case, way=Way.DIRECT_PAYMENT, holder=Holder.REPRESENTATIVE, account_name="Tom Bell",
        sort_code="12-34-56", account_number="87654321", by=finn, on=ON,
    )  # fmt: skip
    return payees.approve_details(payee=payee, by=fay, on=ON)


def test_a_death_that_was_wrong_is_undone_and_payments_go_on(dead, budget, bea, finn):
    death = circumstances.undo_death(
        case=dead, version=version_of(standing_death(dead.person)), because="It was another Ada Bell.", by=bea, on=ON
    )
    assert (death.undone_by, Person.objects.get(pk=dead.person_id).date_of_death) == (bea, None)
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).payments_count > 0
    assert [line.kind for line in dead.story.all()][:1] == [Event.DEATH_UNDONE] or "death_undone" in [
        line.kind for line in dead.story.all()
    ]
    circumstances.record_death(case=dead, died_on=DIED, told_by="A nurse, by phone", by=bea, on=ON)


def test_reviews_moves_and_decisions_stop_and_the_case_can_be_closed(dead, bea):
    assert not reviews_due(bea, date(2027, 4, 1)).exists()
    with pytest.raises(Refusal, match="died on 31 May 2026"):
        people.move_case(case=dead, to=Stage.REVIEW, kind=Event.REVIEW_STARTED, sentence="Review.", by=bea, on=ON)
    people.close_case(case=dead, version=version_of(dead, "stage"), reason="Everything is settled.", by=bea, on=ON)
    assert dead.stage == Stage.CLOSED and dead.plans.get().state == "ended"


@pytest.mark.parametrize(
    ("died_on", "told_by", "match"),
    [(date(2026, 6, 5), "A nurse", "future"), (date(1990, 1, 1), "A nurse", "birth"), (DIED, " ", "who told us")],
)
def test_a_death_is_refused_without_a_day_that_can_be_and_somebody_who_told(budget, bea, died_on, told_by, match):
    with pytest.raises(Refusal, match=match):
        circumstances.record_death(case=budget.case, died_on=died_on, told_by=told_by, by=bea, on=ON)
    assert Person.objects.get(pk=budget.case.person_id).date_of_death is None


def test_who_may_not_record_a_death(budget, finn, cyril):
    for user in (finn, cyril):
        with pytest.raises(NotAllowed):
            circumstances.record_death(case=budget.case, died_on=DIED, told_by="A nurse", by=user, on=ON)


def test_the_carers_own_worker_is_asked_to_speak_with_the_carer(budget, case, team, bea):
    pat = Person.objects.create(given_name="Pat", family_name="Hughes", date_of_birth=date(1960, 1, 1))
    own = Case.objects.create(
        person=pat, kind="carer", cared_for=case.person, team=team, worker=bea, opened_on=ON, request_words="Tired."
    )
    circumstances.record_death(case=case, died_on=DIED, told_by="Pat, by phone", by=bea, on=ON)
    assert tasks(own, Whose.WORKER) == ["Ada Bell, whom Pat Hughes looked after, has died. Speak with Pat Hughes."]


def test_a_stay_in_hospital_asks_finance_and_holds_nothing_by_itself(budget, bea, finn):
    case = Case.objects.get(pk=budget.case_id)
    stay = circumstances.record_stay(
        case=case, kind="hospital", place="St Mary's", starts_on=DIED, ends_on=None, told_by="Ward 4", by=bea, on=ON
    )
    assert tasks(case, Whose.FINANCE) == ["Decide what is paid while Ada Bell is away."]
    assert not Hold.objects.filter(kind=HoldKind.HOSPITAL).exists()
    assert stay_on(case.person, ON) == stay and stay_on(case.person, date(2026, 5, 30)) is None
    with pytest.raises(Refusal, match="one place at a time"):
        circumstances.record_stay(
            case=case, kind="prison", place="", starts_on=ON, ends_on=None, told_by="Police", by=bea, on=ON
        )
    circumstances.end_stay(case=case, stay=stay, ends_on=ON, by=bea, on=ON)
    assert stay_on(case.person, ON) is None
    circumstances.record_stay(
        case=case, kind="prison", place="", starts_on=ON, ends_on=None, told_by="Police", by=bea, on=ON
    )
    assert detained_in(case.person, ON) == "prison"


def test_stays_in_a_care_home_are_counted_by_their_nights(case, bea):
    circumstances.record_stay(
        case=case, kind="care_home_stay", place="", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 15),
        told_by="Ada", by=bea, on=ON,
    )  # fmt: skip
    assert care_home_nights(case.person, ON) == [(date(2026, 5, 1), date(2026, 5, 15))]
    assert detained_in(case.person, date(2026, 5, 3)) is None


def test_a_task_is_finished_by_whose_it_is_and_stands_once(case, bea, mona, finn, cyril):
    for _twice in range(2):
        people.set_task(case=case, kind=Event.HELD, what="Ring Ada.", whose=Whose.WORKER, due_on=ON, on=ON)
    task = own_tasks(bea).get()
    assert not own_tasks(finn).exists() and not own_tasks(cyril).exists()
    for stranger in (finn, cyril):
        with pytest.raises(NotAllowed):
            people.finish_task(task=task, by=stranger, on=ON)
    people.finish_task(task=task, by=mona, on=ON)
    assert not own_tasks(bea).exists()
    with pytest.raises(Refusal, match="already"):
        people.finish_task(task=task, by=bea, on=ON)


def test_a_payment_sent_is_told_in_the_story_once_the_bank_has_it(budget, finn, fay):
    run = make_run(pay_on=date(2026, 4, 22), by=finn, on=date(2026, 4, 14))
    run = approve_run(run=run, by=fay, on=date(2026, 4, 14))
    assert not budget.case.story.filter(kind=Event.PAYMENT_SENT).exists()
    record_sent(run=run, sent_on=date(2026, 4, 15), by=fay, on=date(2026, 4, 15))
    line = budget.case.story.get(kind=Event.PAYMENT_SENT)
    assert line.sentence == "£71.43 sent, to arrive on 22 April 2026."


def test_the_pages_of_a_death_and_of_stays(client, budget, bea, finn):
    client.force_login(bea)
    at = f"/cases/{budget.case_id}"
    wrong = client.post(
        f"{at}/death/", {"died_on_day": "31", "died_on_month": "2", "died_on_year": "2026", "told_by": "Tom"}
    )
    assert "there is no 31/2/2026 in the calendar" in wrong.content.decode()
    done = client.post(
        f"{at}/death/", {"died_on_day": "31", "died_on_month": "5", "died_on_year": "2026", "told_by": "Tom"}
    )
    assert done.status_code == 302
    page = client.get(f"{at}/").content.decode()
    assert "when they died on 31 May 2026" in page and "Settle what is left" in page
    assert "Find out who settles what Ada Bell leaves" in client.get("/home/").content.decode()
    task = Task.objects.get(whose=Whose.WORKER, kind=Event.DIED)
    assert client.post(f"/tasks/{task.pk}/done/").headers["Location"] == "/home/"
    client.force_login(finn)
    assert "the person died on 31 May 2026" in client.get("/home/").content.decode()
    assert "31 May 2026" in client.get(f"{at}/budget/end/").content.decode()


def test_a_case_closed_in_the_ordinary_way_is_paid_no_more_until_finance_says_until_when(budget, bea, finn):
    Case.objects.filter(pk=budget.case_id).update(stage=Stage.PLANNING)  # a review changes the plan
    case = Case.objects.get(pk=budget.case_id)
    people.close_case(case=case, version=version_of(case, "stage"), reason="Ada has moved to Leeds.", by=bea, on=ON)
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert list(budgets_to_end(seen_by=finn)) == [budget]
    assert tasks(case, Whose.FINANCE) == ["Ada Bell’s case is closed. End the budget."]
    assert tasks(case, Whose.WORKER) == []  # nobody is asked to fill a gap in support that has ended


def test_a_death_before_the_budget_starts_can_be_ended(budget, bea, finn):
    case = Case.objects.get(pk=budget.case_id)
    day = budget.starts_on - timedelta(days=5)
    circumstances.record_death(case=case, died_on=day, told_by="A nurse, by phone", by=bea, on=ON)
    ending = budgets.end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=budget.starts_on - timedelta(days=1),
        reason="Ada died",
        death=standing_death(budget.case.person).pk,
        by=finn,
        on=ON,
    )
    assert (
        not Instalment.objects.filter(part__budget=budget, cancellation=None).exists() and ending.paid_beyond_pence == 0
    )


def test_a_death_in_a_closed_case_is_told_there_and_its_tasks_are_over(budget, case, bea, finn):
    people.set_task(case=case, kind=Event.REVIEW_DUE, what="Hold Ada's review.", whose=Whose.WORKER, due_on=ON, on=ON)
    Case.objects.filter(pk=case.pk).update(stage=Stage.CLOSED, closed_on=ON)
    closed = Case.objects.get(pk=case.pk)
    circumstances.record_death(case=closed, died_on=DIED, told_by="A nurse, by phone", by=bea, on=ON)
    assert closed.story.filter(kind=Event.DIED).exists()
    assert "Hold Ada's review." not in tasks(closed, Whose.WORKER)


def test_a_review_asked_for_in_a_case_that_nobody_has_is_the_managers_to_see(case, ada_user, mona):
    Case.objects.filter(pk=case.pk).update(worker=None)
    case = Case.objects.get(pk=case.pk)
    people.tell(case=case, kind=Event.REVIEW_ASKED, sentence="Ada asked for a review.", by=ada_user, on=ON)
    assert own_tasks(mona).get().kind == Event.REVIEW_ASKED


def test_the_worker_learns_that_somebody_wrote_once_until_it_is_read(case, bea, ada_user):
    """Ada wrote in her assessment and in her plan for weeks, and nobody was told."""
    assessment = assessing.start_assessment(case=case, by=bea, on=ON)
    for words in ("The sea.", "The sea, and my dog."):
        written = {"what_matters": words, "good_day": ""}
        version = assessment.version
        assessing.save_own_words(assessment=assessment, words=written, version=version, by=ada_user, on=ON)
    wrote = case.story.filter(kind=Event.OWN_WORDS)
    assert [line.sentence for line in wrote] == ["Ada Bell wrote in the assessment."]
    assert [task.what for task in own_tasks(bea)] == [
        "Read what Ada Bell, or who helps them, wrote in their own words."
    ]
    people.finish_task(task=own_tasks(bea).get(), by=bea, on=ON)
    note = assessment.outcomes.first()
    assessing.save_own_words_on_outcome(note=note, words="I slip.", version=note.version, by=ada_user, on=ON)
    assert own_tasks(bea).count() == 1


def test_what_the_worker_writes_is_no_news_to_them(case, bea):
    assessment = assessing.start_assessment(case=case, by=bea, on=ON)
    version = assessment.version
    assessing.save_conversation(assessment=assessment, details={"what_matters": "x"}, version=version, by=bea, on=ON)
    assert not own_tasks(bea).exists()


def test_a_second_request_is_a_task_of_the_worker_of_the_first(case, bea, team):
    other = User.objects.create_user("wes@council.example", name="Wes Hart", roles=[Role.ASSESSOR], team=team)
    give_reason(viewer=other, person_id=case.person_id, reason="She rang about her mother.")
    details = {"team": team, "kind": "carer", "cared_for_name": "Pat Bell", "request_words": "I look after Pat."}
    people.open_case(person=case.person, details=details, by=other, on=ON)
    assert [task.what for task in own_tasks(bea)] == [
        "Ada Bell asked for help again: read what for, and speak with them."
    ]
