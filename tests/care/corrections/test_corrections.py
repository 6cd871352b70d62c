"""What is on record is wrong: what is made at once, what is looked at first, and what stands after a no."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.care.corrections import actions
from leeway.care.corrections.actions import AT_ONCE, PARTS
from leeway.care.corrections.forms import FORMS, SettleForm, as_on_record
from leeway.care.corrections.models import Correction, Part
from leeway.care.people.events import Event
from leeway.care.people.models import Person, Task
from leeway.messages.models import Message
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from tests.care.conftest import TODAY, relate
from tests.pages import send

SEEN = "I rang her on the number that was on record."
WHY_NOT = "The birth certificate that she brought has the other day on it."
HER_WORDS = "I was born on the 15th. The certificate is wrong."


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def ask(case, by, part, words="", version=None, **changes):
    person = Person.objects.get(pk=case.person_id)
    details = as_on_record(person, FORMS[part]) | changes
    seen = person.version if version is None else version
    return actions.ask_for_correction(case=case, part=part, details=details, words=words, version=seen, by=by, on=TODAY)


def settle(correction, by, *, made, reason):
    version = Person.objects.get(pk=correction.person_id).version
    return actions.settle_correction(correction=correction, made=made, reason=reason, version=version, by=by, on=TODAY)


def on_record(case, *names):
    return Person.objects.values_list(*names).get(pk=case.person_id)


def test_what_leads_letters_or_money_astray_is_looked_at_first(case, ada_user, bea):
    """Whoever gets at her sign-in must not have her letters sent to them."""
    before = on_record(case, "address", "phone", "email", "family_name", "date_of_birth")
    asked = ask(case, ada_user, Part.REACH, address="9 Elsewhere", phone="01632 960777", email="new@home.example")
    assert asked.at_once == ()
    ask(case, ada_user, Part.WHO, family_name="Ray", date_of_birth=TODAY.replace(year=1990))
    assert on_record(case, "address", "phone", "email", "family_name", "date_of_birth") == before
    kept = Correction.objects.get(part="reach")
    assert kept.wanted == {"address": "9 Elsewhere", "phone": "01632 960777", "email": "new@home.example"}
    assert kept.was["address"] == before[0]
    task = Task.objects.get(case=case, kind=Event.CORRECTION_ASKED, done_on=None)
    assert task.what.startswith("A correction of what is on record of Ada Bell was asked for")


def test_nothing_that_is_made_at_once_tells_where_somebody_is_or_who_they_are():
    everything = {name for part in PARTS.values() for name in part}
    assert everything - AT_ONCE == {
        "given_name", "family_name", "date_of_birth", "address", "postcode", "phone", "email",
    }  # fmt: skip
    assert not any("account" in name or "sort" in name for name in everything)


def test_what_is_the_persons_to_say_is_made_at_once_where_the_person_says_it(case, ada_user):
    asked = ask(case, ada_user, Part.PART, communication_needs=["large_print", "easy_read"])
    assert (asked.at_once, asked.correction) == (("communication_needs",), None)
    assert on_record(case, "communication_needs") == (["large_print", "easy_read"],)
    assert case.story.filter(kind=Event.DETAILS).count() == 1


def test_whoever_helps_them_changes_nothing_at_once(case, cyril, bea):
    with pytest.raises(NotAllowed):
        ask(case, cyril, Part.PART, communication_note="Speak slowly")
    relate(case.person, "Cyril Crane", "none", user=cyril, may_see_record=True)
    asked = ask(case, cyril, Part.PART, communication_note="Speak slowly")
    assert asked.at_once == () and asked.correction.asked_by_name == cyril.name
    assert on_record(case, "communication_note") == ("",)


def test_the_worker_changes_details_elsewhere(case, bea):
    with pytest.raises(NotAllowed, match="Personal details"):
        ask(case, bea, Part.PART, communication_note="Speak slowly")


def test_it_is_made_with_how_it_was_found_to_be_right_and_the_person_is_told(case, ada_user, bea):
    correction = ask(case, ada_user, Part.REACH, address="9 Elsewhere").correction
    with pytest.raises(Refusal, match="how you found out") as refused:
        settle(correction, bea, made=True, reason="ok")
    assert refused.value.field == "reason"
    with pytest.raises(NotAllowed):
        settle(correction, ada_user, made=True, reason=SEEN)
    settle(correction, bea, made=True, reason=SEEN)
    assert on_record(case, "address") == ("9 Elsewhere",)
    assert not Task.objects.filter(case=case, kind=Event.CORRECTION_ASKED, done_on=None).exists()
    told = Message.objects.get(person_id=case.person_id, template="correction_answered")
    assert "Elsewhere" not in str(told.data), "whoever lives at the old address does not learn of the new one"
    with pytest.raises(Refusal, match="settled on 23 November 2026"):
        settle(correction, bea, made=False, reason=WHY_NOT)


def test_somebody_elses_change_meanwhile_is_not_overwritten(case, ada_user, bea):
    correction = ask(case, ada_user, Part.REACH, address="9 Elsewhere").correction
    with pytest.raises(EditedMeanwhile):
        actions.settle_correction(correction=correction, made=True, reason=SEEN, version=99, by=bea, on=TODAY)
    with pytest.raises(EditedMeanwhile):
        ask(case, ada_user, Part.WHO, family_name="Ray", version=99)


def test_a_birthday_is_corrected_as_a_day_and_takes_the_place_of_its_year(case, ada_user, bea):
    Person.objects.filter(pk=case.person_id).update(date_of_birth=None, year_of_birth=1990)
    born = TODAY.replace(year=1990)
    correction = ask(case, ada_user, Part.WHO, date_of_birth=born).correction
    settle(correction, bea, made=True, reason="Her passport says so.")
    assert on_record(case, "date_of_birth", "year_of_birth") == (born, None)


def test_somebody_moving_on_from_childrens_services_is_said_to_be(case, ada_user, bea):
    correction = ask(case, ada_user, Part.WHO, date_of_birth=TODAY.replace(year=TODAY.year - 17)).correction
    version = Person.objects.get(pk=case.person_id).version
    answer = {"correction": correction, "made": True, "reason": SEEN, "version": version, "by": bea, "on": TODAY}
    with pytest.raises(Refusal, match="17 years old") as refused:
        actions.settle_correction(**answer)
    assert refused.value.field == "young" and "young" in SettleForm.base_fields
    actions.settle_correction(**answer, young=True)
    assert on_record(case, "date_of_birth") == (TODAY.replace(year=TODAY.year - 17),)


def test_the_worker_sees_what_was_changed_since_it_was_asked_for(case, ada_user, bea, client):
    correction = ask(case, ada_user, Part.REACH, address="9 Elsewhere").correction
    Person.objects.filter(pk=case.person_id).update(address="12 Newly Road")
    client.force_login(bea)
    page = client.get(f"/cases/{case.pk}/on-record/corrections/{correction.pk}/").content.decode()
    assert "It was changed since, and is now: 12 Newly Road" in " ".join(page.split())


def test_what_was_typed_is_shown_again_where_somebody_else_asked_meanwhile(case, ada_user, client):
    ask(case, ada_user, Part.OTHER, words="My street has another name now.")
    client.force_login(ada_user)
    version = Person.objects.get(pk=case.person_id).version
    sent = {"words": "My key safe is at the back door.", "version": version}
    page = client.post(f"/cases/{case.pk}/on-record/other/", sent).content.decode()
    assert "It waits for an answer" in page and "My key safe is at the back door." in page
    waiting = case.person.corrections.get()
    client.post(f"/cases/{case.pk}/on-record/corrections/{waiting.pk}/take-back/")
    again = client.get(f"/cases/{case.pk}/on-record/other/").content.decode()
    assert "We kept what you wrote" in again and "My key safe is at the back door." in again


def test_a_wrong_birthday_can_be_taken_out(case, ada_user, bea):
    correction = ask(case, ada_user, Part.WHO, date_of_birth=None).correction
    settle(correction, bea, made=True, reason="Nobody knows the day, her sister says.")
    assert on_record(case, "date_of_birth") == (None,)


def test_a_day_that_cannot_be_meant_is_refused(case, ada_user):
    with pytest.raises(Refusal, match="in the future") as refused:
        ask(case, ada_user, Part.WHO, date_of_birth=TODAY.replace(year=2119))
    assert refused.value.field == "date_of_birth"


def test_after_a_no_the_persons_words_stand_with_the_record_and_the_worker_learns_of_it(case, ada_user, bea):
    correction = ask(case, ada_user, Part.WHO, date_of_birth=TODAY.replace(year=1990)).correction
    with pytest.raises(Refusal, match="not corrected"):
        actions.keep_statement(correction=correction, words=HER_WORDS, by=ada_user, on=TODAY)
    settle(correction, bea, made=False, reason=WHY_NOT)
    statement = actions.keep_statement(correction=correction, words=HER_WORDS, by=ada_user, on=TODAY)
    with pytest.raises(ProgrammingError), transaction.atomic():
        type(statement).objects.filter(pk=statement.pk).update(words="Another")
    with pytest.raises(Refusal, match="stands with the record already"):
        actions.keep_statement(correction=correction, words=HER_WORDS, by=ada_user, on=TODAY)
    assert Task.objects.filter(case=case, kind=Event.CORRECTION_DISPUTED, done_on=None).exists()


def test_one_correction_of_a_part_waits_at_a_time_and_can_be_taken_back(case, ada_user):
    correction = ask(case, ada_user, Part.REACH, address="9 Elsewhere").correction
    with pytest.raises(Refusal, match="waits for an answer"):
        ask(case, ada_user, Part.REACH, address="10 Elsewhere")
    actions.take_back_correction(correction=correction, by=ada_user, on=TODAY)
    assert not Message.objects.filter(template="correction_answered").exists(), "she knows"
    assert ask(case, ada_user, Part.REACH, address="10 Elsewhere").correction


def test_nothing_different_and_nothing_said_are_refused(case, ada_user):
    with pytest.raises(Refusal, match="Nothing is different"):
        ask(case, ada_user, Part.REACH)
    with pytest.raises(Refusal, match="Say what is wrong") as refused:
        ask(case, ada_user, Part.OTHER, words="x")
    assert refused.value.field == "words"
    assert ask(case, ada_user, Part.OTHER, words="I do not live alone.").correction


def test_the_pages_from_asking_to_the_statement(case, ada_user, bea, client):
    case.worker = bea
    client.force_login(ada_user)
    address = reverse("corrections:show", args=[case.pk])
    shown = client.get(address).content.decode()
    assert "Your details" in shown and "What you like to be called" in shown
    who = reverse("corrections:correct", args=[case.pk, "who"])
    typed = {"given_name": "Ada", "family_name": "Bell-Ray", "gender": "Unknown", "ethnicity": "Unknown",
             "date_of_birth_day": "14", "date_of_birth_month": "3", "date_of_birth_year": "1992"}  # fmt: skip
    assert send(client, who, **typed, words="I married.").status_code == 302
    shown = client.get(address).content.decode()
    assert "It should be: <strong>Bell-Ray" in shown and "I married." in shown and "by 21 December 2026" in shown
    assert "Correct this" in shown, "of the other parts"
    assert "It waits for an answer" in client.get(who).content.decode()
    correction = Correction.objects.get()
    client.force_login(bea)
    settle_page = reverse("corrections:settle", args=[case.pk, correction.pk])
    assert settle_page in client.get(address).content.decode()
    assert send(client, settle_page, made="False", reason=WHY_NOT).status_code == 302
    client.force_login(ada_user)
    statement = reverse("corrections:statement", args=[case.pk, correction.pk])
    shown = client.get(address).content.decode()
    assert WHY_NOT in shown and statement in shown and "Information Commissioner" in shown
    assert client.post(statement, {"words": HER_WORDS}).status_code == 302
    client.force_login(bea)
    assert HER_WORDS in client.get(reverse("case", args=[case.pk])).content.decode()


def test_a_stranger_and_an_unknown_part_find_nothing(case, ada_user, cyril, client):
    client.force_login(cyril)
    assert client.get(reverse("corrections:show", args=[case.pk])).status_code == 404
    client.force_login(ada_user)
    assert client.get(reverse("corrections:correct", args=[case.pk, "bank"])).status_code == 404
