"""The files of a case: who sees and adds them, and that nothing is lost on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leeway.access.models import Look, Role, User
from leeway.care.people import actions, queries
from leeway.care.people.models import Relationship, RelationshipKind, Task
from leeway.files.models import File, FileKind
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import TODAY
from tests.files.making import PDF, picture, upload

pytestmark = pytest.mark.django_db
WORDS = "Taxi to the day centre, 3 November"


def text(response) -> str:
    return response.content.decode()


def send(client, case, content=PDF, name="IMG_2034.pdf", **answers):
    answers = {"kind": "receipt", "words": WORDS, "upload": upload(content, name)} | answers
    sent = {field: answer for field, answer in answers.items() if answer is not None}
    return client.post(f"/cases/{case.pk}/files/add/", sent)


@pytest.fixture
def receipt(case, bea):
    return actions.add_file(
        case=case, upload=upload(PDF, "r.pdf"), kind=FileKind.RECEIPT, words=WORDS, by=bea, on=TODAY
    )


@pytest.fixture
def sid(ada, db):
    """Ada's brother, to whom she gave leave."""
    user = User.objects.create_user("sid@home.example", name="Sid Bell", roles=[Role.PERSON])
    Relationship.objects.create(
        person=ada, name="Sid Bell", kind=RelationshipKind.SIBLING, starts_on=TODAY - timedelta(days=900),
        may_see_record=True, user=user,
    )  # fmt: skip
    return user


class TestAdding:
    @pytest.mark.parametrize("who", ["ada_user", "sid", "bea", "mona"])
    def test_by_the_person_whom_they_gave_leave_and_whoever_works_on_the_case(self, client, request, case, who):
        user = request.getfixturevalue(who)
        client.force_login(user)
        page = client.get(send(client, case).headers["Location"])
        assert f"“{WORDS}” is kept." in text(page) and f"added by {user.name}" in text(page)
        file = File.objects.get()
        assert f"/files/{file.pk}/" in text(page) and file.added_by == user
        assert case.story.get().sentence == f"Added a file: receipt or invoice, “{WORDS}”."
        assert b"".join(client.get(f"/files/{file.pk}/").streaming_content) == PDF

    def test_what_another_adds_is_a_task_of_the_worker_and_what_the_worker_adds_is_none(self, case, ada_user, bea):
        for user, content in ((bea, b"Bea's"), (ada_user, b"Ada's"), (ada_user, b"Ada's second")):
            actions.add_file(case=case, upload=upload(content), kind=FileKind.OTHER, words="A note", by=user, on=TODAY)
        assert Task.objects.get().what == "Look at what was added to Ada Bell’s files."

    @pytest.mark.parametrize("who", ["finn", "cyril"])
    def test_by_nobody_else(self, client, request, case, who):
        user = request.getfixturevalue(who)
        client.force_login(user)
        assert send(client, case).status_code in {403, 404}
        with pytest.raises(NotAllowed, match="can add a file"):
            actions.add_file(case=case, upload=upload(PDF), kind=FileKind.OTHER, words="x", by=user, on=TODAY)
        assert not File.objects.exists()

    def test_a_worker_of_another_case_sees_no_button(self, client, case, team, receipt):
        greta = User.objects.create_user("greta@council.example", name="Greta", roles=[Role.ASSESSOR], team=team)
        client.force_login(greta)
        client.post(f"/people/{case.person_id}/reason/", {"reason": "Duty worker today.", "next": "/"})
        page = text(client.get(f"/cases/{case.pk}/files/"))
        assert WORDS in page and "Add a file" not in page
        assert send(client, case).status_code == 200 and File.objects.count() == 1

    def test_a_photograph_of_a_phone_is_taken_in_and_shown(self, client, ada_user, case):
        client.force_login(ada_user)
        send(client, case, picture("HEIF"), "IMG_2034.HEIC")
        shown = client.get(f"/files/{File.objects.get().pk}/")
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert "IMG_2034.HEIC" in text(client.get(f"/cases/{case.pk}/files/"))

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"upload": None}, "Choose a file."),
            ({"upload": upload(b"", "r.pdf")}, "The file is empty"),
            ({"upload": upload(b"MZ\x90\x00" + bytes(99), "receipt.pdf", "application/pdf")}, "Windows Executable"),
            ({"upload": upload(b"<html><script>x</script></html>", "r.jpg", "image/jpeg")}, "web page"),
            ({"kind": None}, "Choose the file again"),
            ({"words": ""}, "Choose the file again"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(self, client, ada_user, case, answers, said):
        client.force_login(ada_user)
        page = send(client, case, **answers)
        assert page.status_code == 200 and not File.objects.exists() and not case.story.exists()
        assert said in text(page) and 'href="#id_upload"' in text(page)
        assert ("words" in answers) or WORDS in text(page)
        assert ("kind" in answers) or 'value="receipt" checked' in text(page)

    def test_one_too_large_is_refused_with_its_limit(self, client, ada_user, case, settings):
        settings.FILE_BYTES_MAX = 2_000_000
        client.force_login(ada_user)
        page = send(client, case, bytes(2_000_001))
        assert "larger than 2 MB" in text(page) and WORDS in text(page)

    def test_sent_twice_it_is_kept_once_and_the_page_says_when_it_came(self, client, ada_user, case):
        client.force_login(ada_user)
        send(client, case)
        page = send(client, case, words="The taxi again")
        assert f"This file is here already: “{WORDS}”, added on" in text(page) and "The taxi again" in text(page)
        assert File.objects.count() == 1 and case.story.count() == 1

    def test_what_was_written_survives_an_ended_session_and_the_file_is_asked_for_again(self, client, ada_user, case):
        client.force_login(ada_user)
        client.get("/home/")
        session = client.session
        session["seen_at"] -= 61 * 60
        session.save()
        assert send(client, case).headers["Location"].startswith("/account/login/")
        session = client.session
        client.force_login(ada_user)
        given_back = text(client.get(f"/cases/{case.pk}/files/add/"))
        assert WORDS in given_back and "choose it again" in given_back
        page = text(client.post(f"/cases/{case.pk}/files/add/", {"kind": "receipt", "words": WORDS}))
        assert "Choose a file." in page and WORDS in page and not File.objects.exists()


class TestSeeing:
    @pytest.mark.parametrize("who", ["ada_user", "sid", "bea", "mona"])
    def test_by_whoever_may_see_the_case_with_the_look_noted(self, client, request, case, receipt, who):
        client.force_login(request.getfixturevalue(who))
        assert WORDS in text(client.get(f"/cases/{case.pk}/files/"))
        assert client.get(f"/files/{receipt.pk}/").status_code == 200
        assert set(Look.objects.values_list("page", flat=True)) == {"Files", "File: receipt or invoice"}

    def test_by_finance_once_there_is_money(self, client, case, finn, receipt):
        client.force_login(finn)
        for address in (f"/cases/{case.pk}/files/", f"/files/{receipt.pk}/"):
            assert client.get(address).headers["Location"].startswith(f"/people/{case.person_id}/reason/")
        case.stage = "active"
        case.save()
        assert client.get(f"/files/{receipt.pk}/").status_code == 200
        page = text(client.get(f"/cases/{case.pk}/files/"))
        assert WORDS in page and "Add a file" not in page

    @pytest.mark.parametrize("role", [Role.PERSON, Role.PROVIDER, Role.ANALYST, Role.COMMISSIONER, Role.ADMINISTRATOR])
    def test_by_no_stranger_of_any_role(self, client, case, receipt, role):
        client.force_login(User.objects.create_user("else@else.example", name="Else", roles=[role]))
        assert client.get(f"/files/{receipt.pk}/").status_code == 404
        assert client.get(f"/cases/{case.pk}/files/").status_code in {403, 404}
        assert not Look.objects.exists()

    def test_no_longer_once_leave_is_taken_back(self, client, case, sid, receipt):
        Relationship.objects.update(may_see_record=False)
        client.force_login(sid)
        assert client.get(f"/files/{receipt.pk}/").status_code == 404

    def test_the_case_page_says_how_many(self, client, case, ada_user, receipt):
        client.force_login(ada_user)
        page = text(client.get(f"/cases/{case.pk}/"))
        assert f'href="/cases/{case.pk}/files/"' in page and "1 kept" in page
        assert WORDS in page, "and the story tells of it"

    def test_a_long_list_asks_no_more_questions(self, client, case, bea, django_assert_max_num_queries):
        for number in range(20):
            actions.add_file(
                case=case, upload=upload(b"Note %d" % number), kind=FileKind.OTHER, words="Note", by=bea, on=TODAY
            )
        client.force_login(bea)
        with django_assert_max_num_queries(9):
            assert text(client.get(f"/cases/{case.pk}/files/")).count("/files/") >= 20


def test_words_are_needed(case, bea):
    with pytest.raises(Refusal, match="in a few words") as refused:
        actions.add_file(case=case, upload=upload(PDF), kind=FileKind.OTHER, words=" ", by=bea, on=timezone.localdate())
    assert refused.value.field == "words" and not queries.files(case, care_too=True).exists()
