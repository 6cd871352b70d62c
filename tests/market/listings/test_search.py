"""Searching: words, places, distance, kinds, ratings, direct payments, regulated or not."""

import math

import pytest

from leeway.market.listings import queries
from leeway.market.listings.actions import import_file
from leeway.market.listings.merging import refresh_words
from leeway.market.listings.models import Kind, Provider, RatingGiven, Service
from leeway.market.listings.queries import search
from leeway.refusal import Refusal
from tests.market.conftest import TODAY
from tests.market.extract_lines import RATINGS_HEADER, rating_line

pytestmark = pytest.mark.django_db


def names(found) -> list[str]:
    return [service.name for service in found.services]


def everything(**asked) -> list[Service]:
    """Every page of a search."""
    first = search(**asked)
    return [service for page in range(1, first.pages + 1) for service in search(**asked, page=page).services]


def haversine_miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    (north, east), (north2, east2) = [[math.radians(part) for part in place] for place in (one, other)]
    cosine = math.sin(north) * math.sin(north2) + math.cos(north) * math.cos(north2) * math.cos(east - east2)
    return 3958.8 * math.acos(min(1.0, cosine))


def test_words_find_by_stem_in_name_kind_specialism_and_description(market):
    assert names(search(words="garden club"))[0].endswith("Gardening Club")
    assert "Driftwood Singing for Lungs" in names(search(words="choir")) or search(words="choir").total == 1
    assert all("Dementia" in s.specialisms or "dementia" in s.description for s in everything(words="dementia"))
    assert search(words="zebra trainers").total == 0


def test_several_words_need_not_all_match_and_most_come_first(market):
    one = search(words="gardening")
    several = search(words="somebody for gardening and zebras")
    assert several.total >= one.total > 0
    assert names(several)[0] == names(one)[0]
    both = everything(words="dementia swimming")
    matched = [service.matched for service in both]
    assert matched == sorted(matched, reverse=True)
    assert {s.pk for s in both} == {s.pk for word in ("dementia", "swimming") for s in everything(words=word)}
    together = names(search(words='"gardening club"'))
    assert together and all("Gardening Club" in name for name in together)
    assert not {s.pk for s in everything(words="swimming -dementia")} & {s.pk for s in everything(words="dementia")}


@pytest.mark.parametrize(
    ("typed", "meant"), [("gardning", "gardening"), ("demensia", "dementia"), ("swiming", "swimming")]
)
def test_what_is_spelt_nearly_so_is_found(market, typed, meant):
    found = search(words=typed)
    assert {s.pk for s in everything(words=meant)} <= {s.pk for s in everything(words=typed)}
    assert found.otherwise == (typed,) and search(words=meant).otherwise == ()


def test_accents_neither_hide_nor_find(market):
    Service.objects.filter(pk=everything(words="choir")[0].pk).update(name="Café Zoë")
    refresh_words(list(Service.objects.values_list("pk", flat=True)))
    for typed in ("cafe", "CAFÉ", "cafe\u0301", "zoe"):
        found = search(words=typed)
        assert "Café Zoë" in names(found) and found.otherwise == (), typed


@pytest.mark.parametrize("typed", ["zebra", "cat", "xylophone", "dementia"])
def test_what_is_not_spelt_nearly_so_is_not(market, typed):
    assert search(words=typed).otherwise == ()


def test_care_homes_are_not_among_home_care(market):
    """“Care home” has both words of “home care”."""
    for words in ("home care", "Homecare", "domiciliary", "care at home", "home-care", "home help"):
        found = everything(words=words)
        assert found, words
        assert all(Kind.HOME_CARE in s.kinds or "home care" in s.name.lower() for s in found), words
    for words in ("care home", "care homes", "residential care", "residential"):
        assert {kind for s in everything(words=words) for kind in s.kinds} <= {Kind.CARE_HOME, Kind.NURSING_HOME}
    assert search(words="care -home").total == search(words="care -homes").total, "a minus is no hyphen"
    assert {s.pk for s in everything(words="home care dementia")} == {s.pk for s in everything(words="home care")}
    first = everything(words="home care dementia")[0]
    assert first.matched == 1, "whoever knows dementia comes first"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("home caer", "home care"),
        ("domicilliary care", "domiciliary care"),
        ("nursng home", "nursing home"),
        ("residental care", "residential care"),
        ("dya suport", "dya suport"),  # three letters are near too much
    ],
)
def test_a_kind_that_is_nearly_spelt_is_that_kind(market, typed, meant):
    """“home caer” found care homes, which have the one word."""
    found = {s.pk for s in everything(words=typed)}
    assert found == {s.pk for s in everything(words=meant)}
    assert typed == meant or (search(words=typed).otherwise and search(words=meant).otherwise == ())


def test_odd_words_are_no_error(market):
    for words in ["'; DROP TABLE", '"unclosed', "& | !", "-", "(((", "🙂"]:
        search(words=words)


def test_a_name_weighs_more_than_a_description(market):
    Provider.objects.create(name="Other")
    found = names(search(words="swimming"))
    assert found[0].endswith("Swimming Sessions"), "assistants who like swimming come after"
    assert len(found) > 1


def test_a_district_is_not_another_that_begins_like_it(market):
    home = Service.objects.first()
    for postcode in ["FB1 2AB", "FB12 2AB"]:
        home.pk, home.postcode, home.town = None, postcode, "Elsewhere"
        home._state.adding = True
        home.save()
    assert {s.postcode for s in everything(place="FB12")} == {"FB12 2AB"}
    assert "FB12 2AB" not in {s.postcode for s in everything(place="fb1")}
    assert {s.postcode for s in everything(place="fb1 2ab")} == {"FB1 2AB"}
    assert {s.postcode for s in everything(place="FB12AB")} == {"FB1 2AB"}
    assert len(everything(place="FB")) == len(market.services) + 2


def test_a_town_or_a_council_area_is_a_place(market):
    assert {s.town for s in everything(place="thornsea")} == {"Thornsea"}
    assert search(place="Fairbourne").total == len(market.services), "the council's area holds every town"


def test_distance_agrees_with_the_law_of_cosines_and_nearest_comes_first(market):
    found = search(place="FB2", within_miles=5)
    middle = (found.centre.latitude, found.centre.longitude)
    miles = [service.miles for service in found.services]
    assert miles == sorted(miles)
    for service in found.services:
        assert service.miles == pytest.approx(haversine_miles(middle, (service.latitude, service.longitude)), abs=0.001)
    near = [s for s in market.services if haversine_miles(middle, (s.latitude, s.longitude)) <= 5]
    assert found.total == len(near) > 0


def test_an_unknown_postcode_is_measured_from_its_district(market):
    assert search(place="FB2 0ZZ", within_miles=2).centre.name == "FB2"


def test_a_distance_from_nowhere_is_refused_in_a_sentence(market):
    with pytest.raises(Refusal, match="We do not know where “Atlantis” is on the map") as caught:
        search(place="Atlantis", within_miles=5)
    assert caught.value.field == "place"
    with pytest.raises(Refusal, match="Enter a town or a postcode"):
        search(within_miles=5)
    with pytest.raises(Refusal, match="Enter a town or a postcode"):
        search(sort="distance")


def test_services_without_a_position_are_counted_never_hidden_silently(market, write):
    import_file(write(RATINGS_HEADER, rating_line()), on=TODAY)
    found = search(place="FB1", within_miles=100)
    assert found.without_position == 1
    assert "Heron House" not in names(found)
    assert "Heron House" in [s.name for s in everything(place="FB1 2AB")]


def test_rating_at_least(market):
    good = everything(rating_at_least="good")
    assert {s.overall_rating for s in good} <= {RatingGiven.GOOD, RatingGiven.OUTSTANDING}
    assert len(good) == sum(s.overall_rating in {"good", "outstanding"} for s in market.services) > 0


def test_not_known_is_neither_yes_nor_no(market):
    known = {answer: len(everything(takes_direct_payments=answer)) for answer in (True, False)}
    unknown = Service.objects.filter(takes_direct_payments=None).count()
    assert unknown > 0
    assert known[True] + known[False] + unknown == len(market.services)


def test_regulated_or_not(market):
    assert not any(s.regulated for s in everything(regulated=False))
    assert all(s.kinds == [Kind.PERSONAL_ASSISTANT] for s in everything(kind="personal_assistant"))
    assert search(kind="personal_assistant", regulated=True).total == 0


def test_care_in_the_community_of_no_stated_kind_is_found_under_each_it_may_be(write):
    import_file(write(RATINGS_HEADER, rating_line(category="Community based adult social care services")), on=TODAY)
    assert search(kind="home_care").total == search(kind="supported_living").total == 1
    assert search(kind="care_home").total == search(kind="day_support").total == 0


def test_sorted_by_rating_and_by_name(market):
    order = ["outstanding", "good", "requires_improvement", "inadequate"]
    ratings = [s.overall_rating for s in everything(sort="rating")]
    places = [order.index(rating) if rating in order else 4 for rating in ratings]
    assert places == sorted(places)
    by_name = [s.name for s in everything(sort="name")]
    assert len(by_name) == len(market.services)


def test_pages_hold_each_service_once(market):
    found = everything()
    assert len({s.pk for s in found}) == len(found) == len(market.services)
    assert search(page=999).page == search().pages, "a page beyond the end is the last"


def test_what_is_no_longer_listed_is_not_found(market):
    gone = Service.objects.filter(kinds__contains=["payroll"]).first()
    Service.objects.filter(pk=gone.pk).update(no_longer_listed_on=TODAY)
    assert gone.pk not in {s.pk for s in everything(kind="payroll")}
    assert queries.get_service(gone.pk).no_longer_listed_on == TODAY, "a plan that names it can still show it"


def test_choices_for_a_plan(market, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        choices = queries.choices_for_plan("personal assistant cooking")
    assert choices
    assert all(choice.is_personal_assistant for choice in choices)
    assert choices[0].provider.name
    assert queries.choices_for_plan("  ") == []
