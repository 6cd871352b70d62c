"""A provider's bank details: entered by one officer, approved by another who rang it up at a number known before."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.market.listings.models import Provider, Service
from leeway.money.payees import actions
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.queries import of_provider, shared_oddly, waiting
from leeway.refusal import NotAllowed, Refusal

ON = date(2026, 4, 1)
LONG_KNOWN = date(2026, 1, 1)  # ninety days before
CALL = {"call_number": "(01632) 960 500", "call_spoke_to": "Jo Marsh, accounts"}


def provider_called(name, phone=""):
    provider = Provider.objects.create(name=name)
    Service.objects.create(
        provider=provider, name=f"{name} at home", last_checked_on=ON, kinds=["home_care"], regulated=True, phone=phone,
        phone_since=LONG_KNOWN,
    )  # fmt: skip
    return provider


@pytest.fixture
def provider(db):
    return provider_called("Meadow Care Ltd", "01632 960500")


@pytest.fixture
def enter(provider, finn):
    def entered(**changes):
        details = {"provider": provider, "account_name": "Meadow Care Ltd", "sort_code": "12-34-56"}
        return actions.enter_provider_details(
            **(details | {"account_number": "12345678", "by": finn, "on": ON} | changes)
        )

    return entered


def test_nobody_approves_them_who_has_not_rung_the_provider(enter, fay, finn, bea):
    payee = enter()
    for wrong, field in (
        ({}, "call_number"),
        ({"call_number": "01632 960501", "call_spoke_to": "Jo Marsh"}, "call_number"),  # from the fraudster's letter
        ({"call_number": "12", "call_spoke_to": "Jo Marsh"}, "call_number"),
        ({"call_number": "01632 960500"}, "call_spoke_to"),
        ({"call_number": "01632 960500", "call_spoke_to": "x"}, "call_spoke_to"),
    ):
        with pytest.raises(Refusal) as refused:
            actions.approve_details(payee=payee, **wrong, by=fay, on=ON)
        assert refused.value.field == field
    with pytest.raises(actions.SecondOfficerNeeded):
        actions.approve_details(payee=payee, **CALL, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        actions.approve_details(payee=payee, **CALL, by=bea, on=ON)
    with pytest.raises(DatabaseError, match="provider_was_rung_up"), transaction.atomic():
        PayeeAccount.objects.update(state="approved", settled_by=fay, settled_on=ON)
    actions.approve_details(payee=payee, **CALL, by=fay, on=ON)
    kept = PayeeAccount.objects.get()
    assert (kept.state, kept.whose) == ("approved", "Meadow Care Ltd")
    assert kept.call_known_from == "The directory: Meadow Care Ltd at home, on record since 1 January 2026"


def test_a_number_that_came_with_the_change_or_after_it_is_not_on_record(enter, provider, fay):
    payee = enter()
    provider.services.update(phone="01632 960501", phone_since=date(2026, 4, 2))
    with pytest.raises(Refusal, match="Say where that number was on record"):
        actions.approve_details(payee=payee, **CALL, by=fay, on=ON)
    contract = "Contract of 3 March 2025, page 2"
    first = actions.approve_details(payee=payee, **CALL, call_known_from=contract, by=fay, on=ON)
    assert first.call_known_from == contract
    second = enter(account_number="87654321")  # from then on the number that was rung is on record
    with pytest.raises(Refusal, match=r"Ring \(01632\) 960 500 \(Rung about bank details on 1 April 2026\)"):
        actions.approve_details(payee=second, call_number="01632960501", call_spoke_to="Jo Marsh", by=fay, on=ON)
    assert PayeeAccount.objects.get(state="approved") == first  # what was in use stays so until then
    actions.approve_details(payee=second, **CALL, by=fay, on=ON)
    assert [each.state for each in of_provider(provider)] in (["replaced", "approved"], ["approved", "replaced"])


def test_a_number_changed_shortly_before_the_details_is_not_rung_back(enter, provider, fay):
    """A fraudster has the directory changed first; the number before is known from the contract alone."""
    provider.services.update(phone="01632 960501", phone_since=LONG_KNOWN + timedelta(1))
    payee = enter()
    with pytest.raises(Refusal, match="was not there by 1 January 2026"):
        actions.approve_details(
            payee=payee, call_number="01632 960501", call_known_from="The directory", call_spoke_to="Jo Marsh",
            by=fay, on=ON,
        )  # fmt: skip
    actions.approve_details(payee=payee, **CALL, call_known_from="Contract of 3 March 2025, page 2", by=fay, on=ON)


def test_a_number_stays_on_record_when_the_directory_is_imported_anew(enter, provider, fay):
    payee = enter()
    provider.services.update(last_checked_on=date(2026, 4, 20))  # the file of the month says the same
    assert actions.approve_details(payee=payee, **CALL, by=fay, on=date(2026, 4, 21)).state == "approved"


def test_they_are_of_a_case_or_of_a_provider_and_nothing_of_them_is_edited(enter, case, provider):
    payee = enter()
    with pytest.raises(DatabaseError, match="of_a_case_or_a_provider"), transaction.atomic():
        PayeeAccount(
            case=case, provider=provider, holder="provider", account_name="X", sort_code="123456",
            account_number="12345678", check_words="-", entered_by=payee.entered_by, entered_on=ON,
        ).save(force_insert=True)  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeAccount.objects.update(provider=provider_called("Another"))
    assert enter(account_number="87654321").state == "entered"  # and the one that waited is replaced
    assert PayeeAccount.objects.get(pk=payee.pk).state == "replaced"


def test_one_account_of_two_providers_or_of_a_provider_and_a_person_asks_why(enter, provider, bank, case, fay):
    bank(case)
    payee = enter()
    assert [one.whose for one in shared_oddly(payee)] == ["Ada Bell"]
    with pytest.raises(Refusal, match="Ada Bell is paid into this account too"):
        actions.approve_details(payee=payee, **CALL, by=fay, on=ON)
    ours = enter(account_number="87654321")
    other = enter(provider=provider_called("Another Care Ltd"), account_number="87654321")
    assert [one.whose for one in shared_oddly(other)] == ["Meadow Care Ltd"]
    bank(case, way="service_fund", account_number="87654321", name="Meadow Care Ltd")
    assert [one.whose for one in shared_oddly(ours)] == ["Another Care Ltd"]  # a service fund may be the provider's
    assert {one.whose for one in waiting(seen_by=fay, rows=9)} == {"Meadow Care Ltd", "Another Care Ltd"}


def test_finance_enters_rings_and_approves_in_the_browser(provider, client, finn, fay, bea, monkeypatch):
    home = reverse("provider_details:home", args=[provider.pk])
    client.force_login(bea)
    assert client.get(home).status_code == 403
    client.force_login(finn)
    assert "None yet" in client.get(home).content.decode()
    sent = {"account_name": "Meadow Care Ltd", "sort_code": "12-34-56", "account_number": "12", "name_check": "match"}
    page = client.post(reverse("provider_details:enter", args=[provider.pk]), sent).content.decode()
    assert "Meadow Care Ltd" in page and "govuk-error-message" in page
    page = client.post(
        reverse("provider_details:enter", args=[provider.pk]), sent | {"account_number": "12345678"}, follow=True
    ).content.decode()
    assert "another finance officer must approve them" in page and "•••••678" in page
    client.force_login(fay)
    payee = PayeeAccount.objects.get()
    page = client.get(reverse("provider_details:show", args=[provider.pk, payee.pk])).content.decode()
    assert "01632 960500" in page and "12345678" in page and "Where was that number" not in page
    approve = reverse("provider_details:approve", args=[provider.pk, payee.pk])
    page = client.post(approve, {"call_number": "01632 960501", "call_spoke_to": "Jo Marsh"}).content.decode()
    assert page.count("was not on record long enough when these details came") == 2 and "Jo Marsh" in page
    page = client.post(approve, CALL, follow=True).content.decode()
    assert "In use" in page and "Jo Marsh, accounts" in page and "12345678" not in page
