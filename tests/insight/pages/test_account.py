"""The local account: published by an analyst, read by everyone, and nobody can be found in it."""

import csv
import io
import itertools
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.access.roles import Role
from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.suppression import published as suppressed
from leeway.insight.pages import account as room
from leeway.insight.pages.account import BESIDE, COLUMNS, as_measures, own_figures, plain_words
from leeway.insight.pages.actions import publish_account, work_out_account
from leeway.insight.pages.changed import CODE
from leeway.insight.pages.forms import month_ends
from leeway.insight.pages.models import LocalAccount
from leeway.jobs.models import Job
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.refusal import NotAllowed, Refusal
from tests.insight.measures.made import DAY, by_chance
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db
FILES = ["account_csv", "account_package"]
COUNTS = ("numerator", "denominator", "unknown")


@pytest.fixture(scope="module")
def rows():
    """The figures of three hundred made-up people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "council_records", lambda *_day, **_who: by_chance(5, 300))
        patch.setattr(room, "budget_changes", lambda *_over, **_who: [])
        return own_figures(DAY, seen_by=None, on=DAY)


@pytest.fixture
def worked_out(monkeypatch, rows):
    """Whatever the day, these are the figures; nothing is asked of the council's own cases."""
    monkeypatch.setattr("leeway.insight.pages.actions.own_figures", lambda *_day, **_who: rows)


@pytest.fixture
def published(ana, today, rows):
    """Publish figures as they stood on a day."""

    def publish_one(as_at=DAY, figures=rows):
        return LocalAccount.objects.create(as_at=as_at, figures=figures, published_on=today, published_by=ana)

    return publish_one


def everyone_reads(client) -> str:
    client.logout()
    return told(client.get(reverse("insight:account")))


def file_rows(client) -> list[dict]:
    return list(csv.DictReader(io.StringIO(client.get(reverse("insight:account_csv")).content.decode())))


def test_before_any_is_published_the_page_says_so_and_there_are_no_files(client):
    assert "has not published its figures yet" in everyone_reads(client)
    for name in FILES:
        assert client.get(reverse(f"insight:{name}")).status_code == 404


@pytest.fixture(autouse=True)
def afresh():
    """What was worked out is kept for a while: not from one test to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def look(client, work):
    """Ask for the figures of a day, have the worker do it, and follow the link of the job's page."""

    def look_at(day):
        asked = client.post(reverse("insight:publish"), {"as_at": day.isoformat()})
        job = Job.objects.get(kind="work_out_account")
        assert asked.headers["Location"] == reverse("jobs:show", args=[job.pk])
        assert "This waits for its turn." in told(client.get(asked.headers["Location"]))
        work()
        after = client.get(asked.headers["Location"])
        assert "See what everyone will see" in told(after)
        job.refresh_from_db()
        assert job.result_address in after.content.decode()
        return told(client.get(job.result_address))

    return look_at


def test_an_analyst_sees_it_first_and_publishes_it(client, ana, worked_out, look, today):
    client.force_login(ana)
    day = month_ends(today)[1]
    before = told(client.get(reverse("insight:publish")))
    assert "None has been published yet" in before and "Publish it" not in before
    asked_too_soon = told(client.get(reverse("insight:publish"), {"as_at": day.isoformat()}))
    assert "not worked out in the last hour" in asked_too_soon and "Publish it" not in asked_too_soon
    seen = look(day)
    assert f"This is what everyone will see, as it stood on {day:%-d %B %Y}." in seen
    assert LocalAccount.objects.count() == 0, "to look is not to publish"
    after = client.post(reverse("insight:publish"), {"as_at": day.isoformat(), "publish": "yes"}, follow=True)
    assert "Everyone can read it." in told(after)
    kept = LocalAccount.objects.get()
    assert (kept.as_at, kept.published_on, kept.published_by) == (day, today, ana)
    figures = re.findall(r"[\d.]+% (?=\()", seen)
    assert figures and figures == re.findall(r"[\d.]+% (?=\()", everyone_reads(client)), "what was seen is published"


def test_what_was_not_seen_in_the_last_hour_is_not_published(client, ana, worked_out, today):
    client.force_login(ana)
    day = month_ends(today)[0]
    text = told(client.post(reverse("insight:publish"), {"as_at": day.isoformat(), "publish": "yes"}))
    assert "See them first" in text and not LocalAccount.objects.exists()


def test_how_far_the_figures_are_is_told_to_the_end(ana, today):
    steps = []
    work_out_account(
        as_at=month_ends(today)[0], by=ana, on=today, progress=lambda *, done, of: steps.append((done, of))
    )
    assert steps == [(done, 5) for done in range(5)], "the fifth is done with the job"


@pytest.mark.parametrize("as_at", ["", "yesterday", "2999-12-31", "2020-02-30", "1999-01-15"])
def test_a_day_that_cannot_be_is_refused_with_a_sentence(client, ana, worked_out, as_at):
    client.force_login(ana)
    for send in (client.get, client.post):
        text = told(send(reverse("insight:publish"), {"as_at": as_at}))
        assert "There is a problem" in text and "Choose" in text and "Publish it" not in text
    assert not LocalAccount.objects.exists()


def test_a_day_to_come_is_refused(ana, today):
    after = (today.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)
    with pytest.raises(Refusal, match="still to come"):
        work_out_account(as_at=after, by=ana, on=today)
    assert not LocalAccount.objects.exists()


def test_an_older_day_than_everyone_reads_is_refused_before_and_after_the_button(
    client, ana, worked_out, look, today, published
):
    newer, older = month_ends(today)[:2]
    published(as_at=newer)
    client.force_login(ana)
    for send in (client.get, client.post):
        text = told(send(reverse("insight:publish"), {"as_at": older.isoformat()}))
        assert f"as it stood on {newer:%-d %B %Y} is out already" in text and "Publish it" not in text
    assert not Job.objects.exists()
    with pytest.raises(Refusal, match="out already"):
        publish_account(as_at=older, by=ana, on=today)
    assert LocalAccount.objects.count() == 1
    assert "Publish it" in look(newer)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST}))
def test_nobody_else_publishes(client, role, today):
    other = user("Other", role)
    client.force_login(other)
    day = month_ends(today)[0]
    assert client.get(reverse("insight:publish")).status_code == 403
    assert client.post(reverse("insight:publish"), {"as_at": day.isoformat()}).status_code == 403
    for action in (work_out_account, publish_account):
        with pytest.raises(NotAllowed, match="publish the local account"):
            action(as_at=day, by=other, on=today)
    assert not LocalAccount.objects.exists()


def test_it_is_made_of_the_councils_own_cases(ana, today):
    """With nobody in them yet, everything is hidden and the page names what there is too little of."""
    work_out_account(as_at=month_ends(today)[0], by=ana, on=today)
    kept = publish_account(as_at=month_ends(today)[0], by=ana, on=today)
    assert {row["hidden"] for row in kept.figures} == {"under 5"}
    assert {row["breakdown"] for row in kept.figures} == {"all"}


def test_where_there_is_nobody_to_count_there_is_nothing_to_publish(client, ana, look, today):
    client.force_login(ana)
    text = look(month_ends(today)[0])
    assert "too few people" in text and "Publish it" not in text


def test_the_figures_are_those_of_the_measures(rows):
    """Worked out a second time, without hiding or rounding."""
    exact = {one["measure"]: one for one in answers(by_chance(5, 300), as_at=DAY, measures=MEASURES)}
    shown = [row for row in rows if row["breakdown"] == "all" and not row["hidden"]]
    assert len(shown) > 5
    for row in shown:
        one = exact[row["measure"]]
        if row["unit"] == "%":
            assert all(abs(row[count] - one[count]) <= 2 for count in ("numerator", "denominator"))
            assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"], abs=0.0501)
        else:
            assert row["value"] == pytest.approx(one["value"], rel=0.2), "about the same"
    told_once = {"ASCOF 3D(1a)", "ASCOF 3D(2a)", "person-weekly-cost", "relabelled", "Waiting, first response"}
    told = {row["measure"] for row in rows}
    assert told_once < told and not {"NI130", "holds-direct", "tier-cost", "second-look"} & told


def test_no_count_is_small_and_none_is_exact(rows):
    for row in rows:
        assert list(row) == list(COLUMNS)
        if row["hidden"]:
            assert [row[name] for name in (*COUNTS, "value")] == [None] * 4
            continue
        assert row["numerator"] >= 5 and row["denominator"] >= 5
        assert row["unknown"] is None or row["unknown"] == 0 or row["unknown"] >= 5
        assert all(row[count] % 5 == 0 for count in COUNTS if row[count] is not None)
    assert {row["hidden"] for row in rows} == {"", "under 5", "so that others stay hidden"}, "all three were tried"


def as_told(row, numerator, denominator):
    """What everybody would be told of these counts, in the file and on the page."""
    [told] = suppressed([row | {"numerator": numerator, "denominator": denominator, "unknown": 0, "by": {}}])
    return told["numerator"], told["denominator"], told["value"], told["hidden"]


def test_an_attacker_finds_no_count_and_no_difference_of_two(client, published, rows):
    """Everybody has file and page: each share leaves many counts, and each pair of figures many differences.

    With the share of the exact counts (27.2% of “20 of 80”) one pair of counts was left, and any small group was to
    be had by subtracting it.
    """
    published()
    shares = [row for row in file_rows(client) if row["unit"] == "%" and not row["hidden"]]
    on_the_page = set(re.findall(r"([\d.]+)% \(?([\d,]+) of ([\d,]+)", re.sub(r"\s+", " ", everyone_reads(client))))
    assert on_the_page
    file = {
        (f"{float(row['value']):.1f}", f"{int(row['numerator']):,}", f"{int(row['denominator']):,}") for row in shares
    }
    assert on_the_page <= file, "the page tells nothing that the file does not"
    left: dict[tuple, tuple[set[int], set[int]]] = {}
    for row in shares:
        numerator, denominator, value = int(row["numerator"]), int(row["denominator"]), float(row["value"])
        fit = [
            (n, d)
            for n in range(numerator - 4, numerator + 5)
            for d in range(max(n, denominator - 4), denominator + 5)
            if as_told(row, n, d) == (numerator, denominator, value, "")
        ]
        left[row["measure"], row["breakdown"], row["group"]] = {n for n, _ in fit}, {d for _, d in fit}
    assert len(left) > 20
    for counts in left.values():
        assert all(len(each) >= 3 for each in counts), "at the edge of 5 and of the whole some are ruled out, never all"
    for one, other in itertools.combinations(left.values(), 2):
        for mine, theirs in itertools.product(one, other):
            assert len({a - b for a in mine for b in theirs}) >= 5, "a count of 1 to 4 is never all that is left"


def test_no_part_stands_hidden_alone_beside_its_whole(rows):
    groups: dict[tuple, list[str]] = {}
    wholes = {row["measure"]: row["hidden"] for row in rows if row["breakdown"] == "all"}
    for row in rows:
        if row["breakdown"] != "all":
            groups.setdefault((row["measure"], row["breakdown"]), []).append(row["hidden"])
    for (measure, _breakdown), hidden in groups.items():
        if wholes[measure]:
            assert all(hidden), "a hidden whole could be added up from its parts"
        else:
            assert sum(map(bool, hidden)) != 1 or len(hidden) == 1


def test_the_page_shows_every_measure_or_names_it_as_too_small(client, published, rows):
    published()
    text = everyone_reads(client)
    asked = {code: words["ask"] for figures in plain_words().values() for code, words in figures.items()}
    measures = {row["measure"] for row in rows if not row["measure"].startswith(CODE)}
    assert set(asked) == measures, "each figure that everybody is told has its plain words"
    for row in rows:
        if row["breakdown"] == "all" and row["measure"] in measures:
            assert asked[row["measure"]] in text
            assert row["hidden"] or row["name"] in text.replace("&#39;", "'").replace("&amp;", "&")
    shown = as_measures(rows)
    assert 0 < len(shown) < len({row["measure"] for row in rows}) and "Questions without a figure" in text
    assert "under 5" in text and "so that others stay hidden" in text
    counts = re.findall(r"\(?([\d,]+) of ([\d,]+)\b", text)
    assert counts and all(int(one.replace(",", "")) >= 5 for pair in counts for one in pair)


@pytest.mark.parametrize("words", [each for figures in plain_words().values() for each in figures.values()])
def test_what_a_figure_tells_is_a_question_and_short_sentences_without_words_of_the_office(words):
    assert words["ask"].endswith("?") and len(words["ask"].split()) <= 20
    sentences = re.split(r"(?<=[.]) ", words["told"])
    assert all(each[0].isupper() and each.endswith(".") and len(each.split()) <= 25 for each in sentences), sentences
    office = r"denominator|numerator|median|\bmean\b|client|commissioned|component|mechanism|cohort|long-term community"
    assert not re.search(office, f"{words['ask']} {words['told']}", re.IGNORECASE)


def test_england_stands_beside_what_the_national_framework_measures(client, published):
    published()
    text = everyone_reads(client)
    for key in BESIDE.values():
        latest = catalogue()[key].figures.filter(council=ENGLAND).sort("year").row(-1, named=True)
        assert f"England: {latest['value']:.1f}% in {latest['year']}" in text


def test_the_file_is_the_figures_to_the_last_cell(client, published, rows):
    published()
    found = file_rows(client)
    assert [{name: "" if row[name] is None else str(row[name]) for name in COLUMNS} for row in rows] == found


def test_the_data_package_describes_the_file(client, published, rows, settings):
    """Held to the rules of Frictionless Data (data package, tabular data resource, table schema)."""
    published()
    answer = client.get(reverse("insight:account_package"))
    package = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"]) and settings.COUNCIL_NAME in package["title"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    assert all(licence.get("name") or licence.get("path") for licence in package["licenses"])
    assert all(source["title"] for source in package["sources"])
    [resource] = package["resources"]
    assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"]) and resource["path"] == "figures.csv"
    beside = reverse("insight:account_package").rpartition("/")[0]
    assert f"{beside}/{resource['path']}" == reverse("insight:account_csv"), "where the package says it is"
    found, fields = file_rows(client), resource["schema"]["fields"]
    assert [field["name"] for field in fields] == list(found[0])
    cast = {"string": str, "integer": int, "number": float, "date": date.fromisoformat}
    for row in found:
        for field in fields:
            if row[field["name"]] not in resource["schema"]["missingValues"]:
                cast[field["type"]](row[field["name"]])
    keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in found]
    assert len(keys) == len(set(keys)) == len(rows)


def test_a_later_day_takes_its_place_and_an_earlier_one_does_not(client, published):
    published(as_at=date(2026, 3, 31))
    published(as_at=date(2026, 4, 30))
    assert "as they stood on 30 April 2026" in everyone_reads(client)
    published(as_at=date(2026, 2, 28))
    assert "as they stood on 30 April 2026" in everyone_reads(client)


def test_the_same_day_published_again_takes_its_place(client, published, rows):
    published()
    published(figures=[row | {"name": f"Anew: {row['name']}"} for row in rows])
    assert "Anew: Direct payments" in everyone_reads(client)
    assert {row["name"].partition(":")[0] for row in file_rows(client)} == {"Anew"}


def test_what_was_published_is_kept(published):
    kept = published()
    for change in (lambda: LocalAccount.objects.update(figures=[]), kept.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert LocalAccount.objects.get().figures == kept.figures


def test_everyones_pages_ask_one_thing_of_the_database(client, published, django_assert_num_queries):
    published()
    for name in ("account", *FILES):
        with django_assert_num_queries(1):
            assert client.get(reverse(f"insight:{name}")).status_code == 200


def test_publishing_asks_as_much_of_the_database_however_many_are_counted(ana, today, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        work_out_account(as_at=month_ends(today)[0], by=ana, on=today)


def test_the_months_that_can_be_chosen_have_passed():
    assert month_ends(date(2026, 3, 1), 3) == [date(2026, 2, 28), date(2026, 1, 31), date(2025, 12, 31)]
    assert month_ends(date(2026, 3, 31), 1) == [date(2026, 3, 31)]
    assert len(month_ends(timezone.localdate())) == 12
