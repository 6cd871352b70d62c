"""Being an employer: what is due when, what is asked for, what is said once, and who may keep the record."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.care.employing import actions, queries
from leeway.care.employing.models import DutyDone, Job, Terms
from leeway.law.employer_duties import BY_CODE, DUTIES, Standing, Told, Worker, stand
from leeway.messages.models import Message
from leeway.refusal import NotAllowed, Refusal
from tests.care.conftest import TODAY

BORN, BEGAN = date(1994, 5, 3), date(2024, 3, 4)
TERMS = {
    "hourly_pence": 13_20,
    "minutes_a_week": 14 * 60,
    "hours_vary": False,
    "paid_every": "four_weeks",
    "claims_allowance": True,
    "in_pension": None,
}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def kate(case, ada_user):
    return take_on(case, ada_user)


def take_on(case, by, on=TODAY, **changes):
    given = {"name": "Kate Lim", "born_on": BORN, "started_on": BEGAN, "terms": TERMS} | changes
    return actions.take_on(case=case, **given, by=by, on=on)


def tell(case, by, duty, job=None, done_on=BEGAN, until=None):
    return actions.tell_done(case=case, duty=duty, job=job, done_on=done_on, until=until, by=by, on=TODAY)


def read(client, address, answers):
    return client.post(address, answers, follow=True).content.decode()


def standing(case, on=TODAY):
    return {item.duty.code: item.standing for item in queries.employer(case, on).items}


def test_what_nobody_told_is_never_taken_for_undone_or_done():
    worker = Worker("k", TODAY - timedelta(days=100), "week")
    items = stand([worker], [], TODAY)
    assert {item.duty.code for item in items} == {duty.code for duty in DUTIES}
    assert {item.standing for item in items if item.due_on < TODAY} == {Standing.NOT_TOLD}
    done = Told("terms", "k", TODAY)
    assert next(i for i in stand([worker], [done], TODAY) if i.duty.code == "terms").standing is Standing.TOLD
    assert stand([], [done], TODAY) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [(29, Standing.TOLD), (28, Standing.ENDS_SOON), (0, Standing.ENDS_SOON), (-1, Standing.ENDED)],
)
def test_insurance_is_asked_for_again_four_weeks_before_it_ends(days, expected):
    told = [Told("insurance", "", TODAY - timedelta(days=300), TODAY + timedelta(days=days))]
    worker = Worker("k", TODAY - timedelta(days=300), "week")
    assert next(i for i in stand([worker], told, TODAY) if i.duty.code == "insurance").standing is expected


def test_the_pension_regulator_is_told_again_after_three_years():
    worker = Worker("k", date(2020, 1, 1), "week")
    item = next(
        i for i in stand([worker], [Told("pension", "", date(2023, 12, 10))], TODAY) if i.duty.code == "pension"
    )
    assert (item.until, item.standing) == (date(2026, 12, 10), Standing.ENDS_SOON)


def test_the_list_gets_shorter_by_what_is_told_and_longer_again_when_that_is_taken_back(case, ada_user, kate):
    assert standing(case)["insurance"] is Standing.NOT_TOLD
    done = tell(case, ada_user, "insurance", until=date(2027, 3, 1))
    assert standing(case)["insurance"] is Standing.TOLD
    actions.take_back(done=done, by=ada_user, on=TODAY)
    assert standing(case)["insurance"] is Standing.NOT_TOLD
    with pytest.raises(Refusal, match="taken back already"):
        actions.take_back(done=done, by=ada_user, on=TODAY)


def test_each_thing_is_said_once_four_weeks_before(case, ada_user, kate):
    tell(case, ada_user, "insurance", until=TODAY + timedelta(days=20))
    assert actions.remind(on=TODAY) == 1
    assert actions.remind(on=TODAY + timedelta(days=1)) == 0
    message = Message.objects.get(template="employer_reminder")
    assert "liability insurance" in message.body and f"{TODAY + timedelta(days=20):%-d %B %Y}" in message.body
    assert "Kate" not in message.body, "a message may be read by others"
    tell(case, ada_user, "insurance", done_on=TODAY, until=TODAY + timedelta(days=380))
    assert actions.remind(on=TODAY + timedelta(days=2)) == 0


def test_pay_below_the_least_wage_is_kept_and_asked_to_be_raised(case, ada_user):
    job = take_on(case, ada_user, terms=TERMS | {"hourly_pence": 12_00})
    (low,) = queries.employer(case, TODAY).low
    assert (low.job, low.from_on, low.least_pence) == (job, TODAY, 12_71)
    assert actions.remind(on=TODAY) >= 1 and actions.remind(on=TODAY + timedelta(days=1)) == 0, "said once"
    actions.change_terms(job=job, from_on=TODAY, terms=TERMS, by=ada_user, on=TODAY)
    assert queries.employer(case, TODAY).low == ()
    assert Terms.objects.filter(job=job).count() == 2, "what it paid before stays on record"


def test_a_birthday_that_raises_the_least_wage_is_seen_coming(case, ada_user):
    """At 20 an hour may be paid £10.85; from the 21st birthday it is £12.71."""
    turns_21 = TODAY + timedelta(days=10)
    job = take_on(
        case, ada_user, born_on=turns_21.replace(year=turns_21.year - 21), started_on=TODAY,
        terms=TERMS | {"hourly_pence": 11_00},
    )  # fmt: skip
    (low,) = queries.employer(case, TODAY).low
    assert (low.job, low.from_on, low.least_pence) == (job, turns_21, 12_71)


def test_what_is_owed_if_it_ended_goes_by_age_and_years(case, ada_user, kate):
    owed = {each.what: each.pence for each in queries.owed_at_end([kate], TODAY)}
    week = 14 * 13_20
    assert owed == {"Notice": 2 * week, "Redundancy": 2 * week}, "two whole years, between 22 and 41"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"born_on": date(2015, 1, 1)}, "not 16"),
        ({"born_on": date(2119, 5, 3)}, "in the future"),
        ({"started_on": date(2110, 1, 1)}, "more than 5 years from now"),
        ({"name": "kate lim"}, "on the list already"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(case, ada_user, kate, changes, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        take_on(case, ada_user, **changes)
    assert refused.value.field in changes
    assert Job.objects.count() == 1


def test_insurance_says_until_when_and_ends_after_it_began(case, ada_user, kate):
    for until, sentence in ((None, "on the certificate"), (BEGAN - timedelta(days=1), "before the day")):
        with pytest.raises(Refusal, match=sentence) as refused:
            tell(case, ada_user, "insurance", until=until)
        assert refused.value.field == "until"


def test_an_end_is_told_once_and_leaves_no_duties(case, ada_user, kate):
    actions.end_job(job=kate, ended_on=TODAY, ended_why="left", by=ada_user, on=TODAY)
    assert queries.employer(case, TODAY) is not None, "she works to the end of the day"
    assert queries.employer(case, TODAY + timedelta(days=1)) is None
    for again in (
        lambda: actions.end_job(job=kate, ended_on=TODAY, ended_why="left", by=ada_user, on=TODAY),
        lambda: actions.change_terms(job=kate, from_on=TODAY, terms=TERMS, by=ada_user, on=TODAY),
    ):
        with pytest.raises(Refusal, match="This job ended on"):
            again()


def test_a_job_recorded_by_mistake_counts_nowhere(case, ada_user, kate):
    actions.end_job(job=kate, ended_on=TODAY, ended_why="mistake", by=ada_user, on=TODAY)
    assert queries.employer(case, TODAY) is None and actions.remind(on=TODAY) == 0


def test_only_the_person_who_helps_and_the_worker_keep_the_record(case, ada_user, bea, finn, cyril):
    take_on(case, bea, name="Bea told")
    for other in (finn, cyril):
        with pytest.raises(NotAllowed):
            take_on(case, other, name="Another")


def test_the_record_is_kept_as_it_was_told(case, ada_user, kate):
    tell(case, ada_user, "terms", kate)
    for change in (
        lambda: Terms.objects.update(hourly_pence=1),
        lambda: Job.objects.update(name="Other"),
        lambda: DutyDone.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_she_does_it_all_on_her_pages(case, ada_user, client):
    client.force_login(ada_user)
    show = reverse("employing:show", args=[case.pk])
    assert "Nobody is on this list yet" in client.get(show).content.decode()
    born = {"born_on_day": "3", "born_on_month": "5", "born_on_year": "1994"}
    began = {"started_on_day": "4", "started_on_month": "3", "started_on_year": "2024"}
    pay = {"hourly": "13.20", "hours": "14", "hours_vary": "False", "paid_every": "four_weeks",
           "claims_allowance": "True", "in_pension": "law"}  # fmt: skip
    answers = {"name": "Kate Lim"} | born | began | pay
    page = read(client, reverse("employing:take_on", args=[case.pk]), answers)
    assert "Kate Lim is on the list." in page and "Not told yet" in page and "6 things" not in page
    job = Job.objects.get()
    costs = client.get(reverse("employing:job", args=[case.pk, job.pk])).content.decode()
    assert "Redundancy" in costs and "£184.80" in costs
    address = reverse("employing:done_of", args=[case.pk, job.pk, "terms"])
    page = read(client, address, {"done_on_day": "4", "done_on_month": "3", "done_on_year": "2024"})
    assert "Thank you. It is on record." in page
    assert standing(case)["terms"] is Standing.TOLD
    assert client.get(reverse("employing:done", args=[case.pk, "terms"])).status_code == 404, "it is of one worker"
    home = client.get("/home/").content.decode()
    assert f"{queries.employer(case, TODAY).count} things to do" in home
    assert BY_CODE["terms"].what not in home
