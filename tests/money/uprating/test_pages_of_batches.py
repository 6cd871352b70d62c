"""The pages of a batch: who sees which, what each says, and in how many questions."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leeway.money.uprating.states import RowState, State


@pytest.fixture
def batch(charged, batch_at):
    for name in ("Amy", "Bob", "Cid"):
        charged(name)
    return batch_at("worked out")


def read(client, name, *args):
    return client.get(reverse(f"uprating:{name}", args=args)).content.decode()


def test_whoever_looks_sees_who_loses_why_and_by_name(client, batch, finn):
    client.force_login(finn)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = read(client, "show", batch.pk)
    assert len(asked) <= 25
    for words in ("3 less", "Benefits that go up", "Amy Example", "Say what you saw", "Hidden: too few"):
        assert words in page
    row = batch.rows.first()
    both = read(client, "row", batch.pk, row.pk)
    assert "Both charges, step by step" in both and "which nobody was asked about" in both
    table = list(csv.reader(io.StringIO(read(client, "people_csv", batch.pk))))
    assert len(table) == 4 and str(row.before_pence) in table[1]
    assert batch.what_for in read(client, "home")


def test_each_step_is_taken_on_its_page_by_whose_it_is(client, batch, finn, fay, moll, bea):
    def press(who, name, **typed):
        client.force_login(who)
        answer = client.post(reverse(f"uprating:{name}", args=[batch.pk]), typed, follow=True).content.decode()
        batch.refresh_from_db()
        return answer

    client.force_login(bea)
    assert client.get(reverse("uprating:home")).status_code == 403
    assert "Say what you saw" in press(finn, "look", words="")
    press(finn, "look", words="Nobody loses more than the limit, and no group more than others.")
    assert "two others" in press(finn, "approve") and batch.state == State.LOOKED_AT
    press(fay, "approve")
    press(moll, "approve")
    assert batch.state == State.APPROVED
    press(finn, "apply")
    assert batch.state == State.APPLYING and batch.rows.filter(state=RowState.CHANGES).count() == 3
    client.force_login(finn)
    assert client.get(reverse("uprating:undo", args=[batch.pk])).status_code == 403
