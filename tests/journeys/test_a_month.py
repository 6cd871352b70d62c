"""Two finance officers go through a month: a run, the bank's answer, a payment made again, statements, and the end.

The bank is mock-bank, and both its clock and ours are turned by the test: no day of it is today.
"""

from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from django.utils import timezone

from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.commands import money
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.export import account_name
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from tests.counterparty import IBAN, Bank, bank_of_ours
from tests.journeys.keys import enter, press, tab_to, type_in
from tests.journeys.paying import approve_the_run
from tests.journeys.visitor import Visitor
from tests.money.ledger.other_programs import beancount_balances, hledger_balances

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SET_UP_ON, MADE_ON, FILLED_UP_ON, PAY_ON = date(2026, 4, 1), date(2026, 4, 21), date(2026, 4, 24), date(2026, 4, 27)
READ_ON, CAME_BACK_ON, QUEUE_ON, ENDS_ON = date(2026, 4, 28), date(2026, 4, 29), date(2026, 4, 30), date(2026, 5, 1)
AT_THE_BANK = 1_500_00  # less than the four weeks of Lena's alone, and enough for all else
WEEKLY = {"Ada": 100_00, "Lena": 400_00, "Dot": 120_00}
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.fixture(scope="module", autouse=True)
def rows_beside_the_browser():
    """Playwright keeps an event loop in this thread, beside which Django would refuse to ask its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def day(monkeypatch):
    """Turn the calendar that every page reads, and the bank's, to a day."""
    ours, read = {"today": MADE_ON}, timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *moment: read(*moment) if moment else ours["today"])

    def turn_to(on: date, bank: Bank) -> None:
        ours["today"] = on
        bank.wait_until(on)

    return turn_to


@pytest.fixture
def counterparty():
    with bank_of_ours(MADE_ON, AT_THE_BANK) as bank:
        yield bank


@pytest.fixture
def cases(case, another_case, agree, bank, finn):
    """Ada, Lena and Dot, whose direct payments begin on 22 April; the NHS pays half of Dot's."""
    found = {"Ada": case, "Lena": another_case("Lena"), "Dot": another_case("Dot")}
    for number, (name, each) in enumerate(found.items(), start=1):
        plan = agree(each, (Way.DIRECT_PAYMENT, WEEKLY[name], 50 if name == "Dot" else 0))
        bank(each, account_number=str(number) * 8, name=f"{name} Example")
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
    Case.objects.update(stage=Stage.ACTIVE)
    return found


@pytest.fixture
def visit(window, live_server):
    def as_visitor(name: str, at: str = "council.example") -> Visitor:
        visitor = window(live_server.url)
        visitor.sign_in(name, at=at, password="correct horse battery")
        return visitor

    return as_visitor


def test_a_month_of_money(cases, counterparty, day, visit, fay, ada_user, tmp_path):
    finn, second, ada = visit("finn"), visit("fay"), visit("ada", at="home.example")
    counterparty.change(behaviour="insufficient-funds")
    run, dots_payment = the_run_is_made_and_the_bank_has_it(finn, second, counterparty)
    the_bank_turns_one_down(finn, counterparty, run)
    ada.go("/home/")
    ada.is_told("On its way", "To arrive on 27 April 2026")
    later = {"days": 2, "reason": "AC04", "end_to_end_id": dots_payment}
    counterparty.change(behaviour="return-later", parameters=later)
    day(PAY_ON, counterparty)
    let_fall_due(on=PAY_ON)
    lena_is_paid_the_same_day(finn, second, counterparty)
    day(READ_ON, counterparty)
    account = the_statement_is_read_and_both_runs_confirmed(finn, counterparty)
    ada.go("/home/")
    ada.is_told("Arrived", "27 April 2026, confirmed on 28 April 2026")
    the_nhs_pays_in(counterparty)
    day(QUEUE_ON, counterparty)
    statements_in(finn, counterparty, account)
    the_queue_is_worked_by_keyboard(finn)
    day(ENDS_ON, counterparty)
    the_month_ends(finn, counterparty, account)
    the_books_hold(tmp_path)


def the_run_is_made_and_the_bank_has_it(finn: Visitor, second: Visitor, counterparty: Bank) -> tuple[str, str]:
    """Everybody's two payments in one run, the file at the bank. The run's page, and Dot's second payment."""
    finn.go("/payments/")
    finn.press("Make a payment run")
    finn.date("On which day", PAY_ON)
    finn.press("Continue")
    finn.press("Make this run")
    finn.is_told("another finance officer must approve it")
    run = finn.page.url
    approve_the_run(second, run)
    hand_to_the_bank(second, counterparty, run)
    file = ElementTree.fromstring(second.download("ISO 20022"))
    dots = [
        each.findtext(f".//{PAIN}EndToEndId")
        for each in file.iter(f"{PAIN}CdtTrfTxInf")
        if each.findtext(f"{PAIN}Cdtr/{PAIN}Nm") == "Dot Example"
    ]
    assert len(dots) == 2
    return run, dots[1]


def hand_to_the_bank(officer: Visitor, counterparty: Bank, run: str) -> None:
    officer.go(run)
    counterparty.take(officer.download("ISO 20022"))
    officer.press("The bank has the file")
    officer.press("The bank has the file")
    officer.is_told("Sent to the bank")


def give_the_answer(officer: Visitor, run: str, answer: bytes) -> None:
    officer.go(run)
    officer.follow("Give the bank’s answer")
    attach(officer, "answer.xml", answer)
    officer.press("Read it")


def attach(officer: Visitor, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/xml", "buffer": content}
    officer.page.locator("input[type=file]").set_input_files(file)


def the_bank_turns_one_down(finn: Visitor, counterparty: Bank, run: str) -> None:
    """There was not enough in the council's account; it is filled up the day before the others are booked."""
    (answer,) = counterparty.messages("pain.002")
    give_the_answer(finn, run, answer)
    finn.is_told("The bank’s answer is kept. 1 payment came back.", "5 accepted, 1 rejected")
    fund = {"debtor": {"name": "FAIRBOURNE COUNCIL"}, "note": "From general fund"}
    counterparty.is_paid(amount=3_000_00, value_date=str(FILLED_UP_ON), **fund)


def lena_is_paid_the_same_day(finn: Visitor, second: Visitor, counterparty: Bank) -> None:
    """Nothing is wrong with her account, so nothing holds her, and she need not wait for the next Bacs run."""
    finn.go("/home/")
    why = "the council’s account did not have enough money in it"
    finn.is_told(f"Came back: £1,600.00 to Lena Example, due on 27 April 2026, {why}", "or pay it the same day")
    finn.go("/payments/")
    finn.follow("Pay somebody the same day")
    finn.choose("Whom do you pay?", "Lena Example: £1,600.00")
    finn.write("Why can this not wait", "Her money is due today.")
    finn.press("Make this run")
    run = finn.page.url
    approve_the_run(second, run)
    hand_to_the_bank(second, counterparty, run)
    (answer,) = counterparty.messages("pain.002")
    give_the_answer(finn, run, answer)
    finn.is_told("No payment came back.", "1 accepted, 0 rejected")


def statements_in(officer: Visitor, counterparty: Bank, account: str) -> None:
    """Upload the statement of every day on which something moved since the last."""
    moved = [each for each in counterparty.messages("camt.053") if b"<Ntry>" in each]
    assert moved
    for statement in moved:
        officer.go(f"{account}upload/")
        attach(officer, "statement.xml", statement)
        officer.press("Keep this statement")
        officer.is_told("Kept:")


def the_statement_is_read_and_both_runs_confirmed(finn: Visitor, counterparty: Bank) -> str:
    """What names itself is matched, and each run is confirmed from it. The account's page."""
    finn.go("/money/bank/")
    finn.press("Read the statements of an account")
    finn.write("What do you call this account?", "Care payments")
    finn.write("How do its statements name it?", IBAN)
    finn.press("Continue")
    account = finn.page.url.removesuffix("upload/")
    statements_in(finn, counterparty, account)
    for run in ("Confirm run 1", "Confirm run 2"):
        finn.go("/money/bank/")
        finn.follow(run)
        finn.press(run)
        finn.is_told("is confirmed.")
    return account


def the_nhs_pays_in(counterparty: Bank) -> None:
    share_pence = -balance(Account.objects.get(kind=Kind.OWED_BY_NHS))
    nhs = {"debtor": {"name": "NHS HARBOUR ICB"}, "note": "Share of April"}
    counterparty.is_paid(amount=share_pence, value_date=str(CAME_BACK_ON), **nhs)


def the_queue_is_worked_by_keyboard(finn: Visitor) -> None:
    """From his home page to the last line without a mouse; a match that was mistaken is undone, and made again."""
    finn.go("/home/")
    enter(finn, "Bank accounts")
    enter(finn, "Care payments")
    enter(finn, "Say what the lines are")
    finn.is_told("3 lines to explain")
    enter(finn, "Begin with the oldest")
    seen = set()
    while "/lines/" in finn.page.url:
        line = finn.page.locator(".govuk-grid-column-one-third").inner_text()
        told = next(words for words in EXPLAINED if words in line)
        assert told not in seen
        seen.add(told)
        EXPLAINED[told](finn)
    assert seen == set(EXPLAINED)


def dots_money_came_back(finn: Visitor) -> None:
    finn.is_told("Accepting records that this payment came back")
    press(finn, "1")
    press(finn, "u")
    type_in(finn, "What was mistaken?", "I had not looked at the reason.")
    enter(finn, "Undo this match")
    finn.is_told("The match is undone. Its lines are open again, and every other match stands.", "Undone")
    press(finn, "1")


def the_nhs_paid_its_share(finn: Visitor) -> None:
    press(finn, "h")
    finn.is_told("Match by hand", "Why do they belong together?")
    finn.page.go_back()
    press(finn, "r")
    type_in(finn, "Name of the person", "Dot")
    enter(finn, "Find")
    tab_to(finn, "The NHS, for Dot Example")
    finn.page.keyboard.press("Space")
    enter(finn, "Confirm that it was received")


def the_account_was_filled_up(finn: Visitor) -> None:
    """The keys can be turned off, and “s” goes to the box for a part of the line."""
    tab_to(finn, "Turn the keys off")
    for words in ("Turn the keys on", "Turn the keys off"):
        finn.page.keyboard.press("Enter")
        finn.page.get_by_role("button", name=words).wait_for()
        finn.page.keyboard.press("s")
        is_there = finn.page.evaluate("document.activeElement.id") == "id_amount_pence"
        assert is_there == (words == "Turn the keys off")
    tab_to(finn, "Bank charges")
    for _ in range(3):
        finn.page.keyboard.press("ArrowDown")
    assert finn.page.get_by_label("Moved between accounts").is_checked()
    type_in(finn, "In a sentence", "From our general fund, so that there is enough.")
    enter(finn, "Explain this line")


EXPLAINED = {
    "Dot Example": dots_money_came_back,
    "NHS HARBOUR ICB": the_nhs_paid_its_share,
    "FAIRBOURNE COUNCIL": the_account_was_filled_up,
}


def the_month_ends(finn: Visitor, counterparty: Bank, account: str) -> None:
    finn.go(f"{account}month/?month=2026-04")
    finn.is_told("Every line is explained", f"the bank had £{counterparty.balance() / 100:,.2f}")


def the_books_hold(tmp_path) -> None:
    """`leeway money verify` finds nothing, and two other programs find every account's balance as we do."""
    done = CliRunner().invoke(money, ["verify"])
    assert (done.exit_code, "no findings" in done.stdout) == (0, True), done.output
    ours = {account_name(account): balance(account) for account in Account.objects.all()}
    ours = {name: pence for name, pence in ours.items() if pence}
    for format, read in (("beancount", beancount_balances), ("hledger", hledger_balances)):
        ledger = tmp_path / f"ledger.{format}"
        assert CliRunner().invoke(money, ["export-ledger", "--format", format, "-o", str(ledger)]).exit_code == 0
        assert read(ledger) == ours
