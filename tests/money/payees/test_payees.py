"""Bank details: checked, entered by one officer, approved by another, masked, never edited."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.care.people.models import Relationship
from leeway.care.planning.models import Way
from leeway.money.payees import actions
from leeway.money.payees.models import Holder, NameCheck, PayeeAccount
from leeway.money.payees.queries import waiting, ways_ready
from leeway.refusal import NotAllowed, Refusal

ON = date(2026, 4, 1)


@pytest.fixture
def enter(case, finn):
    def entered(**changes):
        details = {
            "case": case,
            "way": Way.DIRECT_PAYMENT,
            "holder": Holder.PERSON,
            "account_name": "Ada Bell",
            "sort_code": "12-34-56",
            "account_number": "1234567",
            "by": finn,
            "on": ON,
        }
        return actions.enter_details(**(details | changes))

    return entered


def test_they_are_kept_as_digits_and_shown_masked(enter):
    payee = enter()
    assert (payee.sort_code, payee.account_number) == ("123456", "01234567")
    assert payee.masked == "•••••567"
    assert "was not checked" in payee.check_words
    assert waiting(seen_by=payee.entered_by, rows=10) == [payee]


def test_the_officer_who_entered_them_never_approves_them(enter, finn, fay, bea, case):
    payee = enter()
    with pytest.raises(actions.SecondOfficerNeeded):
        actions.approve_details(payee=payee, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        actions.approve_details(payee=payee, by=bea, on=ON)
    with pytest.raises(DatabaseError, match="two_officers"), transaction.atomic():
        PayeeAccount.objects.update(state="approved", settled_by=finn)
    actions.approve_details(payee=payee, by=fay, on=ON)
    assert ways_ready(case) == {Way.DIRECT_PAYMENT}


def test_new_details_replace_the_old_once_approved(enter, fay):
    old = actions.approve_details(payee=enter(), by=fay, on=ON)
    new = enter(account_number="87654321")
    assert PayeeAccount.objects.get(pk=old.pk).state == "approved"
    actions.approve_details(payee=new, by=fay, on=ON)
    assert PayeeAccount.objects.get(pk=old.pk).state == "replaced"


def test_the_database_refuses_to_edit_or_remove_them(enter):
    payee = enter()
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeAccount.objects.update(account_number="00000000")
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeAccount.objects.filter(pk=payee.pk)._raw_delete("default")


def test_turning_them_down_needs_a_reason_and_is_the_end_of_them(enter, fay):
    payee = enter()
    with pytest.raises(Refusal, match="Say what is wrong"):
        actions.reject_details(payee=payee, reason=" ", by=fay, on=ON)
    actions.reject_details(payee=payee, reason="Another name on the card", by=fay, on=ON)
    with pytest.raises(Refusal, match="Turned down"):
        actions.approve_details(payee=payee, by=fay, on=ON)


def test_a_nominated_person_must_be_recorded_with_that_authority(enter, ada):
    with pytest.raises(Refusal, match="Nobody is recorded as “Nominated person"):
        enter(holder=Holder.NOMINATED)
    dan = Relationship.objects.create(
        person=ada, name="Dan Bell", kind="sibling", authority="nominated", evidence="Letter seen", starts_on=ON
    )
    assert enter(holder=Holder.NOMINATED, account_name="Dan Bell").relationship == dan
    with pytest.raises(Refusal, match="“Authorised person"):
        enter(holder=Holder.AUTHORISED)


@pytest.mark.parametrize(("way", "holder"), [(Way.DIRECT_PAYMENT, Holder.PROVIDER), (Way.SERVICE_FUND, Holder.PERSON)])
def test_each_way_has_its_own_kind_of_account(enter, way, holder):
    with pytest.raises(Refusal, match="other kind of account"):
        enter(way=way, holder=holder)


@pytest.mark.parametrize(("sort_code", "account_number"), [("12345", "12345678"), ("123456", "12"), ("ab", "cd")])
def test_what_is_not_a_bank_account_is_refused(enter, sort_code, account_number):
    with pytest.raises(Refusal):
        enter(sort_code=sort_code, account_number=account_number)


def test_a_name_that_no_bank_file_carries_is_refused_when_it_is_entered(enter):
    with pytest.raises(Refusal) as refused:
        enter(account_name="…")
    assert refused.value.field == "account_name"


def test_no_answer_of_confirmation_of_payee_is_no_match(enter):
    assert enter().name_check_words == "Nobody has said what Confirmation of Payee answered."
    assert enter(name_check=NameCheck.MATCH).name_check_words == "The name matches the account"
    close = enter(name_check=NameCheck.CLOSE, bank_has_name="Ms A Bell")
    assert close.name_check_words == "A close match: the bank has a slightly different name: “Ms A Bell”"


def test_a_close_match_says_the_name_and_no_other_answer_does(enter):
    for changes in (
        {"name_check": NameCheck.CLOSE},
        {"name_check": NameCheck.MATCH, "bank_has_name": "Ms A Bell"},
        {"bank_has_name": "Ms A Bell"},
    ):
        with pytest.raises(Refusal) as refused:
            enter(**changes)
        assert refused.value.field == "bank_has_name"


def test_a_name_that_does_not_match_is_approved_only_for_a_reason(enter, fay):
    payee = enter(name_check=NameCheck.NO_MATCH)
    for because in ("", "ok"):
        with pytest.raises(Refusal, match="does not match this account") as refused:
            actions.approve_details(payee=payee, because=because, by=fay, on=ON)
        assert refused.value.field == "because"
    with pytest.raises(DatabaseError, match="approved_for_a_reason"), transaction.atomic():
        PayeeAccount.objects.update(state="approved", settled_by=fay)
    actions.approve_details(payee=payee, because="Her bank statement of March was seen", by=fay, on=ON)
    assert PayeeAccount.objects.get().approved_because == "Her bank statement of March was seen"
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeAccount.objects.update(name_check="match")


def test_the_second_officer_is_shown_what_the_bank_said(enter, case, client, fay, monkeypatch):
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    client.force_login(fay)
    for name_check, name, words in (
        ("match", "", None),
        ("close", "Ms A Bell", "slightly different name. See whether it is the same person"),
        ("no_match", "", "It may be somebody else’s"),
        ("not_checked", "", "have not confirmed that this name belongs to this account"),
        ("", "", "have not confirmed that this name belongs to this account"),
    ):
        payee = enter(name_check=name_check, bank_has_name=name, roll_number="a/123 456")
        page = client.get(reverse("payees:show", args=[case.pk, payee.pk])).content.decode()
        assert payee.name_check_words in page and "A/123 456" in page
        assert (words in page) if words else ("govuk-warning-text" not in page)
        assert ("How do you know that the account is theirs?" in page) == (name_check == "no_match")
    payee = enter(name_check=NameCheck.NO_MATCH)
    page = client.post(reverse("payees:approve", args=[case.pk, payee.pk]), {"because": ""}).content.decode()
    assert page.count("Say how you know that it is theirs") == 2  # at the top, and at the field


def test_a_roll_number_is_kept_as_bacs_carries_it_or_refused(enter):
    assert enter(roll_number=" a/1234567890abc ").roll_number == "A/1234567890ABC"
    assert enter().roll_number == ""
    for roll in ("ABC", "1" * 19, "1&2", "№1"):
        with pytest.raises(Refusal, match="roll number must be up to 18") as refused:
            enter(roll_number=roll)
        assert refused.value.field == "roll_number"


def test_an_account_that_fails_the_modulus_check_is_refused(enter, tmp_path, settings):
    (tmp_path / "weights.txt").write_text(
        "123456 123456 MOD10    0    0    0    0    0    0    7    1    3    7    1    3    7    1\n"
    )
    (tmp_path / "substitutions.txt").write_text("999999 888888\n")
    settings.MODULUS_WEIGHTS = str(tmp_path / "weights.txt")
    settings.MODULUS_SUBSTITUTIONS = str(tmp_path / "substitutions.txt")
    actions.modulus_table.cache_clear()
    try:
        with pytest.raises(Refusal, match="does not fit sort code 12-34-56"):
            enter(account_number="12345678")
        assert enter(account_number="00000000").check_words == "The account number fits sort code 12-34-56."
    finally:
        actions.modulus_table.cache_clear()
