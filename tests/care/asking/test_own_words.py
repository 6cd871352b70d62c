"""What somebody writes about their life and has not sent is theirs alone, whoever has the database or guesses codes."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from leeway.care.asking import actions, own_words, queries
from leeway.care.asking.jobs import forget_unsent
from leeway.care.asking.models import Asking, KeptWords
from leeway.care.asking.own_words import CODE_LENGTH, CODE_LETTERS, COOKIE, How, OwnWords
from leeway.care.asking.public_views import CODES_A_MINUTE_MAX
from leeway.care.assessment.actions import start_assessment
from leeway.care.assessment.models import OutcomeNote
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
WORDS = "I wash at the sink since I fell. Zebra."
HYGIENE = "/ask/your-life/adult/hygiene/"
LEAST = {"for_whom": "self", "words": "help please", "no_way": "on"}


@pytest.fixture
def writer(client):
    """A browser in which somebody wrote about washing."""
    client.post(HYGIENE, {"how": "help", "words": WORDS})
    return client


def code_for(client) -> str:
    page = client.post("/ask/keep/").content.decode()
    return re.search(r"<strong>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</strong>", page)[1]


def sent_with(client, **changes) -> dict:
    page = client.get("/ask/request/").content.decode()
    hidden = dict(re.findall(r'name="(form_id|along_of)"(?: value="([^"]*)")?', page.replace(' id="id_along_of"', "")))
    along = re.search(r'name="along_of" value="([^"]+)"', page)
    return LEAST | {"form_id": hidden["form_id"], "along": "on", "along_of": along[1] if along else ""} | changes


def everything_stored() -> str:
    """Every text of every table, as whoever has the database reads it, sessions unpacked."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(one)::text FROM "{table}" AS one')
            found += [text for (text,) in cursor]
    found += [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join(found)


class TestWhileItIsWritten:
    def test_it_is_there_again_and_says_what_is_answered_and_what_is_not(self, writer):
        assert WORDS in writer.get(HYGIENE).content.decode()
        text = writer.get("/ask/your-life/adult/").content.decode()
        assert text.count("I need help with this") == 1 and text.count("Not answered") == 9
        writer.post(HYGIENE, {"how": "", "words": ""})
        assert writer.get("/ask/your-life/adult/").content.decode().count("Not answered") == 10

    def test_whoever_has_the_database_reads_none_of_it(self, writer):
        code_for(writer)
        stored = everything_stored()
        assert "gAAAA" in stored, "it lies there, sealed, or this proves nothing"
        assert "Zebra" not in stored and "sink" not in stored and "hygiene" not in stored
        assert writer.cookies[COOKIE].value not in stored, "the key is with the asker alone"

    def test_the_key_is_the_browsers_alone_and_goes_with_it(self, writer):
        cookie = writer.cookies[COOKIE]
        assert cookie["httponly"] and cookie["path"] == "/ask/" and cookie["samesite"] == "Lax"
        assert not cookie["max-age"] and not cookie["expires"], "gone when the browser is closed"

    def test_two_windows_lose_nothing(self, writer):
        page = writer.get(HYGIENE).content.decode()
        version = re.search(r'name="version" value="(\d+)"', page)[1]
        writer.post(HYGIENE, {"version": version, "how": "varies", "words": "From the one window."})
        stale = {"version": version, "how": "help", "words": "From the other."}
        told = writer.post(HYGIENE, stale).content.decode()
        assert (
            "What you wrote in the other window" in told
            and "From the one window." in told
            and "From the other." in told
        )
        assert "On some days I can" in told and "From the one window." in writer.get(HYGIENE).content.decode()
        version = re.search(r'name="version" value="(\d+)"', told)[1]
        both = {"version": version, "how": "help", "words": "From the one window. From the other."}
        for _twice in range(2):  # and sent again from the page before, it is the same
            assert writer.post(HYGIENE, both).status_code == 302
        assert both["words"] in writer.get(HYGIENE).content.decode()

    def test_without_the_cookie_the_session_tells_nothing(self, writer):
        thief = Client()
        thief.cookies["sessionid"] = writer.cookies["sessionid"].value
        assert "Zebra" not in thief.get(HYGIENE).content.decode()
        for wrong in ("x", Fernet.generate_key().decode(), "é" * 44):
            thief.cookies[COOKIE] = wrong
            answer = thief.get(HYGIENE)
            assert answer.status_code == 200 and "Zebra" not in answer.content.decode()

    def test_a_day_after_the_last_save_it_cannot_be_opened_even_with_the_key(self, writer):
        sealed = writer.session[own_words.SESSION]
        key = writer.cookies[COOKIE].value.encode()
        saved_at = Fernet(key).extract_timestamp(sealed)
        seconds = int(own_words.LASTS.total_seconds())
        assert Fernet(key).decrypt_at_time(sealed, ttl=seconds, current_time=saved_at + seconds)
        with pytest.raises(InvalidToken):
            Fernet(key).decrypt_at_time(sealed, ttl=seconds, current_time=saved_at + seconds + 1)

    def test_read_gives_nothing_once_it_is_too_old(self, writer, monkeypatch):
        monkeypatch.setattr(own_words, "LASTS", timedelta(seconds=-1))
        assert "Zebra" not in writer.get(HYGIENE).content.decode()

    def test_every_hour_what_has_ended_is_cleared_away_and_nothing_else(self, writer):
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        other = Client()
        other.post(HYGIENE, {"how": "can", "words": ""})
        KeptWords.objects.create(place="a", sealed="x", until=timezone.localdate() - timedelta(days=1))
        KeptWords.objects.create(place="b", sealed="x", until=timezone.localdate())
        forget_unsent()
        assert Session.objects.count() == 1 and [each.place for each in KeptWords.objects.all()] == ["b"]

    def test_a_session_lives_a_day_at_most(self, writer):
        assert Session.objects.get().expire_date <= timezone.now() + timedelta(days=1)

    def test_a_stranger_cannot_write_into_it(self, writer):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = writer.cookies
        for address in (HYGIENE, "/ask/keep/", "/ask/forget/", "/ask/code/"):
            assert strict.post(address, {"how": "can"}).status_code == 403
        assert WORDS in writer.get(HYGIENE).content.decode()

    def test_taken_away_it_is_gone_here_and_under_its_code(self, writer):
        code_for(writer)
        writer.post("/ask/forget/")
        assert not KeptWords.objects.exists() and "Zebra" not in writer.get(HYGIENE).content.decode()

    @pytest.mark.parametrize("address", ["/ask/your-life/other/", "/ask/your-life/adult/money/"])
    def test_what_there_is_no_part_of_is_not_found(self, client, address):
        assert client.get(address).status_code == 404

    def test_pages_are_kept_by_nobody_between(self, writer):
        assert "no-store" in writer.get(HYGIENE).headers["Cache-Control"]


class TestKeptWithACode:
    def test_with_the_code_it_goes_on_in_another_browser(self, writer):
        code = code_for(writer)
        elsewhere = Client()
        answer = elsewhere.post("/ask/code/", {"code": f" {code.lower().replace('-', ' ')}"})
        assert answer.url == "/ask/your-life/adult/" and WORDS in elsewhere.get(HYGIENE).content.decode()

    def test_kept_again_it_has_the_same_code_and_the_new_words(self, writer):
        code = code_for(writer)
        writer.post(HYGIENE, {"how": "varies", "words": "Better now."})
        assert code_for(writer) == code and KeptWords.objects.count() == 1
        elsewhere = Client()
        elsewhere.post("/ask/code/", {"code": code})
        assert "Better now." in elsewhere.get(HYGIENE).content.decode()

    def test_a_code_takes_the_place_of_nothing_that_was_not_sent(self, writer):
        code = code_for(writer)
        elsewhere = Client()
        elsewhere.post("/ask/your-life/adult/nutrition/", {"how": "help", "words": "Soup again."})
        page = elsewhere.post("/ask/code/", {"code": code}).content.decode()
        assert "Something else is written in this browser" in page and "See what is written in this browser" in page
        assert "Soup again." in elsewhere.get("/ask/your-life/adult/nutrition/").content.decode()
        assert writer.post("/ask/code/", {"code": code}).status_code == 302, "its own is the same"
        elsewhere.post("/ask/forget/")
        assert elsewhere.post("/ask/code/", {"code": code}).status_code == 302

    def test_a_wrong_code_tells_nothing(self, writer):
        code = code_for(writer)
        wrong = [code[:-1] + ("2" if code[-1] != "2" else "3"), "2" * 16, "ACDE ACDE–ACDE—ACDE.", own_words.new_code()]
        pages = set()
        for each in wrong:
            page = Client().post("/ask/code/", {"code": each})
            assert page.status_code == 200
            text = re.sub(r'nonce[-="]+[^"\']+|value="[^"]*"', "", page.content.decode())
            pages.add(text)
        assert len(pages) == 1 and "Nothing is kept under this code now." in pages.pop()

    @pytest.mark.parametrize(
        "typed, said",
        [
            ("2222-2222-2222-222", "A code has 16 letters and numbers. These are 15."),
            ("2" * 17, "These are 17."),
            ("O222-2222-2222-2221", "No code has “1” or “O” in it."),
            ("'; DROP TABLE", "No code has “B” or “L” or “O” in it."),
            ("É" * 16, "No code has “É” in it."),
            ("- -", "These are 0."),
            ("", "Enter your code."),
        ],
    )
    def test_what_can_be_no_code_is_told_so(self, client, typed, said):
        page = client.post("/ask/code/", {"code": typed}).content.decode()
        assert said in page and "Nothing is kept" not in page

    def test_one_that_has_lapsed_looks_like_a_wrong_one(self, writer):
        code = code_for(writer)
        KeptWords.objects.update(until=timezone.localdate() - timedelta(days=1))
        assert "Nothing is kept under this code now." in Client().post("/ask/code/", {"code": code}).content.decode()

    def test_whoever_guesses_is_stopped_and_would_need_longer_than_there_is(self, writer):
        code_for(writer)
        for _ in range(CODES_A_MINUTE_MAX - 1):  # making the code was one
            assert Client().post("/ask/code/", {"code": "2" * 16}).status_code == 200
        assert Client().post("/ask/code/", {"code": "2" * 16}).status_code == 429
        guesses_a_year = CODES_A_MINUTE_MAX * 60 * 24 * 365
        assert len(CODE_LETTERS) ** CODE_LENGTH / guesses_a_year > 1e14

    def test_codes_are_drawn_anew_each_time_and_read_without_doubt(self):
        assert len({own_words.new_code() for _ in range(200)}) == 200
        assert not set("01OILUVYZSB") & set(CODE_LETTERS) and len(set(CODE_LETTERS)) == len(CODE_LETTERS) == 25

    def test_what_lies_there_opens_with_the_code_alone(self, writer, settings):
        code = own_words.tidied(code_for(writer))
        kept = KeptWords.objects.get()
        assert code not in kept.place and code not in kept.sealed
        assert own_words.unseal(kept.sealed, own_words.key_of("2" * 16)) is None
        assert own_words.unseal(kept.sealed, own_words.place_of(code).encode()) is None, "the place is not the key"
        assert own_words.unseal(kept.sealed, own_words.key_of(code)).part("adult", "hygiene")["words"] == WORDS
        settings.SECRET_KEY = "another"
        assert own_words.place_of(code) != kept.place, "a copy of the table alone lets nobody try codes"

    def test_bent_where_it_lies_it_does_not_open(self, writer):
        code = code_for(writer)
        kept = KeptWords.objects.get()
        KeptWords.objects.update(sealed=kept.sealed[:-6] + "AAAA==")
        assert "Nothing is kept under this code now." in Client().post("/ask/code/", {"code": code}).content.decode()

    def test_nothing_written_nothing_kept(self, client):
        assert client.post("/ask/keep/").url == "/ask/" and not KeptWords.objects.exists()


class TestSending:
    def test_it_goes_along_as_it_was_written_and_is_gone_from_here(self, writer):
        code_for(writer)
        writer.post("/ask/request/", sent_with(writer))
        asking = Asking.objects.get()
        assert asking.own_view == [{"kind": "adult", "outcome": "hygiene", "how": "help", "words": WORDS}]
        assert not KeptWords.objects.exists() and "Zebra" not in writer.get(HYGIENE).content.decode()

    def test_sent_twice_it_is_one_though_the_words_are_gone_from_here_by_then(self, writer):
        typed = sent_with(writer)
        first, again = writer.post("/ask/request/", typed), writer.post("/ask/request/", typed)
        for answer in (first, again):
            assert Asking.objects.get().reference in writer.get(answer.url).content.decode()
        assert Asking.objects.get().own_view

    def test_replayed_from_another_browser_it_makes_no_second_and_gets_no_words(self, writer):
        typed = sent_with(writer)
        writer.post("/ask/request/", typed)
        answer = Client().post("/ask/request/", typed, follow=True)
        assert Asking.objects.count() == 1 and "Zebra" not in answer.content.decode()

    def test_without_the_tick_it_stays_with_whoever_wrote_it(self, writer):
        typed = sent_with(writer)
        del typed["along"]
        writer.post("/ask/request/", typed)
        assert Asking.objects.get().own_view == [] and WORDS in writer.get(HYGIENE).content.decode()

    def test_words_that_are_gone_are_not_left_out_in_silence(self, writer):
        typed = sent_with(writer)
        writer.post("/ask/forget/")
        answer = writer.post("/ask/request/", typed)
        assert "What you wrote about your life is not here any more" in answer.content.decode()
        assert not Asking.objects.exists()
        assert writer.post("/ask/request/", {k: v for k, v in typed.items() if k != "along"}).status_code == 302

    def test_who_wrote_nothing_is_not_asked(self, client):
        assert 'name="along"' not in client.get("/ask/request/").content.decode()


class TestBesideTheAssessment:
    @pytest.fixture
    def own(self):
        own = OwnWords()
        own.put("adult", "hygiene", how=How.VARIES, words=WORDS)
        own.put("carer", "recreation", how="", words="Never a day off.")
        return own

    @pytest.fixture
    def asking(self, own, case, bea):
        typed = {"for_whom": "self", "words": "x", "urgent": [], "name": "Ada Bell", "phone": "1"}
        asking = actions.send(form_id=uuid.uuid4(), typed=typed, along=own.fingerprint, own=own, on=TODAY)
        actions.add_to_case(asking=asking, case=case, by=bea, on=TODAY)
        return asking

    def test_the_assessor_reads_it_beside_and_it_fills_in_nothing(self, client, asking, case, bea):
        assessment = start_assessment(case=case, by=bea, on=TODAY)
        client.force_login(bea)
        page = client.get(f"/cases/{case.pk}/assessment/parts-of-life/")
        text = page.content.decode()
        assert page.status_code == 200 and WORDS in text and "On some days I can" in text and "Ada Bell" in text
        part = text.partition('id="hygiene"')[2].partition("</details>")[0]
        assert WORDS in part and text.count(WORDS) == 1, "in its own part alone, and in no box"
        opened = text.partition('id="hygiene"')[0].rpartition("<details")[2]
        assert " open" in opened.partition(">")[0]
        assert not OutcomeNote.objects.filter(assessment=assessment).exclude(person_words="", unable=[]).exists()

    def test_the_whole_of_it_stands_with_the_request(self, client, asking, bea):
        client.force_login(bea)
        text = client.get(f"/requests/{asking.pk}/").content.decode()
        assert WORDS in text and "Never a day off." in text and "(as a carer)" in text

    def test_only_the_parts_of_this_kind_of_case_stand_beside_it(self, asking, case):
        assert [each["words"] for each in queries.said_before(case)["hygiene"]] == [WORDS]
        assert set(queries.said_before(case)) == {"hygiene"}

    def test_what_another_wrote_is_told_as_theirs(self, own, case, bea):
        typed = {"for_whom": "other", "words": "x", "urgent": [], "asker_name": "Tom Bell", "asker_is": "family"}
        asking = actions.send(form_id=uuid.uuid4(), typed=typed, along="a", own=own, on=TODAY)
        actions.add_to_case(asking=asking, case=case, by=bea, on=TODAY)
        assert queries.said_before(case)["hygiene"][0]["asking"].who_asks == "Tom Bell (family)"
