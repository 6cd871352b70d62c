"""A bank line that names a payment reference pays the bills of whoever has it; one that is misspelt pays nobody's."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from leeway.money.banking.statement import mapping_named
from leeway.money.bills.references import in_fours, number_in, reference_of
from leeway.money.contributions.models import Receipt
from leeway.money.payments.queries import findings
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Because, Whose
from leeway.money.statements.models import Match
from tests.money.bills.conftest import BILLED_ON, night, owed

ON = BILLED_ON[1] + timedelta(days=3)


def test_every_slip_of_one_figure_and_every_swap_of_two_is_seen():
    key = reference_of(1234567)
    for place in range(3, len(key)):
        for figure in "0123456789":
            if figure != key[place]:
                assert number_in(key[:place] + figure + key[place + 1 :]) is None
    for place in range(3, len(key) - 1):
        swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
        assert swapped == key or number_in(swapped) is None or {key[place], key[place + 1]} == {"0", "9"}
    assert number_in(in_fours(key).lower()) == 1234567


@pytest.fixture
def account(budget, finn):
    night(BILLED_ON[1])
    found = statements.open_bank_account(
        whose=Whose.COUNCIL, name="Care payments", identifier="40000187654321", by=finn, on=ON
    )
    lines = [
        f"{ON:%d/%m/%Y},STANDING ORDER,pay 0000 0018,30.00",
        f"{ON:%d/%m/%Y},PAY00000018 MRS A BELL,,4.00",
        f"{ON:%d/%m/%Y},MISS A SLIP,PAY 0000 0081,5.00",
        f"{ON:%d/%m/%Y},MRS A BELL,PAY00000018,500.00",
    ]
    file = ContentFile(("Date,Description,Reference,Amount\n" + "\n".join(lines)).encode(), name="lines.csv")
    return found, file


def test_it_is_recorded_and_matched_to_the_penny(account, budget, finn, client, monkeypatch):
    found, file = account
    before = owed(budget.case)
    statements.keep_statement(account=found, upload=file, mapping=mapping_named("day-first"), by=finn, on=ON)
    monkeypatch.setattr("leeway.money.statements.referenced_views.timezone.localdate", lambda *_: ON)
    monkeypatch.setattr("leeway.acting.timezone.localdate", lambda *_: ON)
    client.force_login(finn)
    address = reverse("statements:referenced", args=[found.pk])
    page = client.get(address).content.decode()
    assert "Record £34.00 of 2 lines" in page and "More than owed" in page and "PAY 0000 0081" not in page
    assert client.post(address).status_code == 302
    assert owed(budget.case) == before - 34_00
    assert sorted(Receipt.objects.values_list("amount_pence", flat=True)) == [4_00, 30_00]
    assert set(Match.objects.values_list("because", "matched_by")) == {(Because.EXACT_KEY, finn.pk)}
    assert statements.receive_referenced(account=found, by=finn, on=ON) == (0, 0)
    assert not list(findings())
