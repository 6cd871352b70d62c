"""Signing in: passwords, second steps, throttling, single sign-on, and sessions that end."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.access import kept
from leeway.access.adapter import SingleSignOn
from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.people.models import Person, Relationship

PASSWORD = "correct horse battery"
LOGIN = "/account/login/"


def sign_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def code_now(secret: str) -> str:
    """The code of this half minute, and not of the one before, which is over at any moment."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def set_up_app(client) -> str:
    """Add an authenticator app, as its page asks, and give back its key."""
    assert client.get(reverse("mfa_activate_totp")).headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r"<code class=\"[^\"]+\">(\w+)</code>", page.content.decode())[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_the_right_password_signs_in_and_the_wrong_one_does_not(client, bea):
    assert "There is a problem" in strip(sign_in(client, bea, "wrong"))
    assert client.get("/home/").status_code == 302
    assert sign_in(client, bea).headers["Location"] == "/home/"
    assert client.get("/account/2fa/").status_code == 200


def strip(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_a_visitor_comes_back_to_the_page_they_asked_for(client, bea):
    asked = client.get("/people/")
    assert asked.headers["Location"] == "/account/login/?next=/people/"
    answer = client.post(LOGIN + "?next=/people/", {"login": bea.email, "password": PASSWORD, "next": "/people/"})
    assert answer.headers["Location"] == "/people/"


def test_a_stopped_sign_in_does_not_sign_in(client, bea):
    User.objects.filter(pk=bea.pk).update(is_active=False)
    sign_in(client, bea)
    assert client.get("/people/").status_code == 302


def test_guessing_is_slowed_down(client, bea):
    for _ in range(5):
        sign_in(client, bea, "guess")
    answer = sign_in(client, bea)
    assert "Too many" in strip(answer), "the right password must wait too"
    assert client.get("/people/").status_code == 302


def test_guesses_are_counted_where_every_process_sees_them(client, bea):
    sign_in(client, bea, "guess")
    assert type(cache._connections[cache._alias]).__name__ == "DatabaseCache"


def test_a_second_step_is_asked_for_once_set_up(client, bea):
    sign_in(client, bea)
    secret = set_up_app(client)
    client.post("/account/logout/")
    cache.clear()
    answer = sign_in(client, bea)
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/people/").status_code == 302, "the password alone must not open the door"
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    used_once = client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert used_once.status_code in {200, 302}


def test_a_recovery_code_works_once(client, bea):
    sign_in(client, bea)
    set_up_app(client)
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    code = re.search(r"<li><code>(\d{8})</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())[1]
    for expected in ("/home/", None):
        client.post("/account/logout/")
        cache.clear()
        sign_in(client, bea)
        answer = client.post("/account/2fa/authenticate/", {"code": code})
        assert answer.headers.get("Location") == expected


def test_staff_must_set_up_a_second_step_before_anything_else(client, bea, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    sign_in(client, bea)
    assert client.get("/people/").headers["Location"] == "/account/2fa/"
    assert "Set up a second step" in client.get("/account/2fa/").content.decode()
    set_up_app(client)
    assert client.get("/people/").status_code == 200


def test_people_who_draw_on_support_are_not_made_to(client, ada_user, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    sign_in(client, ada_user)
    assert client.get("/account/sessions/").status_code == 200
    assert client.get("/home/").headers.get("Location") != "/account/2fa/"


class TestNobodyGetsPastSignInWithoutASecondStep:
    """In production: staff, providers, and whoever may act for several people or for an organisation."""

    @pytest.fixture(autouse=True)
    def in_production(self, settings):
        settings.STAFF_NEED_SECOND_FACTOR = True

    @pytest.fixture
    def supports(self, cyril, another_case, case):
        """Cyril, with leave to see the records of so many people."""

        def given(*names, kind="friend"):
            for name in names:
                person = another_case(name).person
                leave = {"may_see_record": True, "user": cyril, "starts_on": date(2026, 1, 1)}
                Relationship.objects.create(person=person, name="Cyril Crane", kind=kind, **leave)
            return cyril

        return given

    def is_stopped(self, client, user) -> bool:
        client.force_login(user)
        answers = {client.get(address).headers.get("Location") for address in ("/home/", "/directory/", "/")}
        return answers == {"/account/2fa/"}

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.PERSON])
    def test_whatever_role(self, client, role, team):
        assert self.is_stopped(client, User.objects.create_user("n@council.example", name="N", roles=[role], team=team))

    def test_an_advocate_for_two_people(self, client, supports):
        assert self.is_stopped(client, supports("Dora", "Edith"))

    def test_an_organisation_for_one(self, client, supports):
        assert self.is_stopped(client, supports("Dora", kind="organisation"))

    def test_not_a_friend_of_one_nor_the_person(self, client, supports, ada_user):
        assert not self.is_stopped(client, supports("Dora"))
        assert not self.is_stopped(client, ada_user)

    def test_nor_whose_leave_has_ended(self, client, supports):
        cyril = supports("Dora", "Edith")
        Relationship.objects.filter(person__given_name="Dora").update(ends_on=date(2026, 2, 1))
        assert not self.is_stopped(client, cyril)

    def test_nobody_takes_their_last_way_away(self, client, bea):
        sign_in(client, bea)
        secret = set_up_app(client)
        for how in (client.get, client.post):
            assert "your only second step" in how(reverse("mfa_deactivate_totp")).content.decode()
        assert Authenticator.objects.filter(user=bea, type="totp").exists() and secret
        Authenticator.objects.create(user=bea, type="webauthn", data={"name": "Key", "credential": {}})
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
        assert not Authenticator.objects.filter(user=bea, type="totp").exists()


def test_a_forgotten_password_is_set_anew_by_the_link_alone(client, bea, work, settings):
    client.post("/account/password/reset/", {"email": bea.email})
    work()
    link = re.search(rf"{settings.SITE_ADDRESS}(/\S+)", mail.outbox[0].body)[1]
    page = client.get(client.get(link).headers["Location"])
    assert "Set your password" in page.content.decode()
    client.post(page.request["PATH_INFO"], {"password1": "purple elbow ladder", "password2": "purple elbow ladder"})
    assert sign_in(client, bea, "purple elbow ladder").headers["Location"] == "/home/"
    assert "no longer works" in client.get(link, follow=True).content.decode()


def test_asking_for_an_unknown_address_says_the_same_and_sends_nothing(client, db, work):
    answer = client.post("/account/password/reset/", {"email": "nobody@home.example"})
    assert answer.headers["Location"] == "/account/password/reset/done/"
    work()
    assert mail.outbox == []


def test_asking_for_an_unknown_address_is_the_same_work(client, bea, cyril):
    """Counted, not timed: what the database is asked, what is queued, and what is sent while somebody waits."""
    User.objects.filter(pk=cyril.pk).update(is_active=False)
    done = {}
    for email in ("first@home.example", bea.email, "nobody@home.example", cyril.email):
        queued = ProcrastinateJob.objects.count()
        with CaptureQueriesContext(connection) as queries:
            client.post("/account/password/reset/", {"email": email})
        asked = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        done[email] = (asked, ProcrastinateJob.objects.count() - queued, len(mail.outbox))
    del done["first@home.example"]  # the first asks for what the others find in memory
    known = done[bea.email]
    assert known[1:] == (1, 0), "one errand, and nothing is sent in the request"
    assert [email for email, work in done.items() if work != known] == []
    arguments = ProcrastinateJob.objects.filter(task_name="send_password_link").values_list("args", flat=True)
    assert {str(each["user_id"] > 0) for each in arguments} == {"True", "False"}
    assert "@" not in str(list(arguments))


class IdentityProvider:
    """The council's own sign-in service, answering for one email address."""

    def __init__(self, email: str, verified: bool):
        self.who = {"sub": "subject-1", "email": email, "email_verified": verified, "name": "Somebody"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def get(self, address, **_):
        places = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "issuer")
        known = {place: f"https://login.council.example/{place}" for place in places}
        return Answer(self.who if address.endswith("userinfo_endpoint") else known)

    def request(self, method, address, **_):
        return Answer({"access_token": "token", "token_type": "Bearer"})


class Answer:
    status_code, headers = 200, {"content-type": "application/json"}

    def __init__(self, body):
        self.body = body

    def json(self):
        return self.body

    def raise_for_status(self):
        return None


@pytest.fixture
def sign_on(client, settings, monkeypatch):
    """Sign in through the council's own service as an email address."""
    app = {
        "provider_id": "council",
        "name": "Council",
        "client_id": "leeway",
        "secret": "s",
        "settings": {"server_url": "https://login.council.example", "verified_email": []},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}

    def sign_on(email, *, verified=True):
        provider = IdentityProvider(email, verified)
        monkeypatch.setattr(SingleSignOn, "get_requests_session", lambda self: provider)
        sent = client.post("/account/oidc/council/login/")
        state = re.search(r"state=([^&]+)", sent.headers["Location"])[1]
        return client.get(f"/account/oidc/council/login/callback/?code=x&state={state}")

    return sign_on


def test_single_sign_on_opens_an_account_that_is_there(client, sign_on, bea, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert sign_on("Bea@council.example").headers["Location"] == "/home/"
    assert client.get("/people/").status_code == 200, "the council's own service asked for the second step"


@pytest.mark.parametrize("email, verified", [("new@council.example", True), ("bea@council.example", False)])
def test_single_sign_on_makes_no_account_and_believes_no_unverified_address(client, sign_on, bea, email, verified):
    assert "There is no Leeway account for you yet" in sign_on(email, verified=verified).content.decode()
    assert User.objects.count() == 1
    assert client.get("/people/").status_code == 302


def test_single_sign_on_shows_only_when_it_is_set(client, db, settings):
    assert "account</button>" not in client.get(LOGIN).content.decode()
    settings.OIDC_ISSUER = "https://login.council.example"
    assert "account</button>" in client.get(LOGIN).content.decode()


class TestSessionsEnd:
    def age(self, client, **seconds):
        session = client.session
        for name, value in seconds.items():
            session[name] -= value
        session.save()

    def test_after_an_hour_without_a_page(self, client, bea):
        client.force_login(bea)
        client.get("/people/")
        self.age(client, seen_at=59 * 60)
        assert client.get("/people/").status_code == 200
        self.age(client, seen_at=61 * 60)
        assert client.get("/people/").status_code == 302

    def test_after_ten_hours_whatever_one_does(self, client, bea):
        client.force_login(bea)
        client.get("/people/")
        self.age(client, signed_in_at=10 * 60 * 60 + 1)
        assert client.get("/people/").status_code == 302

    def test_what_was_being_written_is_kept_and_given_back(self, client, bea):
        client.force_login(bea)
        client.get("/people/add/")
        self.age(client, seen_at=61 * 60)
        born = {"date_of_birth_day": "31", "date_of_birth_month": "2", "date_of_birth_year": "1952"}
        written = {"given_name": "Dora", "family_name": "Elm", "nhs_number": "12", "hears_by": "post"} | born
        answer = client.post("/people/add/", written)
        assert answer.headers["Location"] == "/account/login/?next=/people/add/"
        sign_in(client, bea)
        kept = client.get("/people/add/").content.decode()
        assert "We kept what you wrote" in kept
        assert 'name="given_name" value="Dora"' in kept
        shown = dict(re.findall(r'key">([^<]*)</dt><dd [^>]*>([^<]*)<', kept))
        assert (shown["First name"], shown["NHS number"], shown["Date of birth"]) == ("Dora", "12", "31 2 1952")
        assert shown["How they want to hear from us"] == "Letter by post", "as the form says it, and no code"
        refilled = client.post("/people/add/", written).content.decode()
        assert 'value="Dora"' in refilled and "There is a problem" in refilled
        assert "We kept" not in client.get("/people/add/").content.decode()

    def test_what_is_sent_after_signing_out_in_another_window_is_kept_for_them_alone(self, client, bea, cyril):
        client.force_login(bea)
        client.get("/people/add/")
        client.post("/account/logout/")
        assert client.post("/people/add/", {"given_name": "Dora"}).status_code == 302
        assert client.get("/people/add/").status_code == 302, "nobody is signed in"
        for somebody, offered in ((cyril, False), (bea, True)):
            client.force_login(somebody)
            assert ("Dora" in client.get("/people/add/").content.decode()) is offered
            client.post("/account/logout/")

    def test_what_is_being_typed_is_kept_and_does_nothing(self, client, bea):
        client.force_login(bea)
        typing = {"headers": {"Leeway-Keep": "1"}}
        people = Person.objects.count()
        assert client.post("/people/add/", {"given_name": "Dora"}, **typing).status_code == 204
        assert Person.objects.count() == people
        assert 'name="given_name" value="Dora"' in client.get("/people/add/").content.decode()
        client.post("/people/search/", {}, **typing)
        assert "Dora" in client.get("/people/add/").content.decode()
        client.post("/people/add/", {"given_name": "Dora"})
        assert "We kept" not in client.get("/people/add/").content.decode()

    def test_it_is_kept_for_the_very_page_that_an_address_asks_for(self, client, bea):
        """“?service=…” makes another page of one address: what is typed on one is not offered on the other."""
        client.force_login(bea)
        one, other = "/people/add/?asked=a", "/people/add/?asked=b"
        client.post(one, {"given_name": "Dora"}, headers={"Leeway-Keep": "1"})
        for address in (other, "/people/add/"):
            assert "We kept" not in client.get(address).content.decode()
            client.post(address, {})
        offered = client.get(one).content.decode()
        assert f'action="{one}"' in offered and f'href="{one}&amp;kept=throw-away"' in offered
        assert client.get(f"{one}&kept=throw-away").headers["Location"] == one
        self.age(client, seen_at=61 * 60)
        assert client.post(one, {"given_name": "Dora"}).headers["Location"].endswith("?next=/people/add/%3Fasked%3Da")

    def test_what_is_written_on_two_pages_is_kept_of_both(self, client, bea, monkeypatch):
        """One was being typed when the session ended, and the other sent after: neither takes the other's place."""
        client.force_login(bea)
        client.post("/people/add/?asked=a", {"given_name": "Dora"}, headers={"Leeway-Keep": "1"})
        self.age(client, seen_at=61 * 60)
        client.post("/people/add/?asked=b", {"given_name": "Edna"})
        sign_in(client, bea)
        for address, name in (("a", "Dora"), ("b", "Edna")):
            assert f'value="{name}"' in client.get(f"/people/add/?asked={address}").content.decode()
        monkeypatch.setattr(kept, "KEPT_BYTES_MAX", 40)
        client.post("/people/add/?asked=c", {"given_name": "Fern"}, headers={"Leeway-Keep": "1"})
        offered = [client.get(f"/people/add/?asked={each}").content.decode() for each in "abc"]
        assert ["We kept" in page for page in offered] == [False, True, True], "the oldest goes where there is no room"

    def test_it_is_given_back_to_nobody_else(self, client, bea, mona):
        client.force_login(bea)
        client.get("/people/add/")
        self.age(client, seen_at=61 * 60)
        client.post("/people/add/", {"given_name": "Dora"})
        sign_in(client, mona)
        assert "Dora" not in client.get("/people/add/").content.decode()

    def test_a_stranger_s_form_is_not_kept(self, client, db):
        client.post("/people/add/", {"given_name": "Dora"})
        assert "kept_pages" not in client.session

    def test_it_can_be_thrown_away(self, client, bea):
        client.force_login(bea)
        client.get("/people/add/")
        self.age(client, seen_at=61 * 60)
        client.post("/people/add/", {"given_name": "Dora"})
        sign_in(client, bea)
        assert client.get("/people/add/?kept=throw-away").headers["Location"] == "/people/add/"
        assert "Dora" not in client.get("/people/add/").content.decode()
