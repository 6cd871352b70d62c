"""leeway directory import and export."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from leeway.market.contracts.actions import record_rate
from leeway.market.contracts.queries import holds
from leeway.market.directory.commands import directory
from leeway.market.listings.models import Service
from tests.market.conftest import TODAY
from tests.market.extract_lines import RATINGS_HEADER, rating_line

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(directory, [str(argument) for argument in arguments])


def test_import_tells_what_it_did(write):
    path = write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-9", category="Dentists"))
    done = run("import", path, "--on", "2026-11-23")
    assert done.exit_code == 0, done.output
    assert "1  new" in done.stdout
    assert "1  left out, not adult social care" in done.stdout
    again = json.loads(run("import", path, "--on", "2026-11-23", "--json").stdout)
    assert (again["imported"], again["new"], again["unchanged"], again["bad_rows"]) == (True, 0, 1, [])


def test_bad_rows_give_exit_2_one_sentence_and_a_list(write):
    path = write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2", rating="Fair"))
    done = run("import", path)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "extract.csv was not imported: 1 row cannot be read" in done.stderr
    assert "row 3: the rating “Fair”" in done.stdout
    assert not Service.objects.exists()
    as_json = run("import", path, "--json")
    assert json.loads(as_json.stdout)["bad_rows"][0]["row"] == 3
    left = json.loads(run("import", path, "--leave-out-bad-rows", "--json").stdout)
    assert (left["new"], len(left["bad_rows"])) == (1, 1)


def test_a_wrong_file_gives_exit_2_and_one_sentence(write, tmp_path):
    for path in [write("name,amount", "Ada,3", name="budget.csv"), tmp_path / "gone.csv"]:
        done = run("import", path)
        assert done.exit_code == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert path.name in done.stderr
        assert "Traceback" not in done.output


def test_export_as_csv(market):
    rows = list(csv.DictReader(io.StringIO(run("export").stdout)))
    assert len(rows) == len(market.services)
    assert {row["source"] for row in rows} == {"demo"}


def test_the_export_tells_the_prices_of_its_day(market, bea):
    day = date(2026, 4, 1)
    rise = next(rate for rate in market.rates if rate.starts_on == day)
    told = {}
    for on in (day - timedelta(days=1), day):
        rows = csv.DictReader(io.StringIO(run("export", "--on", f"{on}").stdout))
        told[on] = next(row for row in rows if row["id"] == str(rise.service.pk))
    assert int(told[day]["price_pence"]) == rise.pence > int(told[day - timedelta(days=1)]["price_pence"])
    assert told[day]["price_from"] == "2026-04-01" and told[day]["price_unit"] == rise.unit
    record_rate(service=rise.service, pence=90_00, unit="night", starts_on=day, by=bea, on=day)
    rows = csv.DictReader(io.StringIO(run("export", "--on", f"{day}").stdout))
    two = next(row for row in rows if row["id"] == str(rise.service.pk))
    assert sorted(two["price_unit"].split("|")) == sorted([rise.unit, "night"]), "none is left out"


def test_export_as_open_referral_fits_its_published_schema(market, published, tmp_path):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(published("open_referral/uk-profile-3.0/schema/compiled/service.json").read_text())
    out = tmp_path / "services.json"
    assert run("export", "--format", "open-referral", "-o", out).exit_code == 0
    page = json.loads(out.read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for service in page["contents"]:
        assert [error.message for error in validator.iter_errors(service)] == []


def test_export_as_open_referral_says_what_is_made_up_and_its_price(market):
    prices = {rate.service_id: rate for rate in market.rates if holds(rate, TODAY)}
    page = json.loads(run("export", "--json", "--on", f"{TODAY}").stdout)
    assert page["total_items"] == len(page["contents"]) == len(market.services)
    priced = next(s for s in market.services if s.pk in prices and prices[s.pk].pence)
    found = next(s for s in page["contents"] if s["id"] == str(priced.id))
    assert "Made up" in found["alert"]
    told, rate = found["cost_options"][0], prices[priced.pk]
    assert (round(told["amount"] * 100), told["valid_from"]) == (rate.pence, rate.starts_on.isoformat())
    assert f"{rate.pence / 100:.2f}" in found["fees"]
    assert found["organization"]["name"] == priced.provider.name
    place = found["service_at_locations"][0]["location"]
    assert (place["latitude"], place["addresses"][0]["postal_code"]) == (priced.latitude, priced.postcode)


@pytest.mark.parametrize("where", ["gone/services.csv", "/dev/full", "/dev/null"])
def test_an_export_that_cannot_be_written_is_one_sentence(market, tmp_path, where):
    done = run("export", "-o", tmp_path / where)
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "Give another file." in done.stderr


def test_an_export_that_breaks_off_leaves_what_was_there(market, tmp_path, monkeypatch):
    kept = tmp_path / "services.csv"
    kept.write_text("what was there")

    def break_off(_services, _prices):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leeway.market.directory.open_referral.as_open_referral", break_off)
    assert run("export", "--json", "-o", kept).exit_code == 2
    assert kept.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [kept]
