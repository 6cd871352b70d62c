"""A closed case is found, and opened again with a reason."""

import pytest

from leeway.care.people.actions import close_case, open_case, reopen_case
from leeway.care.people.models import Case, StoryLine
from leeway.care.people.states import Stage
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import version_of
from tests.conftest import TODAY

WHERE = ("stage",)


@pytest.fixture
def closed(case, bea):
    version = version_of(case, *WHERE)
    return close_case(case=case, reason="Moved to her sister", version=version, by=bea, on=TODAY)


def reopen(case, by, reason="She rang: it is worse again"):
    return reopen_case(case=case, reason=reason, version=version_of(case, *WHERE), by=by, on=TODAY)


def test_a_closed_case_is_found_and_opened_again_on_its_page(client, closed, bea):
    client.force_login(bea)
    found = client.post("/people/", {"words": "ada"}, follow=True).content.decode()
    assert f"Case, closed {TODAY:%-d %B %Y}" in found
    assert f"/cases/{closed.pk}/" in client.get("/home/?stage=closed").content.decode()
    assert f"/cases/{closed.pk}/" not in client.get("/home/").content.decode()
    page = client.get(f"/cases/{closed.pk}/").content.decode()
    assert "Open the case again" in page and "Under way" not in page
    asked = client.get(f"/cases/{closed.pk}/reopen/").content.decode()
    assert "Closed: Moved to her sister" in asked
    sent = {"reason": "She rang: it is worse again", "version": version_of(closed, *WHERE)}
    assert client.post(f"/cases/{closed.pk}/reopen/", sent).headers["Location"] == f"/cases/{closed.pk}/"
    case = Case.objects.get()
    assert (case.stage, case.closed_on, case.closed_reason) == (Stage.REQUEST, None, "")
    told = StoryLine.objects.filter(case=case).first()
    assert told.sentence.startswith("Opened again: She rang")


def test_a_reason_is_needed_and_who_works_on_the_case(closed, bea, finn):
    with pytest.raises(Refusal, match="Say why the case is opened again"):
        reopen(closed, bea, reason=" ")
    with pytest.raises(NotAllowed):
        reopen(closed, finn)


def test_a_new_case_that_is_open_is_carried_on_with(closed, bea):
    open_case(person=closed.person, details={"request_words": "Help", "team": bea.team}, by=bea, on=TODAY)
    with pytest.raises(Refusal, match="another case of this kind, which is open"):
        reopen(closed, bea)


def test_a_case_that_is_open_is_not_opened_again(case, bea):
    with pytest.raises(Refusal):
        reopen(case, bea)
