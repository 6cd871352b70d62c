"""The return of the made-up council: sound by our own check, each row with its way back, seen by few."""

import logging
from datetime import date, timedelta

import polars as pl
import pytest
from click.testing import CliRunner
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leeway.access.models import Look, User
from leeway.care.circumstances.models import Death
from leeway.care.people.models import Case, Person
from leeway.care.review import actions as reviewing
from leeway.care.review.queries import version_of_next
from leeway.insight.records.check import check
from leeway.insight.records.council import (
    council_records,
    council_return,
    what_the_return_cannot_say,
)
from leeway.insight.records.producing import make_return
from leeway.insight.records.read import read_records
from leeway.insight.records.tables import EVENTS, FIELDS, TABLES
from leeway.insight.records.write import write_return
from leeway.money.budgets.models import Budget
from leeway.refusal import NotAllowed, Refusal
from tests.site.conftest import council  # noqa: F401, a fixture

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTH_END = TODAY.replace(day=1) - timedelta(days=1)


@pytest.fixture
def ana(council):  # noqa: F811
    """The analyst."""
    return User.objects.get(email="ana@fairbourne.example")


@pytest.fixture
def made(ana):
    """The return of the stories, to the end of last month."""
    return council_return(MONTH_END, seen_by=ana, on=TODAY)


def rows_of(name: str, records, table: str = "services") -> list[dict]:
    person = str(Person.objects.get(given_name=name).pk)
    rows = getattr(records, table).collect().to_native()
    return rows.filter(pl.col("person") == person).to_dicts()


def test_our_own_check_finds_nothing(made, tmp_path):
    write_return(made.events, tmp_path / "return.csv")
    found = check([tmp_path / "return.csv"])
    assert found.findings().to_dicts() == []
    assert found.files[0].rows == made.events.height > 30
    assert set(made.events["event"]) == {"Request", "Assessment", "Service", "Review"}


def test_every_row_leads_back_to_its_case(made):
    people = {str(case.pk): str(case.person_id) for case in Case.objects.all()}
    by_reference = dict(made.lineage.select("reference", "case").iter_rows())
    assert len(by_reference) == made.events.height
    for reference, person in made.events.select("reference", "person").iter_rows():
        assert people[by_reference[reference]] == person
    assert made.lineage["row"].to_list() == list(range(2, made.events.height + 2))


def test_a_row_has_the_same_reference_a_quarter_later(made, ana):
    earlier = council_return(MONTH_END.replace(day=1) - timedelta(days=1), seen_by=ana, on=TODAY).events
    still_open = earlier.filter((pl.col("event") == "Service") & pl.col("ends_on").is_null())
    assert still_open.height
    assert set(still_open["reference"]) <= set(made.events["reference"])


def test_a_mix_is_a_row_for_each_way(ana):
    both = rows_of("Rani", council_records(TODAY, seen_by=ana, on=TODAY))
    assert {row["mechanism"] for row in both} == {"Direct payment", "CASSR managed personal budget"}
    assert len({row["starts_on"] for row in both}) == 1


def test_a_service_fund_counts_as_managed(ana):
    fund = rows_of("Kofi", council_records(TODAY, seen_by=ana, on=TODAY))
    assert {(row["mechanism"], row["component"]) for row in fund} == {
        ("CASSR managed personal budget", "Community supported living"),
        ("CASSR managed personal budget", "Home support or domiciliary care"),
    }
    assert len(fund) == 2 and {row["funding"] for row in fund} == {"Joint client and social care funded"}


def test_a_charge_that_changes_is_no_new_service(ana):
    """What is paid from another day on is another budget of the same plan, and the same service."""
    budgets = Budget.objects.order_by().values_list("plan").annotate(Count("pk"))
    assert max(number for _, number in budgets) > 1
    services = council_records(TODAY, seen_by=ana, on=TODAY).services.collect().to_native()
    assert services["reference"].is_unique().all()


def test_a_carer_stands_beside_whom_she_cares_for(ana):
    records = council_records(TODAY, seen_by=ana, on=TODAY)
    (pat,) = rows_of("Pat", records, "people")
    assert pat["cares_for_1"] == str(Person.objects.get(given_name="Len").pk)
    rows = sorted(rows_of("Pat", records), key=lambda row: row["cost_frequency"])
    assert [row["cost_frequency"] for row in rows] == [
        "One-off",
        "Per session",
    ]  # what is paid once has a row of its own
    for row in rows:
        said = (row["client_type"], row["service_type"])
        assert said == ("Unpaid carer", "Unpaid carer support: Direct to unpaid carer")


def test_support_that_a_review_ends_is_over(ana, council):  # noqa: F811
    case = Case.objects.select_related("person", "worker").get(pk=council["Joan"].pk)
    review = reviewing.open_review(case=case, version=version_of_next(case), by=case.worker, on=TODAY)
    details = {"person_words": "Goodbye to you all.", "assessor_words": "She moved away.", "achieved": "Fully Met"}
    aims = {aim.pk: "Fully Met" for aim in case.plans.get(state="agreed").aims.all()}
    review = reviewing.save_review(
        review=review, version=review.version, details=details, aims=aims, by=case.worker, on=TODAY
    )
    reviewing.complete_review(
        review=review, version=review.version, result="end", reasons="She moved to be near her daughter.",
        still_to_pay="Nothing.", by=case.worker, on=TODAY,
    )  # fmt: skip
    records = council_records(TODAY, seen_by=ana, on=TODAY)
    before, after = sorted(rows_of("Joan", records), key=lambda row: row["starts_on"])
    assert (before["mechanism"], before["ends_on"]) == ("CASSR commissioned support", after["starts_on"] - timedelta(1))
    assert (after["mechanism"], after["ends_on"]) == ("CASSR managed personal budget", TODAY)
    assert "NFA: Support ended for other reason" in {row["outcome"] for row in rows_of("Joan", records, "reviews")}


def test_nothing_goes_on_after_a_death(ana, tmp_path):
    died = MONTH_END - timedelta(days=10)
    ada = Person.objects.get(given_name="Ada")
    Person.objects.filter(pk=ada.pk).update(date_of_death=died)
    Death.objects.create(person=ada, died_on=died, told_by="A nurse", recorded_by=ana, recorded_on=died)
    made = council_return(MONTH_END, seen_by=ana, on=TODAY)
    rows = made.events.filter(pl.col("died_on") == died)
    assert rows.filter(pl.col("event") == "Service")["ends_on"].to_list() == [died, died]
    assert set(rows.filter(pl.col("event") == "Service")["outcome"]) == {"NFA: Deceased"}
    write_return(made.events, tmp_path / "return.csv")
    assert check([tmp_path / "return.csv"]).findings().is_empty()


def test_the_tables_are_those_that_reading_the_file_gives(ana, made, tmp_path):
    write_return(made.events, tmp_path / "return.csv")
    read, straight = read_records([tmp_path / "return.csv"]), council_records(MONTH_END, seen_by=ana, on=TODAY)
    for table in TABLES:
        one, other = (getattr(records, table).collect().to_native() for records in (read, straight))
        told = [column for column in one.columns if column not in ("team", "choice")]
        assert one.select(told).sort(told).equals(other.select(told).sort(told)), table
    assert straight.services.collect()["team"].null_count() == 0
    services = straight.services.collect().to_native()
    from_budgets = services.filter(pl.col("mechanism") != "CASSR commissioned support")
    assert set(from_budgets["choice"]) == {"Chosen", "Not chosen"}
    assert (
        services.height > from_budgets.height
        and services["choice"].null_count() == services.height - from_budgets.height
    )
    assert set(read.services.collect()["choice"]) == {None}  # no word of it leaves the council


def test_the_tables_hold_nobodys_name_or_number(ana, caplog):
    caplog.set_level("DEBUG")
    records = council_records(TODAY, seen_by=ana, on=TODAY)
    held = " ".join(str(getattr(records, table).collect().to_native().to_dicts()) for table in TABLES)
    for person in Person.objects.all():
        for personal in (person.family_name, person.nhs_number, person.postcode):
            assert personal not in held
            assert personal not in caplog.text
    assert not Look.objects.filter(viewer_id=ana.pk).exists()


def test_the_return_logs_nothing_and_is_a_look_at_everybody_in_it(ana, caplog):
    caplog.set_level("DEBUG")
    made = council_return(MONTH_END, seen_by=ana, on=TODAY)
    assert caplog.text == ""
    logging.getLogger("leeway.insight.records.council").debug("A line would be caught.")
    assert "A line would be caught." in caplog.text, "or this test proves nothing"
    seen = Look.objects.get(viewer_id=ana.pk)
    assert {str(person_id) for person_id in seen.named} == set(made.events["person"])
    assert seen.people_count == made.events["person"].n_unique()
    assert f"{MONTH_END:%-d %B %Y}" in seen.page


def test_as_many_queries_however_much_there_is_to_read(ana):
    def queries(day: date) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            records = council_records(day, seen_by=ana, on=TODAY)
        return len(captured), sum(getattr(records, table).collect().shape[0] for table in EVENTS)

    (few, little), (many, much) = queries(TODAY - timedelta(days=390)), queries(TODAY)
    assert few == many == 9
    assert much > 5 * little > 0


@pytest.mark.parametrize("name", ["ada", "bea", "mona", "finn", "cole"])
def test_only_an_analyst_or_an_administrator_may(council, name):  # noqa: F811
    user = User.objects.get(email=f"{name}@fairbourne.example")
    seen_before = Look.objects.filter(viewer_id=user.pk).count()
    for read in (council_return, council_records):
        with pytest.raises(NotAllowed, match="analyst or an administrator"):
            read(MONTH_END, seen_by=user, on=TODAY)
    assert Look.objects.filter(viewer_id=user.pk).count() == seen_before


def test_cyril_is_refused(council, cyril):  # noqa: F811
    with pytest.raises(NotAllowed):
        council_return(MONTH_END, seen_by=cyril, on=TODAY)


def test_a_period_still_to_come_or_in_the_middle_of_a_month_is_refused(ana):
    with pytest.raises(Refusal, match="still to come"):
        council_return(MONTH_END, seen_by=ana, on=MONTH_END - timedelta(days=1))
    with pytest.raises(Refusal, match="whole months"):
        council_return(MONTH_END - timedelta(days=1), seen_by=ana, on=TODAY)


def test_what_cannot_be_said_names_fields_of_the_return():
    assert {name for name, _ in what_the_return_cannot_say()} <= {field.name for field in FIELDS}


def test_the_command_writes_the_file_and_says_what_it_cannot_say(ana, tmp_path):
    output, lineage = tmp_path / "return.csv", tmp_path / "lineage.csv"
    arguments = ["--period-end", MONTH_END.isoformat(), "--by", ana.email, "--council-code", "901", "-o", str(output)]
    assert "Give another file" in CliRunner().invoke(make_return, [*arguments, "--lineage", str(output)]).output
    done = CliRunner().invoke(make_return, [*arguments, "--lineage", str(lineage)])
    assert done.exit_code == 0, done.output
    assert "Method_of_Review" in done.output
    assert set(pl.read_csv(output, infer_schema=False)["LA_Code"]) == {"901"}
    assert check([output]).findings().is_empty()
    assert output.stat().st_mode & 0o077 == lineage.stat().st_mode & 0o077 == 0
    behind = pl.read_csv(lineage, infer_schema=False)
    assert {int(row) for row in behind["row"]} == {*range(2, pl.read_csv(output, infer_schema=False).height + 2)}
    assert set(behind["case"]) <= {str(case) for case in Case.objects.values_list("pk", flat=True)}


def test_the_command_asks_who_makes_it(ana, tmp_path):
    arguments = ["--period-end", MONTH_END.isoformat(), "--by", "nobody@council.example", "-o", str(tmp_path / "x.csv")]
    done = CliRunner().invoke(make_return, arguments)
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "nobody@council.example" in done.output
