"""Lists of cases: what comes next, sorted, and the reviews of the coming weeks."""

from datetime import timedelta

from django.utils import timezone

from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person
from leeway.care.review.models import Review


def test_a_list_of_cases_says_what_comes_next_and_is_sorted(client, case, bea, team):
    zed = Person.objects.create(given_name="Zed", family_name="Abel", date_of_birth="1950-01-01")
    Case.objects.create(person=zed, team=team, worker=bea, opened_on="2026-11-28", request_words="…")
    client.force_login(bea)
    by_day, by_name = (client.get(f"/home/?sort={key}").content.decode() for key in ("opened", "name"))
    assert "Start the assessment" in by_day
    assert by_day.index("Ada Bell") < by_day.index("Zed Abel") and by_name.index("Zed Abel") < by_name.index("Ada Bell")
    assert client.get("/home/?sort=worker&stage=nowhere").status_code == 200


def test_a_list_of_cases_says_of_a_plan_that_came_back_how_it_did(client, case, bea):
    Case.objects.filter(pk=case.pk).update(stage="planning")
    for kind, said in [
        (Event.PLAN_SUBMITTED, "Check the money, write the plan, record the choice"),
        (Event.DISAGREED, "Not agreed: change the plan with the person, and send it again"),
        (Event.PLAN_RETURNED, "Sent back: change the plan, and send it again"),
    ]:
        tell(case=case, kind=kind, sentence="…", by=bea, on=timezone.localdate())
        client.force_login(bea)
        assert said in client.get("/home/").content.decode()


def test_a_review_that_comes_up_in_six_weeks_is_shown(client, case, bea):
    today = timezone.localdate()
    Case.objects.filter(pk=case.pk).update(stage="active")
    review = Review.objects.create(case=case, due_on=today + timedelta(weeks=6))
    client.force_login(bea)
    assert "Reviews due in the next six weeks" in client.get("/home/").content.decode()
    Review.objects.filter(pk=review.pk).update(due_on=today + timedelta(weeks=6, days=1))
    page = client.get("/home/").content.decode()
    assert "Reviews due in the next six weeks" not in page and "Review by" in page


def test_a_manager_finds_what_charges_change_also_where_no_review_is_due(client, case, mona):
    client.force_login(mona)
    page = client.get("/home/").content.decode()
    assert "Reviews due" not in page and 'href="/contributions/changes/"' in page and 'href="/team/"' in page
