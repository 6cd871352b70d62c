"""What must lie nowhere in clear: keys on the disk, values in the database's log, passwords in a session."""

import importlib
import inspect
import os
import pkgutil
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django import forms
from django.conf import settings as django_settings
from django.db import DataError, IntegrityError, connection, transaction
from django.test import override_settings
from django.urls import resolve, reverse

import leeway
from leeway.access.kept import WRITING
from leeway.care.asking.forms import CodeForm
from leeway.care.people.models import Person
from leeway.commandline import BadUse
from leeway.site import database
from leeway.site.commands import require_no_debug
from leeway.site.mail import Terminal
from tests.access.test_table import addresses

SECRET = "the horse of my grandmother"
SECRET_FIELDS = {"password", "password1", "password2", "oldpassword", "code", "credential", "token"}


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


class TestKeysOnTheDisk:
    def test_a_key_is_nobody_elses_from_its_first_moment(self, tmp_path):
        before = os.umask(0)  # what the machine would let everybody read
        try:
            secret = database.kept_secret(tmp_path / "leeway_secret_key.txt")
        finally:
            os.umask(before)
        assert mode(tmp_path / "leeway_secret_key.txt") == 0o600
        assert len(secret) > 50 and database.kept_secret(tmp_path / "leeway_secret_key.txt") == secret
        assert [file.name for file in tmp_path.iterdir()] == ["leeway_secret_key.txt"]

    def test_of_two_that_start_at_once_both_have_the_first_ones(self, tmp_path, monkeypatch):
        file = tmp_path / "key.txt"
        link = os.link

        def first_somebody_else(source, target):
            file.write_text("theirs")
            link(source, target)

        monkeypatch.setattr(os, "link", first_somebody_else)
        assert database.kept_secret(file) == "theirs"
        assert [each.name for each in tmp_path.iterdir()] == ["key.txt"]

    def test_a_key_that_lay_open_is_closed(self, tmp_path):
        (tmp_path / "key.txt").write_text("old")
        (tmp_path / "key.txt").chmod(0o644)
        assert database.kept_secret(tmp_path / "key.txt") == "old"
        assert mode(tmp_path / "key.txt") == 0o600

    def test_the_installation_s_own_key(self):
        kept = django_settings.DATA_FOLDER / "leeway_secret_key.txt"
        if kept.exists():
            assert mode(kept) == 0o600

    def test_mail_of_a_made_up_council_holds_links_to_set_a_password(self, tmp_path, mailoutbox):
        from django.core.mail import EmailMessage

        with override_settings(DEMO=True, DATA_FOLDER=tmp_path):
            Terminal(stream=StringIO()).write_message(EmailMessage("Hello", "A link", to=["a@b.example"]))
        (letter,) = tmp_path.rglob("*.eml")
        assert (mode(letter), mode(letter.parent)) == (0o600, 0o700)


class TestTheDatabasesLog:
    """The embedded server's own log, read after errors that quote what was stored."""

    @pytest.fixture
    def said(self, db):
        log = django_settings.DATA_FOLDER / "postgres" / "log"
        if not log.exists():
            pytest.skip("these tests run on another server than the one that comes with Leeway")
        begun = log.stat().st_size

        def read() -> str:
            with log.open("rb") as file:
                file.seek(begun)
                return file.read().decode()

        return read

    def test_not_after_a_value_that_is_there_already(self, ada, said):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(
                given_name="Zenobia", family_name="Fox", date_of_birth="1990-01-01", nhs_number=ada.nhs_number
            )
        assert ada.nhs_number not in said() and "Zenobia" not in said()

    def test_not_after_an_error_with_what_somebody_typed(self, said):
        with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT CAST(%s AS integer)", ["Zenobia Fox"])
        assert "Zenobia" not in said()

    def test_not_after_an_error_with_parameters_that_the_server_binds(self, said):
        with psycopg.connect(**connection.get_connection_params()) as apart, pytest.raises(psycopg.DataError):
            psycopg.Cursor(apart).execute("SELECT CAST(%s AS integer)", ["Zenobia Fox"])
        assert "Zenobia" not in said()

    def test_a_server_of_the_council_s_is_told_of(self):
        stands = {"log_min_messages": "warning", "log_error_verbosity": "default", "log_min_error_statement": "error"}
        assert "ALTER ROLE" in database.values_in_log(stands)
        assert not database.values_in_log(stands | {"log_min_messages": "fatal"})
        assert not database.values_in_log(stands | {"log_error_verbosity": "terse", "log_min_error_statement": "panic"})


class TestWhatIsKeptWhenASignInEnds:
    def test_nothing_from_any_address_that_may_ask_for_a_secret(self, client, bea):
        """Every address there is gets a form with every secret field there is, after the sign-in has ended."""
        written = dict.fromkeys(sorted(SECRET_FIELDS | secret_fields()), SECRET)
        kept_somewhere = set()
        for name, address in addresses().items():
            client.force_login(bea)
            client.get("/people/")
            session = client.session
            session["seen_at"] -= 61 * 60
            session.save()
            client.post(address, written | {"words": "I was writing"})
            if address in client.session.get("kept_pages", {}):
                kept_somewhere.add(name.partition(":")[0])
                assert not name.startswith(
                    ("account_", "mfa_", "social", "usersessions_", "access:", "payees:", "ask:")
                ), name
        assert kept_somewhere == set(WRITING), "or this test proves nothing"

    def test_the_code_of_who_asks_for_help_is_asked_on_pages_of_which_nothing_is_kept(self):
        assert resolve(reverse("ask:pick_up")).namespace not in WRITING

    def test_no_form_of_a_room_whose_writing_is_kept_asks_for_a_secret(self):
        ours = [form for form in every_form() if form.__module__.split(".")[-2] in WRITING and form != CodeForm]
        assert len(ours) > 30, "or this test proves nothing"
        for form in ours:
            assert not secrets_of(form), form


def every_form() -> list[type[forms.BaseForm]]:
    """Every form there is, ours and those of the sign-in library."""
    for module in pkgutil.walk_packages(leeway.__path__, "leeway."):
        if module.name.endswith("forms"):
            importlib.import_module(module.name)
    for name in ("account", "mfa.base", "mfa.totp", "mfa.webauthn", "mfa.recovery_codes"):
        importlib.import_module(f"allauth.{name}.forms")
    found, ahead = [], [forms.BaseForm]
    while ahead:
        kinds = ahead.pop().__subclasses__()
        found += [kind for kind in kinds if not inspect.isabstract(kind)]
        ahead += kinds
    return found


def secrets_of(form: type[forms.BaseForm]) -> set[str]:
    declared = getattr(form, "declared_fields", {}) | getattr(form, "base_fields", {})
    return {
        name
        for name, field in declared.items()
        if isinstance(field.widget, forms.PasswordInput) or name in SECRET_FIELDS
    }


def secret_fields() -> set[str]:
    return {name for form in every_form() for name in secrets_of(form)}


class TestDebug:
    def settings(self, **given):
        program = "from django.conf import settings as s; print(s.DEBUG, s.STAFF_NEED_SECOND_FACTOR)"
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(leeway.__file__).parents[1]),
            "DJANGO_SETTINGS_MODULE": "leeway.site.settings",
            "DATABASE_URL": "postgresql://nobody@localhost/none",
            "LEEWAY_SECRET_KEY": "x" * 60,
            "LEEWAY_URGENT_PHONE": "01632 960 999",
            **given,
        }
        return subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)

    @pytest.mark.parametrize(
        "given, stands",
        [
            ({}, "False True"),
            ({"LEEWAY_DEMO": "True"}, "False False"),
            ({"LEEWAY_PRODUCTION": "True"}, "False True"),
            ({"LEEWAY_DEBUG": "True"}, "True False"),
        ],
    )
    def test_only_where_asked_for_in_so_many_words(self, given, stands):
        assert self.settings(**given).stdout.strip() == stands

    @pytest.mark.parametrize("given", [{"LEEWAY_DEBUG": "True"}, {"LEEWAY_STAFF_MFA": "False"}])
    def test_production_starts_neither_with_it_nor_without_a_second_step(self, given):
        (name,) = given
        assert name in self.settings(LEEWAY_PRODUCTION="True", **given).stderr

    def test_production_starts_with_a_number_to_ring_and_never_with_a_made_up_one(self):
        assert "LEEWAY_URGENT_PHONE" in self.settings(LEEWAY_PRODUCTION="True", LEEWAY_URGENT_PHONE="").stderr

    def test_serving_refuses_it(self):
        with pytest.raises(BadUse, match="LEEWAY_DEBUG"):
            require_no_debug(True)
        require_no_debug(False)


def test_the_names_that_this_file_relies_on():
    assert reverse("account_change_password") and secret_fields() >= {"password", "oldpassword", "code"}
