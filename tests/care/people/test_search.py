"""Finding people: by what anybody may type of a name, a postcode, a birthday or a number."""

from datetime import date

import pytest

from leeway.care.people.models import Person
from leeway.care.people.queries import find_people, people_alike
from leeway.care.people.search import read
from leeway.law.births import Birth
from leeway.refusal import Refusal

BORN = date(1952, 3, 27)


def person(given, family, known_as="", **more) -> Person:
    details = {"date_of_birth": BORN} | more
    return Person.objects.create(given_name=given, family_name=family, known_as=known_as, **details)


def found(typed: str) -> list[str]:
    return [one.given_name for one in find_people(typed)]


@pytest.mark.parametrize(
    "given, family, typed",
    [
        ("Mary Ann", "Bell", ["Ann", "ann", "MARY", "Bell Ann", "ann bel", "maryann", "  Ann  "]),
        ("Mary-Ann", "Hill-Bell", ["Ann", "Bell", "mary ann hill bell", "Hill-Bell", "hillbell", "Hill–Bell"]),
        (
            "Siobhán",
            "O’Brien",
            ["O'Brien", "O’Brien", "Oʼbrien", "O`Brien", "o´brien", "obrien", "O Brien", "brien", "siobhan", "SIOBHÁN"],
        ),
        ("D'Arcy", "O'Neill", ["d’arcy", "darcy", "arcy", "O‘Neill"]),
        ("Zoë", "Müller", ["zoe", "Zoë", "muller", "MÜLLER"]),
        ("Łukasz", "Brzęczyszczykiewicz", ["lukasz", "brzeczy", "łuk"]),
        ("Søren", "Groß", ["soren", "gross", "Groß"]),
        ("Vincent", "van den Berg", ["berg", "van den berg", "vandenberg", "Van Berg"]),
        ("Жанна", "Иванова", ["жанна", "ИВАНОВА"]),
        ("Núria", "Mac Donald", ["macdonald", "nu\u0301ria"]),
        ("J. R.", "Smith, jr", ["j r smith", "J.R. Smith", "smith jr"]),
    ],
)
def test_any_part_of_any_name_is_found_however_it_is_typed(db, given, family, typed):
    person(given, family)
    person("Somebody", "Else")
    for words in typed:
        assert found(words) == [given], words


def test_what_they_like_to_be_called_is_a_name_too(db):
    person("Margaret", "Bell", "Peg")
    assert found("peg bell") == ["Margaret"] and found("peggy") == []


@pytest.mark.parametrize("typed", ["FB1 2AB", "fb12ab", "FB1", "fb12a", "Bell FB1 2AB"])
def test_a_postcode_is_found_with_its_space_or_without(db, typed):
    person("Ann", "Bell", postcode="FB1 2AB")
    person("Cy", "Bell", postcode="LN3 5AG")
    assert found(typed) == ["Ann"]


@pytest.mark.parametrize(
    "typed",
    [
        "27/3/1952",
        "27 3 1952",
        "27.03.1952",
        "27-03-1952",
        "1952-03-27",
        "27 March 1952",
        "27 mar 1952 ann",
        "Ann, 1952",
    ],
)
def test_a_birthday_is_found_as_people_write_it(db, typed):
    person("Ann", "Bell")
    person("Cy", "Bell", date_of_birth=date(1953, 3, 27))
    assert found(typed) == ["Ann"]


@pytest.mark.parametrize("typed", ["999 000 0018", "9990000018", "999-000-0018", " 9990000018 ", "Bell 999 000 0018"])
def test_an_nhs_number_is_found_with_spaces_or_without(db, typed):
    person("Ann", "Bell", nhs_number="9990000018")
    person("Cy", "Bell", nhs_number="9990000026")
    assert found(typed) == ["Ann"]


@pytest.mark.parametrize("typed", ["", " ", "-", "'", "’ ` -", "\\", "() & | !", "xyz", "999 000 0019", "Bell Zz"])
def test_nothing_is_found_of_what_nobody_has(db, typed):
    person("Ann", "Bell", nhs_number="9990000018")
    assert found(typed) == []


def test_a_day_that_no_calendar_has_is_refused(db):
    with pytest.raises(Refusal, match="There is no 31/2/1950 in the calendar"):
        read("Bell 31/2/1950")


def test_whole_words_stand_before_beginnings(db):
    person("Anna", "Abel")
    person("Ann", "Bell")
    assert found("ann") == ["Ann", "Anna"]


def test_a_mended_name_is_found_by_what_it_is_now(db, ada):
    Person.objects.filter(pk=ada.pk).update(family_name="O’Dowd")
    assert found("odowd") == ["Ada"] and found("bell") == []


def test_a_search_asks_twice_however_many_are_found(db, django_assert_num_queries):
    for number in range(30):
        person(f"P{number}", "Many")
    with django_assert_num_queries(2):
        assert sum(len(one.cases.all()) == 0 for one in find_people("many")) == 30


class TestAlike:
    """Who is offered as somebody on record already."""

    def alike(self, given="Ann", family="Bell", born: date | None = BORN, year=None, postcode="") -> list[str]:
        birth = Birth.known(born, year)
        people = people_alike(given_name=given, family_name=family, birth=birth, postcode=postcode)
        return [one.given_name for one in people]

    def test_a_twin_is_offered_and_so_is_whoever_married(self, db):
        person("Ann", "Hill")
        person("Beth", "Bell")
        person("Cy", "Dale")
        assert self.alike() == ["Beth", "Ann"]

    def test_signs_and_spaces_hide_nobody(self, db):
        person("Mary-Ann", "O’Brien")
        assert self.alike("Mary Ann", "O'Brien") == ["Mary-Ann"]
        assert self.alike("Ann", "OBRIEN") == ["Mary-Ann"]

    def test_a_birthday_typed_wrongly_hides_nobody_of_the_same_name_and_postcode(self, db):
        person("Ann", "Bell", postcode="FB1 2AB")
        other = date(1952, 3, 28)
        assert self.alike(born=other, postcode="FB1 2AB") == ["Ann"]
        assert self.alike(born=other, postcode="FB1 2AC") == self.alike(born=other) == []

    def test_whoever_may_be_born_then_is_offered_by_name(self, db):
        person("Ann", "Bell", date_of_birth=None, year_of_birth=1952)
        person("Anna", "Bell", date_of_birth=None)
        person("Annie", "Bell", date_of_birth=date(1953, 1, 1))
        assert self.alike() == self.alike(born=None, year=1952) == ["Ann", "Anna"]
        assert self.alike(born=None, year=1953) == ["Anna", "Annie"]
        assert self.alike(born=None) == ["Ann", "Anna", "Annie"]
        assert self.alike("Beth", born=None) == []

    def test_somebody_with_one_name_is_offered(self, db):
        person("", "Suharto")
        assert self.alike("", "suharto") == [""] and str(Person.objects.get()) == "Suharto"


def test_somebody_whose_day_of_birth_nobody_knows_is_found_by_the_year_that_it_may_be(db):
    person("Ann", "Bell", date_of_birth=None, year_of_birth=1952)
    assert found("27/3/1952") == found("1952") == ["Ann"] and found("27/3/1953") == []


@pytest.mark.parametrize("typed", ["Bell 27/3/1952", "Bell 1952", "Bell about 1950", "ann bell c. 1948"])
def test_a_birthday_that_nobody_knows_hides_nobody_of_that_name(db, typed):
    person("Ann", "Bell", date_of_birth=None, year_of_birth=None)
    person("Ann", "Bell", date_of_birth=date(1960, 3, 27))
    assert [one.date_of_birth for one in find_people(typed)] == [None]
    assert found("27/3/1952") == found("1952") == []


def test_a_year_that_is_not_sure_is_one_of_some(db):
    person("Ann", "Bell", date_of_birth=None, year_of_birth=1952)
    person("Cy", "Bell", date_of_birth=date(1945, 12, 31))
    assert found("about 1950") == ["Ann", "Cy"] and found("1950") == []
    assert found("about 1957") == ["Ann"]
