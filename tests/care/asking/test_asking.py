"""Asking for help from outside: nobody is turned away, nothing is lost, doubled or told; and how it is answered."""

import base64
import io
import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leeway.access.looks import looks_on_record
from leeway.access.models import Look
from leeway.care.asking import actions, queries
from leeway.care.asking.forms import AskForm
from leeway.care.asking.models import Answer, Asking, ForWhom, Urgent
from leeway.care.asking.public_views import SENT_A_MINUTE_MAX
from leeway.care.people.models import Case, Person, RequestRoute, StoryLine, Task
from leeway.refusal import NotAllowed, Refusal
from leeway.seal.actions import seal_what_is_new
from leeway.seal.models import SealedRow
from tests.conftest import TODAY
from tests.races import at_once

pytestmark = pytest.mark.django_db
ADDRESS = "/ask/request/"
WORDS = "I fell twice. <b>I can't</b> get in the bath any more,\nand I don't want strangers."
LEAST = {"for_whom": "self", "words": "help please", "no_way": "on"}
FULL = {
    "for_whom": "other", "words": WORDS, "urgent": ["hospital"], "name": "Ada Bell", "born": "14 March 1992",
    "lives_at": "Ward 6, Fairbourne General", "asker_name": "Tom Bell", "asker_is": "family", "knows": "no",
    "phone": "after six: 01632 960 555", "careful": "Not by post: her landlord opens it.",
}  # fmt: skip
EMPTY = {
    "name": "", "born": "", "lives_at": "", "cared_for": "", "asker_name": "", "asker_is": "", "knows": "",
    "phone": "", "email": "", "other_way": "", "careful": "", "urgent": [],
}  # fmt: skip


def asked(on=TODAY, form_id=None, **typed) -> Asking:
    given = EMPTY | {"for_whom": "self", "words": WORDS, "phone": "01632 960 555"} | typed
    return actions.send(form_id=form_id or uuid.uuid4(), typed=given, on=on)


def form_id(client) -> str:
    return re.search(r'name="form_id" value="([^"]+)"', client.get(ADDRESS).content.decode())[1]


class TestSending:
    def test_it_is_kept_as_it_was_written_and_told_with_its_reference_and_day(self, client):
        answer = client.post(ADDRESS, FULL | {"form_id": form_id(client)}, follow=True)
        asking = Asking.objects.get()
        assert asking.words == WORDS and asking.born == "14 March 1992" and asking.phone == "after six: 01632 960 555"
        assert asking.who_asks == "Tom Bell (family)" and asking.urgent == ["hospital"]
        assert asking.answer_by == asking.asked_on + timedelta(days=1)
        text = answer.content.decode()
        assert asking.reference in text and f"{asking.answer_by:%-d %B %Y}" in text
        assert "999" in text and "01632 960 100" in text, "whom to ring now"

    @pytest.mark.parametrize(
        "typed",
        [
            LEAST,
            {"for_whom": "self", "words": "x", "other_way": "Under the bridge, mornings"},
            {"for_whom": "other", "words": "my neighbour shouts at night", "knows": "against", "phone": "no idea"},
            {"for_whom": "self", "words": "I have £900,000 and need care", "email": "not@"},
            {"for_whom": "self", "words": "?", "born": "31.2.2999", "lives_at": "ZZ99 9ZZ", "phone": "ask Jo"},
            {"for_whom": "self", "words": "\u202bأحتاج إلى مساعدة\u202c 🙏", "phone": "1"},
            {"for_whom": "carer", "words": "He is 15", "cared_for": "Sam", "phone": "1"},
        ],
    )
    def test_no_form_turns_anybody_away(self, client, typed):
        answer = client.post(ADDRESS, typed, follow=True)
        assert "Your request is with us" in answer.content.decode()
        assert Asking.objects.get().words == typed["words"]

    def test_who_gives_no_way_to_answer_is_asked_once_and_can_send(self, client):
        answer = client.post(ADDRESS, {"for_whom": "self", "words": "help"})
        text = answer.content.decode()
        assert "Tell us one way to reach you, or tick below that there is none." in text and ">help</textarea>" in text
        assert client.post(ADDRESS, LEAST, follow=True).status_code == 200 and Asking.objects.count() == 1

    def test_only_for_whom_and_words_are_needed(self):
        assert {name for name, field in AskForm.base_fields.items() if field.required} == {"for_whom", "words"}

    def test_sent_again_it_is_the_same_and_with_other_words_one_more(self, client):
        typed = FULL | {"form_id": form_id(client)}
        first, again = client.post(ADDRESS, typed), client.post(ADDRESS, typed)
        assert Asking.objects.count() == 1
        for answer in (first, again):
            assert Asking.objects.get().reference in client.get(answer.url).content.decode()
        client.post(ADDRESS, typed | {"words": WORDS + " And the stairs."})
        assert sorted(Asking.objects.values_list("words", flat=True)) == sorted([WORDS, WORDS + " And the stairs."])

    @pytest.mark.django_db(transaction=True)
    def test_two_presses_at_once_make_one(self):
        key = uuid.uuid4()
        first, second = at_once(lambda: asked(form_id=key), lambda: asked(form_id=key))
        assert first.pk == second.pk and Asking.objects.count() == 1

    def test_it_needs_no_cookie_no_script_and_no_proof(self):
        client = Client(enforce_csrf_checks=True)
        answer = client.post(ADDRESS, LEAST)
        assert answer.status_code == 302 and not client.cookies and Session.objects.count() == 0

    def test_what_belongs_to_another_answer_is_not_kept(self, client):
        client.post(ADDRESS, FULL | {"for_whom": "self"})
        asking = Asking.objects.get()
        assert (asking.asker_name, asking.asker_is, asking.knows) == ("", "", "") and asking.by_the_person

    def test_whoever_cannot_wait_can_still_send_and_reads_whom_to_ring_before(self, client):
        text = client.get(ADDRESS).content.decode()
        assert text.index("tel:999") < text.index("<form class=") and "tel:01632960100" in text
        for what in Urgent:
            answer = client.post(ADDRESS, LEAST | {"urgent": [what]}, follow=True).content.decode()
            assert answer.index("Your request is with us") < answer.index("tel:999") < answer.index("What happens next")

    def test_one_network_cannot_flood_it_and_loses_nothing(self, client):
        for number in range(SENT_A_MINUTE_MAX):
            assert client.post(ADDRESS, LEAST | {"words": f"{number} help"}).status_code == 302
        answer = client.post(ADDRESS, FULL)
        assert answer.status_code == 429
        text = answer.content.decode()
        assert "Nothing you wrote is lost" in text and "Not by post: her landlord opens it." in text
        assert Asking.objects.count() == SENT_A_MINUTE_MAX


class TestWhatIsTold:
    def test_it_looks_nobody_up_so_nobody_learns_who_is_known(self, client, ada):
        def touched(**changes):
            with CaptureQueriesContext(connection) as asked_of:
                answer = client.post(ADDRESS, FULL | changes)
            page = client.get(answer.url).content.decode()
            reference = Asking.objects.order_by("-asked_at").first().reference
            sql = [each["sql"] for each in asked_of.captured_queries]
            assert not [each for each in sql if "people_" in each], "no table of people is asked"
            shape = re.sub(r'nonce[=-]"?[^"&;]+|/ask/sent/[^"]+', "", page.replace(reference, "R"))
            return len(sql), re.sub(r"'nonce-[^']+'", "", shape)

        assert touched() == touched(name="Zebulon Quux", born="1 January 1901")

    def test_no_address_tells_of_anybodys_request(self, client):
        asking = asked()
        for guess in (asking.reference, str(asking.pk), signing.dumps([asking.reference, "2026-11-24", False])):
            assert client.get(f"/ask/sent/{guess}/").status_code == 404
        right = client.post(ADDRESS, LEAST).url
        assert client.get(right[:-2] + "x/").status_code == 404

    def test_the_address_and_the_log_hold_nothing_that_was_typed(self, client, monkeypatch):
        written, root, level = io.StringIO(), logging.getLogger(), logging.getLogger().level
        handler = logging.StreamHandler(written)
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            answer = client.post(ADDRESS, FULL)
            client.post(ADDRESS, {"words": WORDS})
            logging.getLogger("leeway").warning("or this proves nothing")
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        assert "proves nothing" in written.getvalue()
        assert "fell" not in written.getvalue() and "Ada" not in written.getvalue()
        (told,) = re.findall(r"/ask/sent/(.+)/", answer.url)
        assert Asking.objects.get().reference.encode() not in base64.urlsafe_b64decode(told), (
            "sealed, and not only signed"
        )
        assert Asking.objects.get().reference in client.get(answer.url).content.decode()
        monkeypatch.setattr("leeway.care.asking.public_views.TOLD_SECONDS", -1)
        assert client.get(answer.url).status_code == 404, "gone after a day"

    def test_no_page_of_it_speaks_of_eligibility(self, client):
        for text in (client.get("/ask/"), client.get(ADDRESS), client.post(ADDRESS, LEAST, follow=True)):
            assert "eligib" not in text.content.decode().lower()


class TestKept:
    def test_nobody_changes_or_deletes_it(self):
        asking = asked()
        for change in (lambda: Asking.objects.update(words="Nothing."), lambda: Asking.objects.all().delete()):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()
        asking.refresh_from_db()
        assert asking.words == WORDS

    def test_it_is_sealed_with_its_answer(self, bea):
        asking = asked()
        actions.answer_without_case(asking=asking, words="Rang her: it was a wrong number.", by=bea, on=TODAY)
        seal_what_is_new()
        sealed = SealedRow.objects.filter(key=str(asking.pk)).values_list("table", flat=True)
        assert set(sealed) == {"asking.Asking", "asking.Answer"}


class TestTheQueue:
    def test_what_cannot_wait_stands_first_and_late_is_marked(self, client, bea):
        today = timezone.localdate()
        calm, late = asked(on=today), asked(on=today - timedelta(days=30))
        urgent = asked(on=today, urgent=["danger"])
        client.force_login(bea)
        text = client.get("/requests/").content.decode()
        places = [text.index(each.reference) for each in (urgent, late, calm)]
        assert places == sorted(places) and text.count("Late") == 1
        assert "fell" not in text and "01632 960 555" not in text, "the list names nobody"
        home = client.get("/home/").content.decode()
        assert "3 requests for help" in home and "1 of them cannot wait" in home and "1 late" in home

    def test_whoever_rings_with_a_reference_is_found_also_once_it_is_answered(self, client, bea):
        asking = asked()
        actions.answer_without_case(asking=asking, words="Rang her: it was a wrong number.", by=bea, on=TODAY)
        client.force_login(bea)
        typed = f" {asking.reference.lower().replace('-', ' ')}"
        assert client.post("/requests/", {"reference": typed}).url == f"/requests/{asking.pk}/"
        assert "No request has this reference" in client.post("/requests/", {"reference": "AAAAA"}).content.decode()

    @pytest.mark.parametrize("who", ["finn", "cyril", "ada_user"])
    def test_only_whoever_works_on_cases_reads_it(self, client, request, who):
        user = request.getfixturevalue(who)
        asking = asked()
        client.force_login(user)
        for name, more in (("waiting", []), ("show", [asking.pk]), ("answer", [asking.pk]), ("add", [asking.pk])):
            assert client.get(reverse(f"asking:{name}", args=more)).status_code == 403
        with pytest.raises(NotAllowed):
            queries.get_asking(asking.pk, seen_by=user)
        with pytest.raises(NotAllowed):
            actions.answer_without_case(asking=asking, words="It was a wrong number, she says.", by=user, on=TODAY)

    def test_the_worker_reads_the_words_as_written_and_whom_the_search_finds(self, client, bea, ada, case):
        asking = asked(name="Ada Bell", born="14 March 1992", careful="Not by post")
        client.force_login(bea)
        text = client.get(f"/requests/{asking.pk}/").content.decode()
        assert "&lt;b&gt;I can&#39;t&lt;/b&gt; get in the bath" in text and "Not by post" in text
        assert "born 14 March 1992" in text and f"/requests/{asking.pk}/to/{case.pk}/" in text
        assert Look.objects.filter(named__contains=[ada.pk], page="Found for a request").exists()
        assert not Answer.objects.exists(), "nothing is put together by itself"
        other = client.post(f"/requests/{asking.pk}/", {"words": "Quux"}).content.decode()
        assert "Nobody is found" in other and f"/to/{case.pk}/" not in other

    def test_a_birthday_that_no_calendar_has_does_not_hide_anybody(self, client, bea, ada):
        asking = asked(name="Ada Bell", born="31/2/1992")
        client.force_login(bea)
        assert "born 14 March 1992" in client.get(f"/requests/{asking.pk}/").content.decode()


class TestAnswering:
    def test_taken_up_for_somebody_on_record_the_case_begins_when_it_was_asked_for(self, client, bea, ada):
        asking = asked(on=TODAY - timedelta(days=9), urgent=["hospital"], name="Ada Bell")
        client.force_login(bea)
        address = f"/requests/{asking.pk}/for/{ada.pk}/"
        page = client.get(address).content.decode()
        assert "&lt;b&gt;I can&#39;t&lt;/b&gt;" in page.partition('name="request_words"')[2].partition("</textarea>")[0]
        form = {
            "request_words": WORDS, "kind": "adult", "request_route": RequestRoute.HOSPITAL,
            "support_reason": "Unknown",
            "take_on": "True",
        }  # fmt: skip
        assert re.search(r'value="Discharge from Hospital"[^>]*checked', page)
        assert client.post(address, form).status_code == 302
        case = Case.objects.get()
        assert case.opened_on == asking.asked_on and case.worker == bea and asking.answer.case == case
        assert asking.reference in StoryLine.objects.filter(case=case, kind="request").first().sentence
        text = client.get(f"/cases/{case.pk}/").content.decode()
        assert f"/requests/{asking.pk}/" in text and "As it came on" in text

    def test_anothers_words_are_not_put_into_the_mouth_of_the_person_who_reads_the_case(self, client, bea, ada):
        asking = asked(
            for_whom="other", asker_name="Tom Bell", asker_is="friend", words="She drinks, do not say it's me"
        )
        client.force_login(bea)
        page = client.get(f"/requests/{asking.pk}/for/{ada.pk}/").content.decode()
        assert "She drinks" in page
        assert "She drinks" not in page.partition('name="request_words"')[2].partition("</textarea>")[0]
        form = {
            "request_words": "I could do with company.", "kind": "adult", "support_reason": "Unknown",
            "request_route": RequestRoute.COMMUNITY, "take_on": "True",
        }  # fmt: skip
        client.post(f"/requests/{asking.pk}/for/{ada.pk}/", form)
        case = Case.objects.get()
        client.force_login(ada.user)
        text = client.get(f"/cases/{case.pk}/").content.decode()
        assert "I could do with company." in text and "She drinks" not in text and "Tom Bell" not in text
        assert client.get(f"/requests/{asking.pk}/").status_code == 403

    def test_somebody_new_is_put_on_record_with_what_was_typed(self, client, bea):
        asking = asked(name="Mary Ann Castle", lives_at="3 Mill Lane", phone="01632 960 777")
        client.force_login(bea)
        address = f"/requests/{asking.pk}/new-person/"
        page = client.get(address).content.decode()
        assert 'value="Mary Ann"' in page and 'value="Castle"' in page and "I fell twice" in page
        form = {
            "given_name": "Mary Ann", "family_name": "Castle", "birthday": "nobody", "gender": "Unknown",
            "ethnicity": "Unknown", "hears_by": "", "language": "English", "phone": "01632 960 777",
        }  # fmt: skip
        answer = client.post(address, form)
        person = Person.objects.get(family_name="Castle")
        assert answer.url == f"/requests/{asking.pk}/for/{person.pk}/"

    def test_put_to_an_open_case_its_worker_is_asked_to_read_it(self, client, bea, case):
        asking = asked()
        client.force_login(bea)
        client.post(f"/requests/{asking.pk}/to/{case.pk}/")
        task = Task.objects.get(case=case)
        assert asking.reference in task.what and task.due_on >= asking.answer_by and task.whose == "worker"
        assert asking.answer.case == case and not queries.waiting(seen_by=bea).exists()

    @pytest.mark.parametrize("born", ["", "about 1950", "31 2 1952", "spring 52"])
    def test_who_it_may_be_is_found_by_name_where_the_birthday_is_none(self, case, born):
        assert list(queries.who_it_may_be(asked(name="Ada Bell", born=born))) == [case.person]

    def test_a_closed_case_takes_none(self, bea, case):
        case.stage, case.closed_on = "closed", TODAY
        case.save(update_fields=["stage", "closed_on"])
        with pytest.raises(Refusal, match="closed"):
            actions.add_to_case(asking=asked(), case=case, by=bea, on=TODAY)
        assert not Answer.objects.exists()

    def test_answered_without_a_case_it_says_what_was_done_and_stays(self, client, bea):
        asking = asked()
        client.force_login(bea)
        address = f"/requests/{asking.pk}/answered/"
        assert "Say in a sentence what was done" in client.post(address, {"words": "n/a"}).content.decode()
        client.post(address, {"words": "Rang her: she wanted the library's number, and has it."})
        assert Asking.objects.count() == 1 and "library" in asking.answer.words
        text = client.get(f"/requests/{asking.pk}/").content.decode()
        assert "library" in text and "I fell twice" in text

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_answer_at_once_the_second_is_told(self, bea, mona, ada, team):
        asking = asked()
        details = {"team": team, "request_words": "x"}
        taken, answered = at_once(
            lambda: actions.take_up(asking=asking, person=ada, details=details, by=bea, on=TODAY),
            lambda: actions.answer_without_case(
                asking=asking, words="Rang her: she needs nothing now.", by=mona, on=TODAY
            ),
        )
        assert isinstance(taken, Case) and isinstance(answered, Refusal) and "Bea Okafor answered this" in str(answered)
        assert Answer.objects.get().case == taken

    def test_every_look_is_noted_and_the_person_sees_it(self, client, bea, ada, team):
        asking = asked()
        client.force_login(bea)
        client.get(f"/requests/{asking.pk}/")
        actions.take_up(asking=asking, person=ada, details={"team": team, "request_words": "x"}, by=bea, on=TODAY)
        seen = Look.objects.filter(looks_on_record(ada.pk), thing_id=asking.pk)
        assert [each.viewer_name for each in seen] == ["Bea Okafor"]

    def test_once_it_is_a_case_it_is_read_by_whoever_may_see_that_case(
        self, client, bea, mona, ada, team, django_user_model
    ):
        asking = asked()
        actions.take_up(asking=asking, person=ada, details={"team": team, "request_words": "x"}, by=bea, on=TODAY)
        stranger = django_user_model.objects.create_user("s@council.example", name="Sol", roles=["assessor"])
        client.force_login(stranger)
        answer = client.get(f"/requests/{asking.pk}/")
        assert answer.status_code == 302 and "/reason/" in answer.url


def test_who_it_is_for_and_who_asks_read_as_people_say_it():
    assert asked().who_asks == "somebody who did not give a name"
    assert asked(for_whom="other", asker_is="professional").who_asks.startswith("somebody who did not give a name (")
    assert asked(for_whom=ForWhom.CARER, name="Jo Mills").who_asks == "Jo Mills"
