"""The page of a file: who is let to it, and how its bytes are given out."""

import re
from uuid import UUID

import pytest

from leeway.access.models import Role, User
from leeway.files.models import FileKind, Owner, Scan, storage_key
from tests.files.making import CSV, OWNER, PDF, picture

pytestmark = pytest.mark.django_db


def get(client, user, file):
    client.force_login(user)
    return client.get(f"/files/{file.pk}/")


def plain(response) -> str:
    """The page without what differs each time: its nonce and its token."""
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


def body(response) -> bytes:
    return b"".join(response.streaming_content)


class TestWho:
    def test_whom_the_owner_s_room_lets_reads_it_and_the_look_is_noted_there(self, client, bea, keep, seen):
        file = keep(kind=FileKind.CONTRACT)
        response = get(client, bea, file)
        assert response.status_code == 200 and body(response) == PDF
        assert seen == [(OWNER.id, bea.email, "File: contract")]

    @pytest.mark.parametrize("role", Role.values)
    def test_nobody_else_of_any_role(self, client, team, keep, role):
        stranger = User.objects.create_user(f"{role}@else.example", name="Else", roles=[role], team=team)
        response = get(client, stranger, keep())
        assert response.status_code == 404 and PDF not in response.content

    def test_nobody_at_all_where_no_room_says_who(self, client, bea, keep, seen, monkeypatch):
        file = keep()
        monkeypatch.setattr("leeway.files.access.READERS", {})
        assert get(client, bea, file).status_code == 404

    def test_not_without_signing_in(self, client, keep):
        assert client.get(f"/files/{keep().pk}/").headers["Location"].startswith("/account/login/")

    def test_a_file_that_is_not_there_answers_as_one_that_may_not_be_seen(self, client, cyril, keep):
        forbidden = get(client, cyril, keep())
        missing = client.get(f"/files/{UUID(int=1)}/")
        assert missing.status_code == forbidden.status_code == 404
        assert plain(missing) == plain(forbidden)

    def test_it_is_only_read(self, client, bea, keep):
        client.force_login(bea)
        assert client.post(f"/files/{keep().pk}/").status_code == 405


class TestHow:
    @pytest.mark.parametrize(
        ("content", "disposition", "media_type"),
        [
            (picture("HEIF"), 'inline; filename="My taxi.jpg"', "image/jpeg"),
            (PDF, 'inline; filename="My taxi.pdf"', "application/pdf"),
            (CSV, 'attachment; filename="My taxi.csv"', "text/csv"),
            (b"alert(document.cookie)", 'attachment; filename="My taxi.txt"', "text/plain"),
        ],
    )
    def test_as_what_its_bytes_are_and_sealed(self, client, bea, keep, content, disposition, media_type):
        response = get(client, bea, keep(content, name="My taxi.html"))
        assert response.headers["Content-Disposition"] == disposition
        assert response.headers["Content-Type"] == media_type
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "private, no-store"
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ") and "script-src" not in policy
        assert ("sandbox" in policy) == (media_type != "application/pdf")
        assert int(response.headers["Content-Length"]) == len(body(response))

    def test_a_name_in_any_script_reaches_the_reader(self, client, bea, keep):
        response = get(client, bea, keep(name="收据 £5.pdf"))
        assert "filename*=utf-8''%E6%94%B6%E6%8D%AE%20%C2%A35.pdf" in response.headers["Content-Disposition"]

    def test_a_changed_file_is_not_given_out_and_the_page_says_so(self, client, bea, keep, store_folder):
        file = keep()
        (store_folder / storage_key(file.digest)).write_bytes(b"%PDF-1.7 forged %%EOF")
        response = get(client, bea, file)
        assert response.status_code == 403
        assert "not as it was when it was kept" in response.content.decode() and b"forged" not in response.content

    def test_one_that_the_scanner_refused_later_is_not_given_out(self, client, bea, keep):
        file = keep()
        file.scan = Scan.REFUSED
        file.save()
        response = get(client, bea, file)
        assert response.status_code == 403 and "virus scanner" in response.content.decode()


def test_a_room_s_owner_is_told_apart_from_another_s(keep, client, bea, seen):
    """The same id under another kind of owner is another owner."""
    file = keep(owner=Owner(OWNER.kind, UUID(int=77)))
    get(client, bea, file)
    assert seen[0][0] == UUID(int=77)
