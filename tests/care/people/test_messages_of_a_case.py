"""What was sent about a case: written from what is on record, seen by whom it concerns, mended when it fails."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from leeway.access.models import Look, User
from leeway.access.roles import Role
from leeway.care.circumstances.actions import record_death
from leeway.care.people import actions
from leeway.care.people.models import Authority, CommunicationNeed, Relationship, RelationshipKind
from leeway.care.people.recipients import HasDied, postal_lines, recipient_for
from leeway.messages import actions as outbox
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import State
from leeway.refusal import NotAllowed
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def tom(ada, cyril):
    """Ada's brother, who may see her record."""
    return Relationship.objects.create(
        person=ada,
        name="Tom Bell",
        kind=RelationshipKind.SIBLING,
        authority=Authority.NONE,
        email="tom@home.example",
        starts_on=date(2020, 1, 1),
        user=cyril,
        may_see_record=True,
    )


@pytest.fixture
def reachable(ada):
    """Ada, with an address of every kind."""
    ada.email, ada.phone, ada.address = "ada@home.example", "07700 900 982", "1 Quay Street, Fairbourne"
    ada.save()
    return ada


@pytest.fixture
def write(case, mona):
    def written(template="plan_returned", key="plan-returned:1", data=None):
        fields = {"worker": "Bea Okafor"} if data is None else data
        return actions.write_to_person(case=case, template=template, data=fields, key=key, by=mona, on=TODAY)

    return written


def as_user(client, user):
    client.force_login(user)
    return client


# --- From what is on record ---------------------------------------------------------------------------


def test_the_recipient_is_made_from_what_is_on_record(reachable):
    to = recipient_for(reachable)
    assert (to.id, to.name, to.email, to.mobile) == (reachable.pk, "Ada Bell", "ada@home.example", "07700900982")
    assert to.postal == ("1 Quay Street", "Fairbourne", "FB1 2AB")
    assert (to.preferred, to.needs) == (None, ())


@pytest.mark.parametrize(
    ("hears_by", "needs", "language", "preferred", "letter"),
    [
        ("text", [], "English", Channel.TEXT, ()),
        ("", [CommunicationNeed.EMAIL], "English", Channel.EMAIL, ()),
        ("post", [CommunicationNeed.EMAIL], "English", Channel.POST, ()),
        ("", [CommunicationNeed.LARGE_PRINT, CommunicationNeed.MORE_TIME], "English", None, ("Large print",)),
        ("", [], "Urdu", None, ("Translated: Urdu",)),
    ],
)
def test_what_they_want_and_need_decides(reachable, hears_by, needs, language, preferred, letter):
    reachable.hears_by, reachable.communication_needs, reachable.language = hears_by, needs, language
    to = recipient_for(reachable)
    assert (to.preferred, to.needs) == (preferred, letter)


def test_what_is_no_number_or_address_is_left_out_and_never_stops_the_work(ada, write):
    ada.phone, ada.address, ada.postcode = "ring after five", "no fixed abode", ""
    ada.save()
    to = recipient_for(ada)
    assert (to.phone, to.postal) == ("", ())
    assert write().state == State.TO_PRINT


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("1 Quay Street\r\nFairbourne\n", ("1 Quay Street", "Fairbourne", "FB1 2AB")),
        ("Flat 2, Quay House, 1 Quay Street, Old Town, Saltmere, Fairbourne, Downshire", None),
        ("", ()),
    ],
)
def test_lines_of_an_address(address, lines):
    found = postal_lines(address, "FB1 2AB")
    if lines is None:
        assert len(found) == 6 and found[-1] == "FB1 2AB" and "Downshire" in found[-2]
    else:
        assert found == lines


def test_nobody_who_has_died_is_written_to(reachable, write, case):
    record_death(case=case, died_on=TODAY, told_by="Tom, by phone", by=case.worker, on=TODAY)
    case.person.refresh_from_db()
    with pytest.raises(HasDied, match="speaks for them"):
        write()
    assert not Message.objects.exists()


def test_whoever_speaks_for_them_is_written_to_in_fitting_words(case, tom, mona):
    message = actions.write_to_supporter(
        case=case,
        to=tom,
        template="condolence",
        data={"person": "Ada Bell", "worker": "Bea Okafor"},
        key=f"died:{case.person_id}",
        by=mona,
        on=TODAY,
    )
    assert (message.recipient_id, message.address) == (tom.pk, "tom@home.example")
    assert message.body.startswith("Dear Tom Bell,")


# --- Who sees it --------------------------------------------------------------------------------------


def test_the_person_sees_what_was_sent_to_them_and_nobody_elses(client, case, reachable, ada_user, tom, write, mona):
    mine = write()
    toms = actions.write_to_supporter(
        case=case,
        to=tom,
        template="review_due",
        data={"due_on": "4 January 2027", "worker": "Bea"},
        key="1",
        by=mona,
        on=TODAY,
    )
    page = as_user(client, ada_user).get(f"/cases/{case.pk}/messages/").content.decode()
    assert "News about your plan" in page and "Time to look at your plan again" not in page
    assert client.get(f"/cases/{case.pk}/messages/{mine.pk}/").status_code == 200
    assert client.get(f"/cases/{case.pk}/messages/{toms.pk}/").status_code == 404
    page = as_user(client, tom.user).get(f"/cases/{case.pk}/messages/").content.decode()
    assert "News about your plan" in page and "Time to look at your plan again" in page


def test_staff_see_the_words_as_sent_and_the_look_is_noted(client, case, reachable, bea, write):
    message = write()
    page = as_user(client, bea).get(f"/cases/{case.pk}/messages/{message.pk}/").content.decode()
    assert "Bea Okafor will talk with you about what needs to change" in page and "ada@home.example" in page
    assert Look.objects.filter(person_id=case.person_id, viewer_id=bea.pk, page="Messages").exists()


def test_a_stranger_sees_none_and_a_message_of_another_case_is_not_here(client, case, bea, cyril, write):
    message = write()
    assert as_user(client, cyril).get(f"/cases/{case.pk}/messages/").status_code == 404
    assert as_user(client, bea).get(f"/cases/{case.pk}/messages/{uuid.uuid4()}/").status_code == 404
    assert as_user(client, bea).get(f"/cases/{case.pk}/messages/{message.pk}/").status_code == 200


# --- What somebody does about it ----------------------------------------------------------------------


def test_a_letter_is_printed_and_said_to_be_posted(client, case, reachable, bea, write):
    reachable.hears_by = "post"
    reachable.save()
    case.person.refresh_from_db()
    message = write()
    here = f"/cases/{case.pk}/messages/{message.pk}/"
    page = as_user(client, bea).get(here).content.decode()
    assert "To print and post" in page and "It is in the post" in page
    pdf = client.get(here + "pdf/")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    assert pdf.content == client.get(here + "pdf/").content
    assert client.post(here + "posted/").status_code == 302
    message.refresh_from_db()
    assert (message.state, message.settled_by) == (State.POSTED, bea)


def test_a_bounce_is_mended_and_sent_again(client, case, reachable, bea, write, settings):
    settings.DEMO = True
    reachable.email = "bounce@home.example"
    reachable.save()
    case.person.refresh_from_db()
    message = write()
    outbox.send_due(at=NOON)
    outbox.read_back_all(at=NOON)
    here = f"/cases/{case.pk}/messages/{message.pk}/"
    page = as_user(client, bea).get(here).content.decode()
    assert "Did not arrive" in page and "no longer in use" in page and "Send it again" in page
    reachable.email = "ada@new.example"
    reachable.save()
    assert client.post(here + "again/").status_code == 302
    again = Message.objects.get(instead_of=message)
    assert (again.address, again.state) == ("ada@new.example", State.WAITING)
    assert "Sent again since" in client.get(here).content.decode()
    client.post(here + "again/")
    assert Message.objects.count() == 2


def test_what_came_back_is_said_with_a_reason(client, case, reachable, bea, write, settings):
    settings.DEMO = True
    message = write()
    outbox.send_due(at=NOON)
    here = f"/cases/{case.pk}/messages/{message.pk}/"
    page = as_user(client, bea).post(here + "returned/", {"reason": ""})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
    assert client.post(here + "returned/", {"reason": "Her sister says the address is old."}).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.FAILED, "Her sister says the address is old.")


def test_who_does_not_work_on_the_case_changes_nothing(case, reachable, finn, bea, write):
    message = write()
    for attempt in (
        lambda: actions.record_posted(case=case, message=message, by=finn, on=TODAY),
        lambda: actions.record_returned(case=case, message=message, reason="Is old", by=finn, on=TODAY),
        lambda: actions.send_again(case=case, message=message, by=finn, on=TODAY),
    ):
        with pytest.raises(NotAllowed), transaction.atomic():
            attempt()


def test_the_case_page_leads_to_the_messages(client, case, bea):
    assert f"/cases/{case.pk}/messages/" in as_user(client, bea).get(f"/cases/{case.pk}/").content.decode()


# --- The mailbox of a made-up council -----------------------------------------------------------------


def test_links_that_let_one_in_as_somebody_else_are_for_administrators_alone(client, bea, settings, tmp_path):
    settings.DEMO, settings.DATA_FOLDER = True, tmp_path
    (tmp_path / "mailbox").mkdir()
    letter = "Subject: Your password\nTo: mona@council.example\n\nhttp://localhost/accounts/password/reset/key/abc/\n"
    (tmp_path / "mailbox" / "1.eml").write_text(letter)
    assert "reset/key" not in as_user(client, bea).get("/mailbox/").content.decode()
    boss = User.objects.create_user("boss@council.example", name="Boss", roles=[Role.ADMINISTRATOR])
    assert "reset/key" in as_user(client, boss).get("/mailbox/").content.decode()


def test_a_made_up_council_has_a_mailbox_and_no_other(client, reachable, bea, ada_user, write, settings):
    write()
    assert as_user(client, bea).get("/mailbox/").status_code == 404
    settings.DEMO = True
    page = client.get("/mailbox/?channel=email").content.decode()
    assert "News about your plan" in page and "Dear Ada Bell" in page
    assert "Dear Ada Bell" not in client.get("/mailbox/?channel=text").content.decode()
    assert "News about your plan" in client.get("/mailbox/?page=999").content.decode()
    assert as_user(client, ada_user).get("/mailbox/").status_code == 403
