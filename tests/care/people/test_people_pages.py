"""The pages about people, as each of them meets them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from leeway.access.models import Look, Role, User
from leeway.care.people.actions import open_case
from leeway.care.people.models import Case, Person, Relationship, RelationshipKind
from leeway.refusal import Refusal
from tests.pages import send


@pytest.fixture
def greta(team):
    return User.objects.create_user("greta@council.example", name="Greta Lund", roles=[Role.ASSESSOR], team=team)


def text(response) -> str:
    return response.content.decode()


WHO = {
    "given_name": "Dora",
    "family_name": "Elm",
    "birthday": "known",
    "date_of_birth_day": "1",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1950",
    "gender": "Female",
    "ethnicity": "Unknown",
    "language": "English",
}
REQUEST = {
    "request_words": "I can't manage the mornings.",
    "kind": "adult",
    "request_route": "Community / Other route",
    "support_reason": "Unknown",
    "take_on": "True",
}


class TestSearch:
    def test_finds_by_the_beginning_of_a_name_and_by_nhs_number(self, client, bea, case):
        client.force_login(bea)
        for words in ("bel", "Ada B", "999 000 0018", "FB1"):
            page = client.post("/people/", {"words": words}, follow=True)
            assert f"/cases/{case.pk}/" in text(page), words

    def test_is_a_look_at_no_record_and_shows_no_more_than_a_name(self, client, bea, case):
        client.force_login(bea)
        page = text(client.post("/people/", {"words": "bell"}, follow=True))
        assert not Look.objects.filter(person_id=case.person_id).exists()
        assert "9990000018" not in page and "mornings" not in page and "FB1 2AB" not in page

    def test_a_mistyped_nhs_number_is_told_from_one_that_nobody_has(self, client, bea, case):
        client.force_login(bea)
        wrong = text(client.post("/people/", {"words": "999 000 0019"}))
        assert "its last digit does not fit the others" in wrong and "Check the spelling" not in wrong
        assert "999 000 0019" in wrong  # what was typed is kept
        assert "Check the spelling" in text(client.post("/people/", {"words": "999 123 4578"}, follow=True))

    def test_says_what_to_do_when_nobody_is_found(self, client, bea, finn, case):
        client.force_login(bea)
        page = text(client.post("/people/", {"words": "Zz"}, follow=True))
        assert "Nobody found" in page and "/people/add/" in page
        client.force_login(finn)
        assert "/people/add/" not in text(client.post("/people/", {"words": "Zz"}, follow=True))

    def test_makes_no_more_questions_for_more_people(self, client, bea, team, django_assert_max_num_queries):
        for number in range(30):
            person = Person.objects.create(given_name=f"P{number}", family_name="Many", date_of_birth="1950-01-01")
            Case.objects.create(person=person, team=team, opened_on="2026-01-01", request_words="…")
        client.force_login(bea)
        client.post("/people/", {"words": "many"})
        with django_assert_max_num_queries(8):
            assert text(client.get("/people/")).count("/cases/") == 30


class TestAdd:
    def test_which_button_was_pressed_says_whether_the_worker_takes_it_on(self, client, bea):
        client.force_login(bea)
        client.post("/people/add/", WHO)
        address = f"/people/{Person.objects.get().pk}/request/"
        unsaid = {name: value for name, value in REQUEST.items() if name != "take_on"}
        refused = text(client.post(address, unsaid))
        assert "Answer “Will you take on this case yourself?”." in refused and 'href="#id_take_on"' in refused
        assert not Case.objects.exists() and "I can&#39;t manage the mornings." in refused
        client.post(address, unsaid | {"take_on": "False"})
        assert Case.objects.get().worker is None

    @pytest.mark.parametrize(
        ("words", "known"),
        [
            ("Dora Elm 1 2 1950", {"given_name": "Dora", "family_name": "Elm", "date_of_birth_year": "1950"}),
            (
                "Mary Ann O’Elm 999 123 4578",
                {"given_name": "Mary Ann", "family_name": "O’Elm", "nhs_number": "9991234578"},
            ),
            ("Elm", {"given_name": "", "family_name": "Elm"}),
            ("FB1 2AB", {"given_name": "", "family_name": "", "postcode": ""}),
        ],
    )
    def test_has_what_the_person_was_looked_for_by(self, client, bea, words, known):
        client.force_login(bea)
        client.post("/people/", {"words": words})
        page = text(client.get("/people/add/"))
        for name, value in known.items():
            box = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
            assert (f'value="{value}"' in box) if value else ('value="' not in box or 'value=""' in box), box

    def test_then_takes_down_the_request_and_takes_it_on(self, client, bea):
        client.force_login(bea)
        added = client.post("/people/add/", WHO)
        dora = Person.objects.get()
        assert added.headers["Location"] == f"/people/{dora.pk}/request/"
        client.post(added.headers["Location"], REQUEST)
        case = Case.objects.get()
        assert (case.person, case.worker, case.team) == (dora, bea, bea.team)
        assert case.request_words == "I can't manage the mornings."

    @pytest.mark.parametrize(
        "wrong, said",
        [
            ({"nhs_number": "999 000 0019"}, "the last digit does not fit"),
            ({"nhs_number": "12345"}, "has ten digits"),
            ({"date_of_birth_day": "31"}, "there is no 31/2/1950"),
            ({"date_of_birth_year": "2090"}, "in the future. Check the year"),
            ({"postcode": "Lincoln"}, "enter a full UK postcode"),
        ],
    )
    def test_a_mistake_gets_a_sentence_and_loses_nothing(self, client, bea, wrong, said):
        client.force_login(bea)
        page = text(client.post("/people/add/", WHO | wrong))
        assert said in page and 'value="Elm"' in page
        assert not Person.objects.exists()

    def test_someone_of_the_same_name_and_birthday_is_shown_first(self, client, bea, ada):
        client.force_login(bea)
        again = WHO | {"given_name": "ADA", "family_name": "bell"}
        again |= {"date_of_birth_day": "14", "date_of_birth_month": "3", "date_of_birth_year": "1992"}
        page = text(client.post("/people/add/", again))
        assert "is on record" in page and f"/people/{ada.pk}/request/" in page
        assert client.post("/people/add/", again | {"somebody_else": "on"}).status_code == 302
        assert Person.objects.count() == 2


class TestWhoTheyAre:
    """One name, a birthday that nobody knows, a child: recorded, or asked about."""

    def add(self, client, bea, **changed):
        client.force_login(bea)
        return client.post("/people/add/", WHO | changed)

    def test_somebody_with_one_name_is_recorded_by_it(self, client, bea):
        nothing = {"given_name": "", "family_name": "Suharto"}
        assert "or tick that they have one name only" in text(self.add(client, bea, **nothing))
        assert self.add(client, bea, **nothing, one_name="on").status_code == 302
        suharto = Person.objects.get()
        assert (str(suharto), suharto.called, suharto.full_name) == ("Suharto", "Suharto", "Suharto")

    def test_both_a_first_name_and_the_tick_are_asked_about(self, client, bea):
        assert "Take out the first name, or the tick" in text(self.add(client, bea, one_name="on"))

    def test_a_year_alone_and_no_birthday_are_recorded_as_what_they_are(self, client, bea):
        assert "Enter the year of birth" in text(self.add(client, bea, birthday="year"))
        assert "Year of birth: 52 cannot be meant" in text(self.add(client, bea, birthday="year", year_of_birth="52"))
        self.add(client, bea, birthday="year", year_of_birth="1950")
        dora = Person.objects.get()
        assert (dora.date_of_birth, dora.year_of_birth, dora.born) == (None, 1950, "born in 1950, day not known")
        self.add(client, bea, family_name="Ash", birthday="nobody")
        ash = Person.objects.get(family_name="Ash")
        assert (ash.date_of_birth, ash.year_of_birth, ash.born) == (None, None, "birthday not known")

    def test_a_known_birthday_is_not_left_empty(self, client, bea):
        empty = dict.fromkeys(("date_of_birth_day", "date_of_birth_month", "date_of_birth_year"), "")
        assert "Enter the date of birth" in text(self.add(client, bea, **empty))

    def test_a_child_is_asked_about_and_recorded_when_meant(self, client, bea):
        year = timezone.localdate().year - 3
        asked = text(self.add(client, bea, date_of_birth_year=str(year)))
        assert "Check the year" in asked and "Yes, they are under 18" in asked and not Person.objects.exists()
        assert self.add(client, bea, date_of_birth_year=str(year), young="on").status_code == 302

    @pytest.mark.parametrize("number", ["0000000000", "1111111111", "999 999 9999"])
    def test_a_number_that_only_fills_the_box_is_refused(self, client, bea, number):
        assert "nobody" in text(self.add(client, bea, nhs_number=number)) and not Person.objects.exists()

    @pytest.mark.parametrize("phone", ["ask her sister", "ring after five", "12", "none"])
    def test_a_phone_number_of_words_is_asked_about(self, client, bea, phone):
        assert "The phone number is not complete" in text(self.add(client, bea, phone=phone))
        assert not Person.objects.exists()

    @pytest.mark.parametrize("postcode", ["QQ1 1AA", "LN3 5CG", "L1Z 5AG", "LN3A 5A", "VX1 2AB", "LNN3 5AG"])
    def test_a_postcode_that_cannot_be_is_refused(self, client, bea, postcode):
        assert "enter a full UK postcode" in text(self.add(client, bea, postcode=postcode))

    @pytest.mark.parametrize("postcode", ["M1 1AE", "B33 8TH", "cr26xh", "DN55 1PT", "W1A 0AX", "EC1A 1BB", "LN3 5AG"])
    def test_postcodes_of_every_form_are_taken(self, client, bea, postcode):
        assert self.add(client, bea, postcode=postcode).status_code == 302

    def test_the_examples_of_the_page_pass_its_own_checks(self, client, bea):
        page = text(client.get("/people/add/")) if client.force_login(bea) is None else ""
        assert "like 999 123 4578" in page and "For example, 27 3 1952" in page
        answers = {"nhs_number": "999 123 4578", "date_of_birth_day": "27", "date_of_birth_month": "3"}
        assert self.add(client, bea, **answers, date_of_birth_year="1952").status_code == 302


class TestCarer:
    ASKED = REQUEST | {"kind": "carer", "cared_for_name": "Bell"}
    BORN = {"cared_for_born_day": "14", "cared_for_born_month": "3", "cared_for_born_year": "1992"}

    @pytest.fixture
    def page(self, client, bea):
        client.force_login(bea)
        client.post("/people/add/", WHO)
        return f"/people/{Person.objects.get(given_name='Dora').pk}/request/"

    def test_a_carer_has_a_case_of_their_own(self, client, page, ada):
        other = {"cared_for_born_day": "15", "cared_for_born_month": "3", "cared_for_born_year": "1992"}
        assert "Nobody of this name and birthday" in text(client.post(page, self.ASKED | other))
        client.post(page, self.ASKED | self.BORN)
        assert Case.objects.get().cared_for == ada

    def test_twins_are_told_apart_and_chosen(self, client, page, ada, bea):
        beth = Person.objects.create(given_name="Beth", family_name="Bell", date_of_birth=ada.date_of_birth)
        asked = text(client.post(page, self.ASKED | self.BORN))
        assert "Choose whom they care for" in asked and "Ada Bell, born 14 March 1992" in asked
        assert Look.objects.filter(page__startswith="Offered", named=[ada.pk, beth.pk], viewer_id=bea.pk).exists()
        assert not Case.objects.exists()
        client.post(page, self.ASKED | self.BORN | {"cared_for": str(beth.pk)})
        assert Case.objects.get().cared_for == beth

    def test_whose_birthday_nobody_knows_is_offered_by_name(self, client, page, ada):
        Person.objects.filter(pk=ada.pk).update(date_of_birth=None, year_of_birth=1992)
        for born in ({}, self.BORN):
            assert "Ada Bell, born in 1992, day not known" in text(client.post(page, self.ASKED | born))
        client.post(page, self.ASKED | {"cared_for": str(ada.pk)})
        assert Case.objects.get().cared_for == ada

    def test_too_many_of_a_name_are_not_shown(self, client, page):
        for number in range(11):
            Person.objects.create(given_name=f"P{number}", family_name="Bell", date_of_birth="1950-01-01")
        asked = text(client.post(page, self.ASKED))
        assert "More than 10 people have this name. Enter the date of birth too" in asked and "P3 Bell" not in asked

    def test_somebody_who_was_not_offered_is_not_taken(self, client, page, ada):
        zoe = Person.objects.create(given_name="Zoe", family_name="Hill", date_of_birth="1950-01-01")
        assert client.post(page, self.ASKED | {"cared_for": str(zoe.pk)}).status_code == 200
        assert not Case.objects.exists()

    def test_a_carer_of_two_has_two_cases_and_of_one_has_one(self, client, page, ada):
        client.post(page, self.ASKED | self.BORN)
        again = text(client.post(page, self.ASKED | self.BORN))
        assert "already has an open case as a carer of Ada Bell. Carry on with that one." in again
        assert "Go to the case as a carer of Ada Bell" in again
        client.post(page, self.ASKED | {"cared_for_name": "Len Elm", "not_on_record": "on"})
        assert "as a carer of Len Elm" in text(
            client.post(page, self.ASKED | {"cared_for_name": "Len Elm", "not_on_record": "on"})
        )
        assert {case.looks_after for case in Case.objects.all()} == {"Ada Bell", "Len Elm"}
        shown = text(client.post("/people/", {"words": "dora"}, follow=True))
        assert "Case as a carer of Ada Bell" in shown and "Case as a carer of Len Elm" in shown

    def test_all_that_is_missing_of_whom_they_care_for_is_said_at_once(self, client, page):
        asked = self.ASKED | {"request_words": "", "cared_for_name": ""}
        wrong = text(client.post(page, asked))
        for sentence in ("Enter the name of the person they care for", "Answer “What"):
            assert sentence in wrong
        assert "Nobody of this name" not in wrong and "care for (optional)" not in wrong

    def test_somebody_who_is_not_on_record_is_kept_by_name_alone(self, client, bea, ada):
        client.force_login(bea)
        client.post("/people/add/", WHO)
        asked = REQUEST | {"kind": "carer", "cared_for_name": "Len Elm", "not_on_record": "on"}
        client.post(f"/people/{Person.objects.get(given_name='Dora').pk}/request/", asked)
        case = Case.objects.get()
        assert (case.cared_for, case.cared_for_name, Person.objects.count()) == (None, "Len Elm", 2)
        assert "looks after Len Elm" in text(client.get(f"/cases/{case.pk}/"))

    def test_a_carers_case_names_whom_they_care_for(self, bea, ada):
        details = {"kind": "carer", "request_words": "I am worn out.", "team": bea.team}
        with pytest.raises(Refusal, match="Say whom this person cares for"):
            open_case(person=ada, details=details, by=bea, on=timezone.localdate())


class TestBreakGlass:
    def test_a_look_outside_ones_cases_needs_a_reason_which_the_person_can_read(self, client, case, greta, ada_user):
        client.force_login(greta)
        page = f"/cases/{case.pk}/people/"
        asked = client.get(page)
        assert asked.headers["Location"].startswith(f"/people/{case.person_id}/reason/?next=%2Fcases")
        assert not Look.objects.exists()
        reason = asked.headers["Location"]
        assert "Say in a sentence" in text(client.post(reason, {"reason": "hm", "next": page}))
        said = "Duty worker: her brother has rung."
        assert client.post(reason, {"reason": said, "next": page}).headers["Location"] == page
        assert client.get(page).status_code == 200
        client.force_login(ada_user)
        seen = text(client.get(f"/people/{case.person_id}/seen/"))
        assert "Greta Lund" in seen and said in seen

    def test_the_reason_lasts_four_hours(self, client, case, greta, monkeypatch):
        client.force_login(greta)
        client.post(f"/people/{case.person_id}/reason/", {"reason": "Duty worker today", "next": "/"})
        assert client.get(f"/cases/{case.pk}/people/").status_code == 200
        later = timezone.now() + timedelta(hours=4, minutes=1)
        monkeypatch.setattr("leeway.access.looks.timezone.now", lambda: later)
        assert client.get(f"/cases/{case.pk}/people/").status_code == 302

    def test_what_was_being_written_when_the_reason_ran_out_is_kept(self, client, case, greta):
        client.force_login(greta)
        page = f"/cases/{case.pk}/capacity/"
        assert "/reason/" in client.post(page, {"reasons": "She weighed it up."}).headers["Location"]
        client.post(f"/people/{case.person_id}/reason/", {"reason": "Duty worker today", "next": page})
        assert "She weighed it up." in text(client.get(page))

    @pytest.mark.parametrize("elsewhere", ["https://bad.example/", "//bad.example/", "javascript:alert(1)", ""])
    def test_the_way_back_leads_nowhere_else(self, client, case, greta, elsewhere):
        client.force_login(greta)
        answer = client.post(f"/people/{case.person_id}/reason/", {"reason": "Duty worker today", "next": elsewhere})
        assert answer.headers["Location"] == "/home/"

    def test_a_free_case_of_ones_own_team_needs_none(self, client, case, greta):
        Case.objects.update(worker=None)
        client.force_login(greta)
        assert client.get(f"/cases/{case.pk}/give/").status_code == 200
        assert send(client, f"/cases/{case.pk}/give/", worker=greta.pk).status_code == 302
        assert Case.objects.get().worker == greta

    def test_a_reason_about_one_person_opens_nobody_else(self, client, case, greta, team, bea):
        dora = Person.objects.create(given_name="Dora", family_name="Elm", date_of_birth="1950-02-01")
        hers = Case.objects.create(person=dora, team=team, worker=bea, opened_on="2026-01-01", request_words="…")
        client.force_login(greta)
        client.post(f"/people/{case.person_id}/reason/", {"reason": "Duty worker today", "next": "/"})
        assert client.get(f"/cases/{hers.pk}/people/").status_code == 302


class TestWhoLooked:
    def test_is_for_the_person_and_their_manager(self, client, case, bea, mona, cyril, ada_user, greta):
        client.force_login(bea)
        client.get(f"/cases/{case.pk}/people/")
        for viewer, status in ((ada_user, 200), (mona, 200), (cyril, 404), (greta, 403)):
            client.force_login(viewer)
            page = client.get(f"/people/{case.person_id}/seen/")
            assert page.status_code == status, viewer
            assert ("Bea Okafor" in text(page)) is (status == 200)
        client.force_login(ada_user)
        assert "You let them see it" not in text(client.get(f"/people/{case.person_id}/seen/"))
        Relationship.objects.create(person=case.person, name="Bea", kind="friend", starts_on="2026-01-01", user=bea)
        seen = text(client.get(f"/people/{case.person_id}/seen/"))
        assert seen.count("You let them see it") == 1, "who helps does not work here"

    def test_the_manager_of_another_team_is_refused(self, client, case, mona):
        mona.team = type(mona.team).objects.create(name="South team")
        mona.save()
        client.force_login(mona)
        assert client.get(f"/people/{case.person_id}/seen/").status_code == 404


class TestDetails:
    def change(self, client, case, **changed):
        form = WHO | {"given_name": "Ada", "family_name": "Bell", "nhs_number": "9990000018", "version": "1"}
        return client.post(f"/cases/{case.pk}/details/", form | changed)

    def test_two_people_at_once_lose_nothing(self, client, case, bea, mona):
        client.force_login(mona)
        assert self.change(client, case, phone="01522 111 111").status_code == 302
        client.force_login(bea)
        page = text(self.change(client, case, phone="01522 222 222"))
        assert "Someone else saved this" in page
        assert "01522 111 111" in page and 'value="01522 222 222"' in page and 'name="version" value="2"' in page
        assert self.change(client, case, phone="01522 222 222", version="2").status_code == 302
        assert Person.objects.get().phone == "01522 222 222"


def test_every_page_of_a_case_opens_for_its_worker_in_few_questions(client, case, bea, django_assert_max_num_queries):
    sam = Relationship.objects.create(
        person=case.person, name="Sam", kind=RelationshipKind.SIBLING, starts_on="2026-01-01"
    )
    client.force_login(bea)
    one = f"people/{sam.pk}"
    for page in ("people", "people/add", f"{one}/end", f"{one}/invite", f"{one}/leave", "invite", "details", "capacity",
                 "give", "close"):  # fmt: skip
        with django_assert_max_num_queries(16):
            answer = client.get(f"/cases/{case.pk}/{page}/")
        assert answer.status_code == 200 and "<h1" in text(answer), page


def test_pages_that_change_do_so(client, case, bea, mona):
    client.force_login(bea)
    base = f"/cases/{case.pk}/"
    today = timezone.localdate()
    since = {"starts_on_day": "1", "starts_on_month": "1", "starts_on_year": "2020"}
    someone = {"name": "Sam Bell", "kind": "sibling", "authority": "carer", "same_household": "True"} | since
    assert client.post(base + "people/add/", someone).headers["Location"] == base + "people/"
    sam = Relationship.objects.get()
    agreed = {"email": "sam@home.example", "agreed": "Ada said yes today.", "leave_for": "record"}
    assert send(client, f"{base}people/{sam.pk}/invite/", **agreed).status_code == 302
    assert "no answer so far" in text(client.get(base + "people/"))
    assert send(client, f"{base}people/{sam.pk}/leave/").status_code == 302
    last = {"ends_on_day": today.day, "ends_on_month": today.month, "ends_on_year": today.year}
    assert send(client, f"{base}people/{sam.pk}/end/", **last).status_code == 302
    sam.refresh_from_db()
    assert (sam.may_see_record, sam.ends_on) == (False, today)
    asked = {"question": "money", "has_capacity": "True", "how_supported": "Pictures", "reasons": "She explained it."}
    page = text(client.post(base + "capacity/", asked, follow=True))
    assert "She explained it." in page
    assert "The capacity decision is recorded." in page and "&lt;p" not in page
    assert send(client, base + "close/", reason="Moved to another council").headers["Location"] == base
    assert "Moved to another council" in Case.objects.get().closed_reason


class TestTooLong:
    """What no record can hold gets a sentence on the form, and is still there to be shortened."""

    ADDRESS = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.example"  # 312 characters: an email address, yet longer than any

    def test_an_email_address(self, client, bea, case):
        Person.objects.filter(pk=case.person_id).update(user=None)
        client.force_login(bea)
        for address, more in [
            ("/people/add/", WHO),
            (f"/cases/{case.pk}/invite/", {}),
            (f"/cases/{case.pk}/details/", WHO | {"version": "1"}),
        ]:
            page = text(client.post(address, more | {"email": self.ADDRESS}))
            assert "write no more than 254 characters" in page, address
            assert self.ADDRESS in page, address

    def test_a_reason_for_closing(self, client, bea, case):
        client.force_login(bea)
        page = text(client.post(f"/cases/{case.pk}/close/", {"reason": "because " * 200}))
        assert "write no more than 490 characters" in page and "because because" in page
        longest = f"Moved away, {'x' * 478}"
        send(client, f"/cases/{case.pk}/close/", reason=longest)
        case.refresh_from_db()
        assert case.closed_reason == f"Closed: {longest}" and len(longest) == 490

    def test_a_very_long_name_can_sign_in(self, client, bea, case):
        Person.objects.filter(pk=case.person_id).update(given_name="A" * 100, family_name="B" * 100, user=None)
        client.force_login(bea)
        assert client.post(f"/cases/{case.pk}/invite/", {"email": "long@home.example"}).status_code == 302
        assert User.objects.get(email="long@home.example").name == f"{'A' * 100} {'B' * 100}"
