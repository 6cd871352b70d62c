"""When reviews are due, who asks, what they hold, and what follows from them."""

from datetime import date, timedelta

import pytest

from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.actions import finish_task
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Task, Whose
from leeway.care.planning import actions as planning
from leeway.care.planning.models import PlanState
from leeway.care.planning.queries import open_plan, plan_in_force
from leeway.care.review import actions, queries
from leeway.care.review.models import Review
from leeway.jobs.actions import start_nightly
from leeway.jobs.models import Job
from leeway.messages.models import Message
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from tests.care.conftest import TODAY, explain, passes_conditions, relate, seen_offer
from tests.pages import send
from tests.races import at_once

WHY = "Ada is content, and so is everyone who helps her."


def complete(review, by, result="continue", **rest):
    given = {"reasons": WHY, "held_on": TODAY} | rest
    return actions.complete_review(review=review, version=review.version, result=result, by=by, on=TODAY, **given)


def test_the_first_review_is_due_within_six_months_of_the_start(active):
    assert queries.next_review(active).due_on == date(2027, 6, 7)


@pytest.mark.parametrize(
    ("starts_on", "due"),
    [
        (date(2026, 8, 30), date(2027, 2, 28)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 9, 1), date(2027, 3, 1)),
        (date(2027, 8, 31), date(2028, 2, 29)),
    ],
)
def test_six_months_at_the_edges_of_months(case, finn, starts_on, due):
    assert actions.schedule_review(case=case, starts_on=starts_on, by=finn, on=TODAY).due_on == due


def test_one_review_is_ahead_and_the_sooner_day_stays(active, finn):
    actions.schedule_review(case=active, starts_on=date(2027, 3, 1), by=finn, on=TODAY)
    assert Review.objects.get(case=active).due_on == date(2027, 6, 7)


def test_ada_asks_at_any_time_and_it_is_due_within_four_weeks(active, ada_user):
    review = actions.ask_for_review(case=active, words="My sister is moving away.", by=ada_user, on=TODAY)
    assert review.due_on == TODAY + timedelta(weeks=4)
    assert (review.get_reason_display(), review.asked_by_name) == ("Unplanned: the person asked", "Ada Bell")


def test_whoever_asks_again_adds_to_what_was_said_and_says_nothing_twice(active, ada_user, bea):
    actions.ask_for_review(case=active, words="My sister is moving away.", by=ada_user, on=TODAY)
    asked = active.tasks.filter(kind="review_asked")
    finish_task(task=asked.get(), by=bea, on=TODAY)
    again = {"case": active, "words": "She goes on Friday.", "by": ada_user, "on": TODAY}
    review = actions.ask_for_review(**again)
    assert review.asked_words == "My sister is moving away.\n23 November 2026, Ada Bell: She goes on Friday."
    assert asked.filter(done_on=None).count() == 1, "her worker learns that she asked again"
    with pytest.raises(Refusal, match="said this already"):
        actions.ask_for_review(**again)


def test_asking_does_not_put_a_review_off(active, ada_user):
    Review.objects.filter(case=active).update(due_on=TODAY + timedelta(days=3))
    with pytest.raises(Refusal, match="Say in a few words why you would like a review"):
        actions.ask_for_review(case=active, words="hm", by=ada_user, on=TODAY)
    assert actions.ask_for_review(case=active, words="Soon, please", by=ada_user, on=TODAY).due_on == TODAY + timedelta(
        days=3
    )


def test_cyril_asks_only_with_leave(active, cyril):
    with pytest.raises(NotAllowed):
        actions.ask_for_review(case=active, words="Yes, please", by=cyril, on=TODAY)
    relate(active.person, "Cyril Crane", "none", user=cyril, may_see_record=True)
    assert actions.ask_for_review(case=active, words="Yes, please", by=cyril, on=TODAY)


def test_opening_moves_the_case_and_only_the_worker_opens(active, bea, ada_user):
    with pytest.raises(NotAllowed):
        actions.open_review(case=active, version=queries.version_of_next(active), by=ada_user, on=TODAY)
    review = actions.open_review(
        case=active, version=queries.version_of_next(active), reason="Unplanned: hospital", by=bea, on=TODAY
    )
    assert active.stage == "review" and review.opened_on == TODAY and review.reason == "Unplanned: hospital"
    assert plan_in_force(active) is not None


@pytest.mark.django_db(transaction=True)
def test_a_review_that_is_asked_for_while_it_is_started_is_looked_at_first(active, bea, ada_user):
    version = queries.version_of_next(active)
    _asked, told = at_once(
        lambda: actions.ask_for_review(case=active, words="Soon, please", by=ada_user, on=TODAY),
        lambda: actions.open_review(case=Case.objects.get(), version=version, by=bea, on=TODAY),
    )
    assert isinstance(told, EditedMeanwhile)
    assert Review.objects.get(case=active).opened_on is None


def test_the_second_to_save_a_review_is_told(active, bea, mona):
    review = actions.open_review(case=active, version=queries.version_of_next(active), by=bea, on=TODAY)
    seen = review.version
    actions.save_review(review=review, version=seen, details={"person_words": "Mine"}, by=mona, on=TODAY)
    with pytest.raises(EditedMeanwhile):
        actions.save_review(review=review, version=seen, details={"person_words": "Yours"}, by=bea, on=TODAY)
    assert Review.objects.get(pk=review.pk).person_words == "Mine"


@pytest.mark.parametrize(
    ("emptied", "sentence"),
    [
        ({"person_words": ""}, "person said first"),
        ({"assessor_words": ""}, "you found"),
        ({"achieved": ""}, "altogether"),
    ],
)
def test_a_review_without_its_substance_is_not_complete(opened, bea, emptied, sentence):
    actions.save_review(review=opened, version=opened.version, details=emptied, by=bea, on=TODAY)
    with pytest.raises(Refusal, match=sentence):
        complete(opened, bea)


def test_every_aim_is_judged(active, bea):
    review = actions.open_review(case=active, version=queries.version_of_next(active), by=bea, on=TODAY)
    details = {"person_words": "It goes well.", "assessor_words": "It goes well.", "achieved": "Fully Met"}
    actions.save_review(review=review, version=review.version, details=details, by=bea, on=TODAY)
    with pytest.raises(Refusal, match="each aim"):
        complete(review, bea)


def test_a_result_needs_a_reason(opened, bea):
    with pytest.raises(Refusal, match="Say why"):
        complete(opened, bea, reasons="Fine.")


def test_a_review_is_not_held_in_the_future(opened, bea):
    with pytest.raises(Refusal, match="not in the future"):
        complete(opened, bea, held_on=TODAY + timedelta(days=1))


def test_carrying_on_makes_the_next_review_due_within_a_year(opened, bea):
    complete(opened, bea)
    assert opened.case.stage == "active"
    ahead = queries.next_review(opened.case)
    assert ahead.pk != opened.pk and ahead.due_on == date(2027, 11, 23)
    assert [review.pk for review in queries.past_reviews(opened.case)] == [opened.pk]


def test_a_held_review_is_not_changed(opened, bea):
    complete(opened, bea)
    with pytest.raises(Refusal, match="not under way"):
        actions.save_review(review=opened, version=opened.version, details={"person_words": "Later"}, by=bea, on=TODAY)


def test_a_changed_plan_is_a_copy_and_the_old_one_holds_until_it_is_agreed(opened, bea, mona, ada_user):
    before = plan_in_force(opened.case)
    complete(opened, bea, result="change_plan")
    case, plan = opened.case, open_plan(opened.case)
    plan.case = case
    assert case.stage == "planning" and (plan.number, plan.state) == (2, "draft")
    assert [line.what for line in plan.lines.all()] == ["Help with mornings"]
    assert plan.lines.get().aim.plan_id == plan.pk and plan.lines.get().way == ""
    assert plan_in_force(case) == before
    planning.set_start(plan=plan, version=plan.version, starts_on=date(2027, 1, 4), by=bea, on=TODAY)
    explain(plan, bea)
    planning.record_choice(
        plan=plan, version=seen_offer(plan), way="direct_payment", words="As it was before.", by=bea, on=TODAY
    )
    passes_conditions(plan, bea)
    planning.submit_plan(plan=plan, version=plan.version, by=bea, on=TODAY)
    planning.sign_off(plan=plan, version=plan.version, final_pence_per_week=185_00, reason="", by=mona, on=TODAY)
    assert plan_in_force(case) == before
    planning.agree(plan=plan, version=plan.version, how="Signed here", by=ada_user, on=TODAY)
    before.refresh_from_db()
    assert before.state == PlanState.REPLACED and plan_in_force(case) == plan


def test_assessing_again_goes_back_to_assessment_with_the_plan_in_force(opened, bea):
    complete(opened, bea, result="reassess")
    assert opened.case.stage == "assessment" and plan_in_force(opened.case) is not None


def test_ending_keeps_reasons_and_what_must_still_be_paid(opened, bea):
    with pytest.raises(Refusal, match="must still be paid"):
        complete(opened, bea, result="end")
    assert Case.objects.get(pk=opened.case.pk).stage == "review"
    opened.refresh_from_db()
    complete(opened, bea, result="end", still_to_pay="Two weeks' notice pay for Sam.")
    decision = standing(opened.case, DecisionKind.ENDING)
    assert decision.result == {"ends_on": "2026-11-23", "still_to_pay": "Two weeks' notice pay for Sam."}
    assert WHY in decision.reasons and decision.decided_by == bea
    assert opened.case.stage == "closed" and plan_in_force(opened.case) is None


def test_reviews_due_are_those_of_the_worker_and_of_the_team(active, bea, mona, cyril):
    day = date(2027, 6, 7)
    assert list(queries.reviews_due(bea, day - timedelta(days=1))) == []
    assert [review.case for review in queries.reviews_due(bea, day)] == [active]
    assert [review.case for review in queries.reviews_due(mona, day)] == [active]
    assert list(queries.reviews_due(cyril, day)) == []


# --- Pages


def test_the_night_asks_the_worker_once_for_each_review_that_falls_due(active, bea, work):
    """Four weeks before, and not the day before that; again where the day was changed."""
    due = queries.next_review(active).due_on
    nights = (due - timedelta(days=29), due - timedelta(days=28), due - timedelta(days=27))
    for night, asked in zip(nights, (0, 1, 0), strict=True):
        start_nightly(on=night)
        work()
        done = Job.objects.get(kind="reviews_falling_due", asked_on=night)
        assert done.result_sentence.startswith(f"Tasks set: {asked},"), done.error
    task = Task.objects.get(kind=Event.REVIEW_DUE)
    assert (task.case, task.whose, task.due_on) == (active, Whose.WORKER, due)
    assert "Ada Bell" in task.what
    told = Message.objects.get(template="review_due")
    assert (told.person_id, told.written_by, told.written_on) == (active.person_id, None, nights[1])
    assert f"by {due:%-d %B %Y}" in told.body
    finish_task(task=task, by=bea, on=nights[2])
    assert actions.ask_for_due_reviews(on=due).new == 0, "what Bea did is not asked of her again"
    Review.objects.filter(held_on=None).update(due_on=due + timedelta(days=7))
    assert actions.ask_for_due_reviews(on=due).new == 1
    assert Message.objects.filter(template="review_due").count() == 2


def test_a_review_with_a_fault_in_its_record_stops_no_other(active, another_case, bea, work, monkeypatch, caplog):
    due = queries.next_review(active).due_on
    other = another_case("Bertil")
    Case.objects.filter(pk=other.pk).update(stage="active")
    Review.objects.create(case=other, due_on=due - timedelta(days=1))
    write = actions.write_to_person

    def write_or_fail(*, case, **rest):
        if case == other:
            raise ValueError(f"{case.person} has no address")
        return write(case=case, **rest)

    monkeypatch.setattr(actions, "write_to_person", write_or_fail)
    start_nightly(on=due - timedelta(days=2))
    work()
    done = Job.objects.get(kind="reviews_falling_due").result_sentence
    assert (
        done.startswith("Tasks set: 1,")
        and f"It did not work in 1, whose records have a fault: cases {other.pk}" in done
    )
    assert [task.case for task in Task.objects.filter(kind=Event.REVIEW_DUE)] == [active]
    assert "ValueError" in caplog.text and "Bertil" not in caplog.text + done


def test_the_person_is_not_told_of_a_day_that_is_past(active):
    late = queries.next_review(active).due_on + timedelta(days=1)
    assert actions.ask_for_due_reviews(on=late).new == 1
    assert not Message.objects.filter(template="review_due").exists()


def test_ada_asks_and_bea_holds_the_review_by_the_pages(client, active, bea, ada_user, django_assert_max_num_queries):
    at = f"/cases/{active.pk}/review/"
    client.force_login(ada_user)
    with django_assert_max_num_queries(25):
        assert "Ask for a review sooner" in client.get(at).content.decode()
    assert client.post(f"{at}ask/", {"words": ""}).status_code == 200
    assert client.post(f"{at}ask/", {"words": "The bus stopped running."}).status_code == 302
    assert client.get(f"{at}start/").status_code == 403
    client.force_login(bea)
    assert "The bus stopped running." in client.get(at).content.decode()
    assert send(client, f"{at}start/", reason="Unplanned: asked for").status_code == 302
    review = queries.next_review(active)
    aim = plan_in_force(active).aims.get()
    words = {"person_words": "No bus", "assessor_words": "So no swimming", "achieved": "Not Met"}
    data = words | {"version": review.version, f"aim_{aim.pk}": "Not Met"}
    assert client.post(f"{at}write/", data).status_code == 302
    assert "No bus" in client.get(f"{at}complete/").content.decode()
    late = client.post(f"{at}write/", data | {"person_words": "Something else"})
    assert late.status_code == 200 and "Someone else saved this" in late.content.decode()
    assert "No bus" in late.content.decode() and "Something else" in late.content.decode()
    today = Review.objects.get(pk=review.pk).opened_on
    for seen in ("A look.", ""):
        stored = {"version": Review.objects.get(pk=review.pk).version, "seen_instead": seen}
        assert client.post(f"{at}write/", data | stored).status_code == 302
        follows = {"version": Review.objects.get(pk=review.pk).version, "result": "change_plan", "reasons": "So."}
        follows |= {"held_on_day": today.day, "held_on_month": today.month, "held_on_year": today.year}
        page = client.post(f"{at}complete/", follows).content.decode()
        assert (f'href="{at}write/">Go back to what was said' in page) == bool(seen)
    answer = client.post(
        f"{at}complete/",
        {
            "version": Review.objects.get(pk=review.pk).version,
            "held_on_0": today.day,
            "held_on_1": today.month,
            "held_on_2": today.year,
            "held_on_day": today.day,
            "held_on_month": today.month,
            "held_on_year": today.year,
            "result": "change_plan",
            "reasons": "The plan needs another way to the pool.",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    active.refresh_from_db()
    assert active.stage == "planning" and open_plan(active).number == 2
    assert "Get up when I like: not met" in client.get(at).content.decode()


def test_the_list_of_reviews_due(client, active, bea, ada_user):
    Review.objects.filter(case=active).update(due_on=date(2026, 1, 1))
    client.force_login(bea)
    page = client.get("/reviews/").content.decode()
    assert "Ada Bell" in page and "Late" in page and "1 late, or due within six weeks" in page
    assert 'aria-sort="ascending">Worker' in client.get("/reviews/?sort=worker").content.decode()
    assert 'href="/reviews/"' in client.get("/home/").content.decode()
    client.force_login(ada_user)
    assert client.get("/reviews/").status_code == 403
