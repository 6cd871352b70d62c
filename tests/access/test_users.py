"""Who signs in: made by an administrator, or invited by a worker."""

import re
from datetime import date

import pytest
from django.core import mail
from django.db import connection

from leeway.access import actions, proposals
from leeway.access.models import User
from leeway.access.roles import Role
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import version_of
from tests.pages import send

TODAY = date(2026, 11, 23)
SITE = "https://leeway.example"


@pytest.fixture
def ursula(db):
    """The administrator."""
    return User.objects.create_user("ursula@council.example", name="Ursula Reed", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def details(team):
    return {
        "name": "Nils Berg",
        "email": "Nils@Council.example",
        "roles": [Role.ASSESSOR],
        "team": team,
        "job_title": "Social worker",
        "sign_off_limit_pence_per_week": 0,
    }


def add(details, by):
    return actions.add_user(details=details, site_address=SITE, by=by, on=TODAY)


def test_an_added_user_sets_their_own_password_by_the_link_in_the_email(
    ursula, details, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        nils = add(details, ursula)
    assert not nils.has_usable_password()
    assert mail.outbox[0].to == ["nils@council.example"]
    link = re.search(rf"{SITE}(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    chosen = {"password1": "purple elbow ladder", "password2": "purple elbow ladder"}
    client.post(page.request["PATH_INFO"], chosen)
    answer = client.post("/account/login/", {"login": "nils@council.example", "password": "purple elbow ladder"})
    assert answer.headers["Location"] == "/home/"


def test_the_link_is_shown_to_nobody_but_its_owner(ursula, details, client, django_capture_on_commit_callbacks):
    client.force_login(ursula)
    form = details | {"team": details["team"].pk, "sign_off_limit_pence_per_week": ""}
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post("/staff/add/", form, follow=True)
    assert "Nils Berg has been invited" in page.content.decode()
    assert "password/reset/key" not in page.content.decode()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("action", ["add", "change", "deactivate", "reactivate"])
def test_only_an_administrator_changes_who_signs_in(action, mona, bea, details):
    calls = {
        "add": lambda: add(details, mona),
        "change": lambda: actions.change_user(
            user=bea, details=details, version=version_of(bea, *actions.STAFF_DETAILS), by=mona, on=TODAY
        ),
        "deactivate": lambda: actions.deactivate_user(
            user=bea, version=version_of(bea, "is_active"), by=mona, on=TODAY
        ),
        "reactivate": lambda: actions.reactivate_user(
            user=bea, version=version_of(bea, "is_active"), by=mona, on=TODAY
        ),
    }
    with pytest.raises(NotAllowed):
        calls[action]()


@pytest.mark.parametrize(
    "change, said",
    [
        ({"email": "bea@council.EXAMPLE"}, "already signs in"),
        ({"roles": [Role.PERSON]}, "invited from the person’s record"),
        ({"roles": []}, "Choose what they come to do"),
        ({"roles": [Role.ASSESSOR, Role.FINANCE]}, "do not go together. Whoever decides"),
        ({"team": None}, "Choose the team"),
        ({"sign_off_limit_pence_per_week": 1}, "Only a team manager"),
    ],
)
def test_details_that_do_not_fit_are_refused(change, said, ursula, bea, details):
    with pytest.raises(Refusal, match=said):
        add(details | change, ursula)


def test_a_changed_limit_leaves_its_history(ursula, mona, details):
    new = details | {"name": mona.name, "roles": [Role.MANAGER], "sign_off_limit_pence_per_week": 9_000_00}
    asked = actions.change_user(
        user=mona,
        details=new,
        why="The South team has joined hers.",
        version=version_of(mona, *actions.STAFF_DETAILS),
        by=ursula,
        on=TODAY,
    )
    una = User.objects.create_user("una@council.example", name="Una Ray", roles=[Role.ADMINISTRATOR])
    proposals.approve(proposal=asked, site_address=SITE, by=una, on=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sign_off_limit_pence_per_week FROM access_userevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [mona.pk],
        )
        assert list(dict.fromkeys(row[0] for row in cursor.fetchall())) == [1500_00, 9_000_00]


def test_an_administrator_cannot_lock_themselves_out(ursula, details):
    with pytest.raises(Refusal, match="your own"):
        actions.deactivate_user(user=ursula, version=version_of(ursula, "is_active"), by=ursula, on=TODAY)
    with pytest.raises(Refusal, match="your own roles"):
        actions.change_user(
            user=ursula, details=details, version=version_of(ursula, *actions.STAFF_DETAILS), by=ursula, on=TODAY
        )


def test_a_stopped_user_is_out_at_once(ursula, bea, client):
    client.force_login(bea)
    assert client.get("/people/").status_code == 200
    actions.deactivate_user(user=bea, version=version_of(bea, "is_active"), by=ursula, on=TODAY)
    assert client.get("/people/").status_code == 302
    actions.reactivate_user(user=bea, version=version_of(bea, "is_active"), by=ursula, on=TODAY)
    client.force_login(bea)
    assert client.get("/people/").status_code == 200


def test_pages_of_the_administrator(ursula, bea, client):
    client.force_login(ursula)
    assert "Bea Okafor" in client.get("/staff/?role=assessor").content.decode()
    assert "Bea Okafor" not in client.get("/staff/?role=finance").content.decode()
    form = {"name": "Bea Okafor", "roles": ["assessor"], "team": bea.team_id, "job_title": "Senior social worker"}
    assert send(client, f"/staff/{bea.pk}/", **form).headers["Location"] == "/staff/"
    assert send(client, f"/staff/{bea.pk}/sign-in/").headers["Location"] == "/staff/"
    bea.refresh_from_db()
    assert (bea.job_title, bea.is_active) == ("Senior social worker", False)


def test_a_worker_invites_a_supporter_once(bea, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = actions.invite(email="Sam@home.example", name="Sam Bell", site_address=SITE, by=bea, on=TODAY)
        again = actions.invite(email="sam@home.example", name="Sam", site_address=SITE, by=bea, on=TODAY)
        again.set_password("purple elbow ladder")
        again.save()
        actions.invite(email="sam@home.example", name="Sam", site_address=SITE, by=bea, on=TODAY)
    assert first == again and first.roles == [Role.PERSON]
    assert len(mail.outbox) == 2, "a new link while there is no password: that of the first may have run out"


def test_an_email_says_a_name_as_it_is_written(bea, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite(email="nia@home.example", name="Nia O'Neill & Son", site_address=SITE, by=bea, on=TODAY)
    assert "Hello Nia O'Neill & Son," in mail.outbox[0].body


def test_an_invitation_does_not_reach_into_a_member_of_staff_s_sign_in(bea, mona, finn):
    with pytest.raises(Refusal, match="cannot be used"):
        actions.invite(email=mona.email, name="Mona", site_address=SITE, by=bea, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.invite(email="x@home.example", name="X", site_address=SITE, by=finn, on=TODAY)


def test_what_is_changed_and_changed_back_is_written_both_times(bea):
    bea = User.objects.get(pk=bea.pk)
    for title in ("Senior", ""):
        bea.job_title = title
        bea.save()
        assert User.objects.get(pk=bea.pk).job_title == title


def test_what_is_changed_back_to_before_it_was_read_anew_is_written(bea):
    bea = User.objects.get(pk=bea.pk)
    User.objects.filter(pk=bea.pk).update(job_title="Senior")
    bea.refresh_from_db(fields=["job_title"])
    bea.job_title = ""
    bea.save()
    assert User.objects.get(pk=bea.pk).job_title == ""


def test_roles_changed_in_place_are_written(bea):
    bea = User.objects.get(pk=bea.pk)
    bea.roles.append(Role.ANALYST)
    bea.save()
    assert User.objects.get(pk=bea.pk).roles == [Role.ASSESSOR, Role.ANALYST]
