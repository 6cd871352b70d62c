"""The pages of what is owed: who may open them, what they show, and the whole way from owed to received and back."""

from datetime import date

import pytest
from django.urls import reverse

from leeway.access.models import Look
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.contributions.actions import let_fall_due
from leeway.money.contributions.models import Receipt
from tests.pages import searched

TODAY = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def on_20_may(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


@pytest.fixture
def owing(case, agree, finn):
    """Ada owes £157.12 of £23.80 since 22 April."""
    plan = agree(case, (Way.COUNCIL_MANAGED, 100_01, 50), charge_pence=33_33)
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    let_fall_due(on=TODAY)
    return case


def received(client, case, **changes):
    day = {f"received_on_{part}": value for part, value in (("day", 5), ("month", 5), ("year", 2026))}
    typed = {"amount_pence": "100.00", "looked_at": "Statement 14, line 3", "owed_pence": "15712"} | day | changes
    return client.post(reverse("contributions:show", args=[case.pk, "person"]), typed, follow=True).content.decode()


def test_from_owed_to_received_to_a_mistake(owing, client, finn):
    client.force_login(finn)
    home = client.get(reverse("contributions:home")).content.decode()
    assert "Ada Bell" in home
    assert all(words in home for words in ("£157.12", "£235.71", "22 April 2026", ">28<"))
    assert "2 with “ada”" in searched(client, reverse("contributions:home"), words="ada").content.decode()
    assert "£157.12. Confirm no more than that" in received(client, owing, amount_pence="157.13").replace("owes ", "")
    assert "is in the future. Check the year" in received(client, owing, received_on_day="21")
    assert "£100.00 is recorded as received" in received(client, owing)
    again = received(client, owing)
    assert "What is owed has changed since you looked: it is £57.12 now" in again
    assert 'value="5712"' in again
    receipt = Receipt.objects.get()
    address = reverse("contributions:take_back", args=[owing.pk, "person", receipt.pk])
    assert "£100.00 of 5 May 2026 will be owed again" in client.get(address).content.decode()
    shown = client.post(address, {"reason": "Another Ada"}, follow=True).content.decode()
    assert "Not received after all" in shown
    assert "£157.12" in shown
    assert Look.objects.filter(person_id=owing.person_id, page="Contributions").exists()


@pytest.mark.parametrize("who", ["bea", "mona", "ada_user", "cyril"])
def test_nobody_else_opens_them(owing, client, request, who):
    client.force_login(request.getfixturevalue(who))
    for name, args in (("home", []), ("show", [owing.pk, "person"])):
        assert client.get(reverse(f"contributions:{name}", args=args)).status_code in (403, 404)


def test_what_does_not_exist_is_not_found(owing, another_case, client, finn):
    client.force_login(finn)
    for args in ([owing.pk, "council"], [another_case("Lena").pk, "nhs"]):
        assert client.get(reverse("contributions:show", args=args)).status_code == 404


def test_the_person_reads_what_is_promised_due_and_received(owing, client, ada_user):
    client.force_login(ada_user)
    shown = client.get(reverse("budgets:show", args=[owing.pk])).content.decode()
    assert "Promised, due and received" in shown
    row = shown[shown.index('class="govuk-table__header">You</th>') :]
    assert "£157.12" in row[: row.index("</tr>")]
    assert "Confirm what" not in shown
