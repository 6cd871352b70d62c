"""Ada's account for her direct payment, into which the first payment arrived, and whose first check is due."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.monitoring import actions
from leeway.money.monitoring.kinds import Answer
from leeway.money.monitoring.models import Check
from leeway.money.monitoring.queries import said_of, version_said
from leeway.money.payments.making import make_run
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Whose
from leeway.site.demo.statements import Entry, statement_file
from tests.money.spending.conftest import NUMBER

SET_UP_ON = date(2026, 4, 1)
FIRST_PAID = date(2026, 4, 24)
FIRST_DUE = FIRST_PAID + timedelta(weeks=14)
#: An ordinary month in and out, five times over.
CLEAN = tuple(
    Entry(FIRST_PAID + timedelta(weeks=4 * month, days=days), pence, words, who)
    for month in range(4)
    for days, pence, words, who in (
        (0, 800_00, "FAIRBOURNE COUNCIL DP", "FAIRBOURNE COUNCIL"),
        (3, -480_00, "CARD 0711", "FAIRBOURNE CARE"),
        (17, -124_00, "CARD 0711", "FAIRBOURNE POOL"),
    )
    if FIRST_PAID + timedelta(weeks=4 * month, days=days) < FIRST_DUE
)


@pytest.fixture
def account(case, agree, bank, finn, paid):
    """The account, into which the first payment of £200 a week arrived."""
    bank(case)
    start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 200_00, 0)), by=finn, on=SET_UP_ON)
    made_on = FIRST_PAID - timedelta(days=3)
    paid(make_run(pay_on=FIRST_PAID, by=finn, on=made_on), made_on)
    return statements.open_bank_account(
        whose=Whose.DEDICATED, name="Direct payment", identifier=NUMBER, case=case, by=finn, on=SET_UP_ON
    )


@pytest.fixture
def due(account, finn):
    """The first check, due on its day, of an account with these lines besides the ordinary ones."""

    def made(*rows, opening=100_00):
        lines = sorted((*CLEAN, *rows), key=lambda row: row.on)
        file = ContentFile(statement_file(NUMBER, 1, opening, lines), name="1.xml")
        statements.keep_statement(account=account, upload=file, by=finn, on=FIRST_DUE)
        actions.make_due(on=FIRST_DUE)
        return Check.objects.get()

    return made


@pytest.fixture
def say(fay):
    """Say something of what a check points out, as its page stands now."""

    def said(check, by=None, on=FIRST_DUE, **answers):
        given = {kind: actions.Said(Answer(answer), words) for kind, (answer, words) in answers.items()}
        version = version_said(check, said_of(check))
        return actions.answer(check=check, answers=given, version=version, by=by or fay, on=on)

    return said
