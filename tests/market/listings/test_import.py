"""The regulator's files go in as they are: all or nothing, and again without doubles."""

import csv
import gzip
from datetime import date, timedelta

import pytest

from leeway.market.listings.actions import BadRows, import_file
from leeway.market.listings.extracts import UnreadableFile
from leeway.market.listings.merging import TakesAway
from leeway.market.listings.models import Kind, Provider, Rating, RatingGiven, Service
from leeway.refusal import NotAllowed, Refusal
from tests.market.conftest import TODAY
from tests.market.extract_lines import DIRECTORY_HEADER, RATINGS_HEADER, directory_line, rating_line
from tests.workbooks import ods, xlsx

pytestmark = pytest.mark.django_db

LINCOLNSHIRE = "cqc/cqc_ratings_lincolnshire_2026.csv.gz"
TRAFFORD = "cqc/cqc_care_homes_trafford_2025.csv"


def test_the_real_ratings_file_goes_in_once(published):
    path = published(LINCOLNSHIRE)
    with gzip.open(path, "rt", encoding="utf-8-sig") as opened:
        social_care = {
            row["Location ID"] for row in csv.DictReader(opened) if row["Location Type"] == "Social Care Org"
        }

    first = import_file(path, on=TODAY)
    assert first.new == Service.objects.count()
    assert social_care <= set(Service.objects.values_list("external_id", flat=True))
    assert first.new + first.not_social_care == 374
    assert (first.changed, first.unchanged, first.no_longer_listed, first.bad_rows) == (0, 0, 0, [])
    assert Rating.objects.count() == first.ratings

    again = import_file(path, on=TODAY)
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.new)
    assert Rating.objects.count() == first.ratings

    place = Service.objects.get(external_id="1-10041249501")
    assert (place.name, place.provider.name, place.provider.external_id) == (
        "MSP Case Management Ltd",
        "MSP Case Management Ltd",
        "1-9438821988",
    )
    assert (place.kinds, place.overall_rating, place.rated_on) == (
        [Kind.HOME_CARE],
        RatingGiven.GOOD,
        date(2026, 5, 29),
    )
    assert place.ratings.get(service_group="Homecare", domain="overall").published_on == date(2026, 5, 29)
    assert place.latitude is None, "this file has no positions: none may be invented"


def test_the_real_care_homes_file_has_positions_and_both_its_forms_agree(published):
    first = import_file(published(TRAFFORD), on=TODAY)
    assert (first.new, first.bad_rows) == (56, [])
    home = Service.objects.get(external_id="1-1938268568")
    assert (home.latitude, home.longitude) == (53.399099, -2.341537)
    assert (home.inspected_on, home.kinds, home.phone) == (date(2026, 1, 19), [Kind.NURSING_HOME], "01619291783")
    assert home.website == "", "NA means not given"
    same = import_file(published(TRAFFORD.replace(".csv", ".geojson")), on=TODAY)
    assert (same.new, same.changed, same.unchanged) == (0, 0, 56)


def test_a_file_of_one_council_leaves_the_places_of_another(write):
    import_file(write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2", area="Elsewhere")), on=TODAY)
    done = import_file(write(RATINGS_HEADER, rating_line("1-3", area="Elsewhere")), on=TODAY)
    assert done.no_longer_listed == 1, "1-2 is gone; 1-1 is of a council that this file says nothing about"
    assert Service.objects.get(external_id="1-1").no_longer_listed_on is None


def test_the_real_files_of_two_councils_stand_beside_each_other(published):
    import_file(published(LINCOLNSHIRE), on=TODAY)
    assert import_file(published(TRAFFORD), on=TODAY).no_longer_listed == 0


def test_two_layouts_of_one_place_complete_each_other(write):
    import_file(write(RATINGS_HEADER, rating_line(category="Community based adult social care services")), on=TODAY)
    assert Service.objects.get().kinds == [Kind.COMMUNITY_CARE]
    titles = ["CQC Locations data,,,", "This data was produced on 1 June 2026,,,", ",,,"]
    done = import_file(write(*titles, DIRECTORY_HEADER, directory_line(types="Homecare agencies")), on=TODAY)
    assert (done.layout, done.new, done.changed) == ("directory", 0, 1)
    place = Service.objects.get()
    assert place.kinds == [Kind.HOME_CARE]
    assert place.overall_rating == RatingGiven.GOOD, "the directory has no ratings, so the known one stays"
    assert place.specialisms == ["Dementia", "Physical disabilities"]
    assert place.inspected_on == date(2018, 1, 9)
    assert place.phone == "01632960001"
    again = import_file(
        write(RATINGS_HEADER, rating_line(category="Community based adult social care services")), on=TODAY
    )
    assert again.unchanged == 1, "the rough kind of the ratings file does not replace the exact one"
    assert Provider.objects.count() == 1


def test_a_telephone_number_is_on_record_since_it_came_and_not_since_the_last_file(write):
    import_file(write(DIRECTORY_HEADER, directory_line()), on=TODAY)
    later = TODAY + timedelta(days=30)
    import_file(write(DIRECTORY_HEADER, directory_line(name="Heron Hall")), on=later)
    place = Service.objects.get()
    assert (place.name, place.last_checked_on, place.phone_since) == ("Heron Hall", later, TODAY)
    import_file(write(DIRECTORY_HEADER, directory_line().replace("1632960001", "1632960002")), on=later)
    assert Service.objects.get().phone_since == later


def test_what_changed_and_what_is_gone_is_told(write):
    import_file(write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2"), rating_line("1-3")), on=TODAY)
    later = date(2026, 12, 1)
    done = import_file(
        write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2", rating="Inadequate"), rating_line("1-4")), on=later
    )
    assert (done.new, done.changed, done.unchanged, done.no_longer_listed) == (1, 1, 1, 1)
    assert Service.objects.get(external_id="1-2").overall_rating == RatingGiven.INADEQUATE
    assert Service.objects.get(external_id="1-3").no_longer_listed_on == later
    back = import_file(write(RATINGS_HEADER, *[rating_line(f"1-{n}") for n in (1, 2, 3, 4)]), on=later)
    assert (back.changed, back.unchanged) == (2, 2)
    assert Service.objects.filter(no_longer_listed_on=None).count() == 4


def test_a_place_stays_listed_while_another_file_still_has_it(write):
    import_file(write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2")), on=TODAY)
    import_file(write(DIRECTORY_HEADER, directory_line("1-1")), on=TODAY)
    import_file(write(RATINGS_HEADER, rating_line("1-2")), on=TODAY)
    assert Service.objects.get(external_id="1-1").no_longer_listed_on is None


def test_columns_may_come_in_any_order(write):
    header, line = RATINGS_HEADER.split(","), rating_line().split(",")
    done = import_file(write(",".join(reversed(header)), ",".join(reversed(line))), on=TODAY)
    assert done.new == 1
    assert Service.objects.get().name == "Heron House"


def test_dentists_are_left_out_and_counted(write):
    done = import_file(write(RATINGS_HEADER, rating_line(), rating_line("1-9", category="Dentists")), on=TODAY)
    assert (done.new, done.not_social_care) == (1, 1)


def test_a_file_saved_by_a_spreadsheet_keeps_its_accents(write):
    path = write(DIRECTORY_HEADER, directory_line(name="Café Élan"), encoding="cp1252")
    import_file(path, on=TODAY)
    assert Service.objects.get().name == "Café Élan"


BAD_LINES = {
    "impossible date": (rating_line("1-2", published="02/30/2026"), "“02/30/2026” is not a date"),
    "no date": (rating_line("1-2", published="not yet"), "“not yet” is not a date written as MM/DD/YYYY"),
    "unknown rating": (rating_line("1-2", rating="Fair"), "“Fair” is not one the regulator gives"),
    "unknown domain": (rating_line("1-2", domain="Tidy"), "“Tidy” is not one of the regulator’s questions"),
    "no name": (rating_line("1-2", name=""), "“location name” is blank"),
    "no number": (rating_line(""), "“location id” is blank"),
    "wrong postcode": (rating_line("1-2", postcode="Fairbourne"), "“Fairbourne” is not a postcode"),
    "too few cells": ("1-2,Heron House", "it has 2 cells where the header has 18"),
    "too long": (rating_line("1-2", name="H" * 251), "longer than 250 characters"),
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_row_stops_the_import_and_is_named(write, line, reason):
    path = write(RATINGS_HEADER, rating_line("1-1"), line)
    with pytest.raises(BadRows) as caught:
        import_file(path, on=TODAY)
    assert [bad.row for bad in caught.value.rows] == [3]
    assert reason in caught.value.rows[0].reason
    assert "extract.csv" in str(caught.value)
    assert "row 3" in str(caught.value)
    assert not Service.objects.exists(), "nothing half-written"
    assert not Provider.objects.exists()


def test_the_order_of_day_and_month_is_one_for_the_whole_file(write):
    both = write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2", published="29/05/2026"))
    with pytest.raises(UnreadableFile, match=r"Row 3 \(29/05/2026\) has the day first, and Row 2 \(05/29/2026\)"):
        import_file(both, on=TODAY)
    with pytest.raises(UnreadableFile, match=r"Row 2 \(05/29/2026\) cannot have the day first, as --dates says"):
        import_file(write(RATINGS_HEADER, rating_line("1-1")), on=TODAY, day_first=True)
    import_file(write(RATINGS_HEADER, rating_line("1-1", published="04/05/2026"), rating_line("1-2")), on=TODAY)
    assert Service.objects.get(external_id="1-1").rated_on == date(2026, 4, 5), "another row has the month first"
    same = write(RATINGS_HEADER, rating_line("1-1", published="05/05/2026"))
    assert import_file(same, on=TODAY, take_away=True).changed == 1, "a day that cannot be mistaken asks nothing"


def test_a_place_stays_as_it_was_when_a_row_of_it_cannot_be_read(write):
    """Its rating would be lost with the row that says it, and the place with its only row."""
    safe = {"domain": "Safe", "rating": "Requires improvement"}
    import_file(write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2"), rating_line("1-3")), on=TODAY)
    broken = write(
        RATINGS_HEADER,
        rating_line("1-1", rating="Fair"), rating_line("1-1", **safe),
        "1-2,Heron House",
        rating_line("1-3", rating="Inadequate"),
        rating_line("1-4", rating="Fair"), rating_line("1-4", **safe),
    )  # fmt: skip
    done = import_file(broken, on=date(2026, 12, 1), leave_out_bad_rows=True)
    assert (done.held, done.changed, done.new, done.no_longer_listed) == (2, 1, 1, 0)
    assert set(Service.objects.values_list("external_id", "overall_rating")) == {
        ("1-1", RatingGiven.GOOD), ("1-2", RatingGiven.GOOD), ("1-3", RatingGiven.INADEQUATE), ("1-4", ""),
    }  # fmt: skip
    assert not Service.objects.exclude(no_longer_listed_on=None).exists()
    assert Service.objects.get(external_id="1-1").ratings.get().rating == RatingGiven.GOOD


def test_a_row_that_was_shifted_still_says_whom_it_lists(write):
    import_file(write(DIRECTORY_HEADER, directory_line("1-1"), directory_line("1-2")), on=TODAY)
    shifted = write(DIRECTORY_HEADER, directory_line("1-1"), "Heron House," + directory_line("1-2"))
    done = import_file(shifted, on=TODAY, leave_out_bad_rows=True)
    assert (done.held, done.no_longer_listed, done.nameless) == (1, 0, False)
    nameless = write(DIRECTORY_HEADER, directory_line("1-1"), "Heron House,The Heron")
    done = import_file(nameless, on=TODAY, leave_out_bad_rows=True)
    assert (done.no_longer_listed, done.nameless) == (0, True), "the row may be that of any place"
    done = import_file(write(DIRECTORY_HEADER, directory_line("1-1")), on=TODAY)
    assert done.no_longer_listed == 1


def test_a_column_that_is_absent_blanks_nothing(write):
    def without(columns, header, line):
        names, cells = next(csv.reader([header])), next(csv.reader([line]))
        kept = [place for place, name in enumerate(names) if name not in columns]
        return [",".join(f'"{row[place]}"' for place in kept) for row in (names, cells)]

    line = rating_line().replace("1 Quay Side,,", "1 Quay Side,Flat 2,")
    import_file(write(RATINGS_HEADER, line), on=TODAY)
    import_file(write(DIRECTORY_HEADER, directory_line()), on=TODAY)
    import_file(write(RATINGS_HEADER, line), on=TODAY)
    before = Service.objects.values().get()
    assert before["address"] == "1 Quay Side, Flat 2, Fairbourne" and before["website"] and before["regulator_url"]
    shorter = without({"URL", "Location Address Line 2", "Location Region"}, RATINGS_HEADER, line)
    assert import_file(write(*shorter), on=TODAY).unchanged == 1
    columns = {"Also known as", "Phone number", "Service's website (if available)", "Region", "Location URL"}
    fewer = without(columns, DIRECTORY_HEADER, directory_line())
    import_file(write(*fewer), on=TODAY)
    assert Service.objects.values().get() == before | {"address": "1 Quay Side, Fairbourne"}, (
        "the directory tells it whole"
    )
    new = without({"Location Address Line 2", "URL"}, RATINGS_HEADER, rating_line("1-2"))
    import_file(write(*new), on=TODAY)
    assert Service.objects.get(external_id="1-2").address == "1 Quay Side, Fairbourne"


def test_a_file_that_would_take_most_of_a_councils_places_asks_first(write):
    import_file(write(RATINGS_HEADER, *(rating_line(f"1-{n}") for n in range(1, 6))), on=TODAY)
    half = write(RATINGS_HEADER, *(rating_line(f"1-{n}") for n in (1, 2)))
    with pytest.raises(TakesAway, match=r"extract\.csv would take 3 of 5 places in Fairbourne out of the search"):
        import_file(half, on=TODAY)
    assert Service.objects.filter(no_longer_listed_on=None).count() == 5
    assert import_file(half, on=TODAY, take_away=True).no_longer_listed == 3
    assert import_file(write(RATINGS_HEADER, rating_line("1-1")), on=TODAY).no_longer_listed == 1, "one of two: half"


@pytest.mark.parametrize("made", [xlsx, ods])
def test_a_workbook_is_read_by_the_sheet_that_is_a_list(tmp_path, made):
    rows = list(csv.reader([RATINGS_HEADER, rating_line("1-1"), rating_line("1-2")]))
    path = tmp_path / "ratings.book"
    path.write_bytes(made({"Read me": [["What this is"]], "Locations": [["Ratings"], *rows]}))
    assert (import_file(path, on=TODAY).new, Rating.objects.count()) == (2, 2)
    assert Service.objects.get(external_id="1-2").rated_on == date(2026, 5, 29)


def test_the_rest_goes_in_when_asked_and_bad_rows_are_listed(write):
    path = write(RATINGS_HEADER, rating_line("1-1"), rating_line("1-2", rating="Fair"), rating_line("1-3"))
    done = import_file(path, on=TODAY, leave_out_bad_rows=True)
    assert done.new == 2
    assert [bad.row for bad in done.bad_rows] == [3]


def test_a_file_of_which_most_rows_are_bad_is_refused_whatever_is_asked(write):
    path = write(RATINGS_HEADER, rating_line("1-1"), *(rating_line(f"1-{n}", rating="Fair") for n in (2, 3)))
    with pytest.raises(BadRows, match="most of it, 2 rows of 3, cannot be read, the first being row 3"):
        import_file(path, on=TODAY, leave_out_bad_rows=True)
    assert not Service.objects.exists()


def test_a_mark_that_is_neither_yes_nor_no_is_not_taken_for_a_no(write):
    types = ("Care home service with nursing", "Care home service without nursing", "Domiciliary care service")
    header = (
        "Location ID,Location HSCA start date,Dormant (Y/N),Location Name,Location Street Address,Location City,"
        "Location Postal Code,Location Local Authority,Provider ID,Provider Name,"
        f"{','.join(f'Service type - {name}' for name in types)},Service user band - Dementia"
    )

    def line(mark):
        return (
            f"1-1,13/10/2010,N,Heron House,1 Quay Side,Fairbourne,FB1 2AB,Fairbourne,1-900,Heron Care,,{mark},,{mark}"
        )

    for yes in ("Yes", "y"):
        import_file(write(header, line(yes)), on=TODAY)
        assert (Service.objects.get().kinds, Service.objects.get().specialisms) == ([Kind.CARE_HOME], ["Dementia"])
    with pytest.raises(BadRows, match="“1” in “service type - care home service without nursing” is neither Y nor N"):
        import_file(write(header, line("1")), on=TODAY)


def test_a_place_twice_in_the_directory_is_a_bad_row(write):
    with pytest.raises(BadRows, match="1-1 is already in row 2"):
        import_file(write(DIRECTORY_HEADER, directory_line("1-1"), directory_line("1-1")), on=TODAY)


def test_a_position_outside_the_country_is_a_bad_row(write):
    path = write(
        "name,cqc_id,type,address,postcode,provider,inspection_date,area_name,lon,lat",
        "Heron House,1-1,Nursing homes,Fairbourne,FB1 2AB,Heron Care,2026-01-19,Fairbourne,53.4,-2.3",
    )
    with pytest.raises(BadRows, match="not in the United Kingdom"):
        import_file(path, on=TODAY)


UNREADABLE = {
    "another list": (b"name,amount\nAda,3\n", "is not a file of the regulator"),
    "a column lost": (RATINGS_HEADER.replace(",Domain", "").encode(), "lacks these columns: domain"),
    "empty": (b"", "is empty"),
    "packed": (b"PK\x03\x04rest", "The workbook cannot be read"),
    "broken gzip": (b"\x1f\x8b\x08\x00broken", "cannot be read as CSV"),
    "binary": (b"\x00\x01\x02\x00\n", "is not a text file"),
    "other json": (b'{"type": "nothing"}', "is not GeoJSON with a list of places"),
    "header alone": (RATINGS_HEADER.encode(), "has a header but no places"),
}


@pytest.mark.parametrize(("content", "sentence"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_not_the_regulators_is_refused_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "mystery.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        import_file(path, on=TODAY)
    assert "mystery.csv" in str(caught.value)
    assert sentence in str(caught.value)


def test_a_missing_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadableFile, match=r"gone.csv cannot be opened: No such file"):
        import_file(tmp_path / "gone.csv", on=TODAY)


def test_only_a_commissioner_or_administrator_imports(write, bea, cyril, carla):
    path = write(RATINGS_HEADER, rating_line())
    for refused in (bea, cyril):
        with pytest.raises(NotAllowed):
            import_file(path, by=refused, on=TODAY)
    assert import_file(path, by=carla, on=TODAY).new == 1


def test_no_column_is_left_for_the_name_of_a_manager():
    kept = {field.name for model in (Provider, Service, Rating) for field in model._meta.get_fields()}
    assert not [name for name in kept if "manager" in name or "nominated" in name]
