"""The pages of bank accounts: a month from the upload to its end, what each shows, and who may open them."""

import re
from collections import Counter
from datetime import date
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import Look, User
from leeway.access.roles import Role
from leeway.files import store
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.payments.actions import confirm_run
from leeway.money.payments.states import State
from leeway.money.statements import actions, candidates, choosing, queries, views
from leeway.money.statements.kinds import Otherwise, What, Whose
from leeway.money.statements.models import BankAccount, Match, StatementLine, Undoing
from leeway.refusal import NotAllowed
from tests.money.banking.reports import report
from tests.money.statements.conftest import LATER, NUMBER, line, read
from tests.pages import searched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_30_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: LATER)


@pytest.fixture
def finance(client, finn):
    client.force_login(finn)
    return client


@pytest.fixture
def fiona(db):
    """A finance manager, who sees what the bank says and changes nothing of it."""
    return User.objects.create_user("fiona@council.example", name="Fiona Hale", roles=[Role.FINANCE_MANAGER])


def page(client, name, /, *args, **asked):
    address = reverse(f"statements:{name}", args=args)
    response = searched(client, address, **asked) if "words" in asked else client.get(address, asked, follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client, name, /, *args, **data):
    response = client.post(reverse(f"statements:{name}", args=args), data, follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def seen_on(text):
    """The proposals that a page carries, in their order."""
    return [part.partition('"')[0] for part in text.split('name="seen" value="')[1:]]


def table(*rows):
    text = "\n".join(["Date,Description,Reference,Amount,Balance", *rows])
    return SimpleUploadedFile("april.csv", text.encode(), "text/csv")


def test_a_month_in_the_browser(finance, paid_run, on_30_april):
    assert "No statements are read yet" in page(finance, "home")
    assert "Say what you call this account" in post(finance, "open", name="", identifier="")
    text = post(finance, "open", name="Care payments", identifier=NUMBER)
    account = BankAccount.objects.get()
    assert "Upload a statement" in text and "Tell it by the headings" in text
    assert "Choose the bank’s file" in post(finance, "upload", account.pk, mapping="usual")
    left = 1000_00 - paid_run.total_pence
    ada = paid_run.payments.get(payee__account_name="Ada Example")
    back = left + ada.amount_pence
    rows = [
        f"24/04/2026,BACS FAIRBOURNE,LEEWAY-000001,-{paid_run.total_pence / 100:.2f},{left / 100:.2f}",
        f"27/04/2026,RETURNED AC04,{ada.reference},{ada.amount_pence / 100:.2f},{back / 100:.2f}",
        f"30/04/2026,CHARGES,,-5.00,{back / 100 - 5:.2f}",
    ]
    text = post(finance, "upload", account.pk, upload=table(*rows), mapping="day-first")
    assert "Kept: 3 new lines" in text
    assert "Matched by themselves: 1; proposed: 1; left to explain: 1." in text
    assert "The bank has" in text and "How long lines have not been explained" in text
    assert "This file is here already" in post(finance, "upload", account.pk, upload=table(*rows), mapping="day-first")

    text = page(finance, "home")
    assert "all of it left" in text and "1 payment came back" in text
    text = page(finance, "confirm", paid_run.pk)
    assert "Ada Example" in text and f"Confirm run {paid_run.number}" in text
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    finance.post(reverse("statements:confirm", args=[paid_run.pk]), {"seen": seen})
    paid_run.refresh_from_db()
    assert paid_run.state == State.CONFIRMED and "line 1 of 24 April 2026" in paid_run.confirmed_from

    text = page(finance, "queue", account.pk)
    assert "1 line to explain" in text and "CHARGES" in text
    charge = StatementLine.objects.get(description__contains="CHARGES")
    assert "Nothing that is open has its key" in page(finance, "line", account.pk, charge.pk)
    assert "Say what it is." in post(
        finance, "line", account.pk, charge.pk, words="Bank charges of April", seen_pence=-5_00
    )
    text = post(finance, "line", account.pk, charge.pk, kind="charges", words="Bank charges of April", seen_pence=-5_00)
    assert "The line is explained as you said." in text
    assert "£0.00 is not explained" in page(finance, "home")
    assert "Every line is explained" in page(finance, "month", account.pk, month="2026-04")
    answer = finance.get(reverse("statements:month_csv", args=[account.pk]), {"month": "2026-04"})
    assert b"Bank charges of April" in answer.content and len(answer.content.splitlines()) == 4

    match = Match.objects.get(parts__line=charge)
    assert "Say what was mistaken" in post(finance, "match", account.pk, match.pk, reason="")
    text = post(finance, "match", account.pk, match.pk, reason="It is the card's charge.")
    assert "every other match stands" in text and "Undone" in text
    assert "This match was undone" in page(finance, "match", account.pk, match.pk)


def test_a_proposal_is_accepted_as_it_was_seen_and_once(finance, paid_run, keep, account):
    ben = paid_run.payments.get(payee__account_name="Ben Example")
    keep(read(line(-ben.amount_pence, counterparty="Example Ben"), line(-1_00, 25)))
    row = StatementLine.objects.get(amount_pence=-ben.amount_pence)
    text = page(finance, "line", account.pk, row.pk)
    seen = seen_on(text)[0]
    assert 'data-key="1"' in text and "is like" in text and 'data-key="n"' in text
    assert "Open the page again" in post(finance, "accept", account.pk, row.pk, seen=f"{seen[:-3]}abc")
    assert not Match.objects.exists()
    text = post(finance, "accept", account.pk, row.pk, seen=seen)
    assert "Matched: Payment" in text and "Undo your last match (u)" in text
    assert "not open any more" in post(finance, "accept", account.pk, row.pk, seen=seen)
    assert Match.objects.count() == 1
    charge, part = StatementLine.objects.get(amount_pence=-1_00), {"amount_pence": "0.40", "seen_pence": -1_00}
    text = post(finance, "line", account.pk, charge.pk, kind="charges", words="Bank charges of April", **part)
    assert "£0.60 of the line is still open" in text and "£1.00 went out" in text


def test_whatever_a_form_says_of_a_thing_finds_it(paid_run, keep, account, finn):
    """Its name, its reference, whom it is paid to and its amount: the database finds it by each word of them."""
    ada = paid_run.payments.get(payee__account_name="Ada Example")
    confirm_run(run=paid_run, confirmed_from="Bacs report", returned={ada.reference: "wrong number"}, by=finn, on=LATER)
    keep(read(line(-1_00)))
    row = StatementLine.objects.get()

    def found(words):
        return choosing.to_match_by_hand(account, row.pk, words, seen_by=finn).things

    things = found("")
    assert Counter(each.thing.what for each in things) == {What.SENT: 3, What.RETURNED: 1, What.RUN: 1}
    for thing in things:
        for word in (*thing.called.split(), *thing.names, pounds(abs(thing.open_pence))):
            assert thing in found(word), word
            assert thing not in found(f"{word} %")
    assert [each.thing.what for each in found("CAME Ada")] == [What.RETURNED]


def test_of_many_payments_of_an_amount_the_first_few_are_looked_at_and_those_of_its_name(
    paid_run, keep, account, finn, monkeypatch
):
    """Thousands are of one amount and day in a large run: a page reads no more of them than it can propose."""
    first, last = paid_run.payments.filter(amount_pence=71_43).order_by("place")
    lines = [line(-71_43, 30, counterparty=f" {each.account_name.upper()}. ") for each in (first, last)]
    keep(read(*lines))

    def proposed():
        items = queries.queue(account, seen_by=finn)
        return [{thing.id for each in item.proposals for thing, _ in each.things} for item in items]

    assert proposed() == [{first.pk, last.pk}] * 2
    monkeypatch.setattr(candidates, "LOOKED_AT", 0)
    assert proposed() == [{first.pk, last.pk}] * 2, "the first of that day, and the one of the name"
    actions.explain(
        line=account.lines.get(counterparty__contains=last.account_name.upper()),
        kind=Otherwise.OTHER,
        words="A second one",
        by=finn,
        on=LATER,
    )
    assert proposed() == [{first.pk}], "nobody asks for the other"


def test_matching_by_hand_finds_things_by_words(finance, paid_run, keep, account):
    keep(read(line(-100_00), line(-(paid_run.total_pence - 100_00), 25)))
    rows = list(StatementLine.objects.order_by("place"))
    text = page(finance, "by_hand", account.pk, rows[0].pk)
    assert "run 1" in text
    run = f"run:{paid_run.pk}"
    lines = [str(row.pk) for row in rows]
    assert "equal, to the penny" in post(
        finance, "by_hand", account.pk, rows[0].pk, lines=lines[:1], things=[run], why="Two debits of one run"
    )
    assert "Nothing that is open has these words" in page(finance, "by_hand", account.pk, rows[0].pk, words="Zed")
    post(finance, "by_hand", account.pk, rows[0].pk, lines=lines, things=[run], why="Two debits of one run")
    assert Match.objects.get().parts.count() == 3


def test_of_an_ordinary_account_nothing_is_kept_before_it_is_picked(finance, case, finn, monkeypatch):
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    text = post(finance, "open_of", case.pk, whose=Whose.ORDINARY, name="Current account", identifier="11112222")
    own = BankAccount.objects.get()
    assert "Nothing of this file is kept until" in text
    file = table("01/04/2026,TAXI,,-8.50,100.00", "02/04/2026,PRIVATE,,-30.00,70.00")
    text = post(finance, "upload", own.pk, to_pick_from=file, mapping="day-first")
    assert "TAXI" in text and "PRIVATE" in text and not StatementLine.objects.exists()
    laid_out = text.partition('name="laid_out" value="')[2].partition('"')[0]
    assert "Pick at least one line" in post(finance, "pick", own.pk, laid_out=laid_out)
    text = post(finance, "pick", own.pk, laid_out=laid_out, places=["1"])
    assert "Keep this line?" in text and "PRIVATE" not in text and not StatementLine.objects.exists()
    post(finance, "pick", own.pk, laid_out=laid_out, places=["1"], step="keep")
    assert [row.description for row in own.lines.all()] == ["TAXI"] and not own.statements.exclude(file=None).exists()
    assert "changed on their way. Nothing was kept" in post(finance, "pick", own.pk, laid_out="x")


def test_looks_are_noted_and_nobody_else_comes_in(finance, client, paid_run, keep, account, bea, cyril):
    ben = paid_run.payments.get(payee__account_name="Ben Example")
    keep(read(line(-ben.amount_pence, counterparty="Example Ben")))
    row = StatementLine.objects.get()
    page(finance, "line", account.pk, row.pk)
    person = ben.instalment.part.budget.case.person_id
    assert Look.objects.filter(named__contains=[person], page="A line of Care payments").exists()
    for user in (bea, cyril):
        client.force_login(user)
        for name, *args in (
            ("home",),
            ("account", account.pk),
            ("line", account.pk, row.pk),
            ("month_csv", account.pk),
        ):
            assert client.get(reverse(f"statements:{name}", args=args)).status_code == 403


def test_pages_need_few_queries(finance, finn, paid_run, keep, account, django_assert_max_num_queries):
    keep(read(*(line(-(100 + number), 25) for number in range(40))))
    row = StatementLine.objects.first()
    for most, name, *args in (
        (25, "home"), (25, "account", account.pk), (25, "queue", account.pk), (25, "line", account.pk, row.pk),
        (20, "month", account.pk),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            page(finance, name, *args)
    actions.explain(line=row, kind=Otherwise.CHARGES, words="Charges of April", by=finn, on=LATER)
    other = StatementLine.objects.last()
    of_line = [(name, account.pk, other.pk) for name in ("line", "by_hand", "received")]
    for name, *args in (*of_line, ("match", account.pk, Match.objects.get().pk), ("upload", account.pk)):
        text = " ".join(re.sub("<[^>]+>", " ", page(finance, name, *args)).split())
        assert "of Care payments is not explained, in 39 lines." in text, name


def test_bank_accounts_are_asked_at_once_and_peoples_are_searched_and_paged(
    finance, finn, paid_run, keep, account, monkeypatch
):
    def home(**data):
        with CaptureQueriesContext(connection) as asked:
            text = page(finance, "home", **data).partition("<main")[2]
        return text, len(asked)

    ada, ben, cat = paid_run.payments.order_by("payee__account_name")

    def opened(name, number, payment=None):
        case = {"whose": Whose.DEDICATED, "case": payment.case} if payment else {"whose": Whose.COUNCIL}
        one = actions.open_bank_account(name=name, identifier=f"4242424200{number}", by=finn, on=LATER, **case)
        keep(read(line(-1_00 * number, 24), account=one.identifier), of=one)

    keep(read(line(-paid_run.total_pence, reference="LEEWAY-000001")))
    opened("Care account", 1, ada)
    assert "all of it left" in (text := home()[0]) and "−£1.00" in text and "Find by" not in text
    asked = home()[1]
    opened("Cards", 2), opened("Rent", 3), opened("Care account", 4, ben), opened("Holiday pay", 5, cat)
    text, more = home()
    assert more == asked <= 25, "however many accounts there are"
    assert text.index("Rent") < text.index("People’s accounts") < text.index("Ada Example") < text.index("Cat Example")
    monkeypatch.setattr(views, "ACCOUNTS_A_PAGE", 2)
    first, second = home()[0], home(page=2)[0]
    assert "3 accounts" in first and "Ben Example" in first and "Cat Example" not in first and "Rent" in first
    assert "Cat Example" in second and "Ben Example" not in second and "Rent" in second
    assert Look.objects.filter(page="Bank accounts").latest("at").named == [cat.case.person_id]
    text, _ = home(words="holiday")
    assert "1 account with “holiday”" in text and "Cat Example" in text and "Ada Example" not in text
    assert "Ben Example" in (text := home(words="ben")[0]) and "Cat Example" not in text
    for words in ("zed", "31 February 1950"):
        assert f"No account of a person’s has “{words}”" in home(words=words)[0]


def test_lines_that_nobody_explained_are_todays_work(finance, fiona, finn, keep, account):
    def home():
        with CaptureQueriesContext(connection) as asked:
            text = finance.get(reverse("home")).content.decode()
        return text.partition("<main")[2], len(asked)

    assert "Explain:" not in home()[0]
    keep(read(line(-1_00, 20), line(2_50, 24), line(-3_00, 25)))
    text, asked = home()
    assert reverse("statements:queue", args=[account.pk]) in text and "3 lines of Care payments" in text
    assert "£2.50 came in and £4.00 went out" in text and "The oldest is 10 days old." in text
    other = actions.open_bank_account(whose=Whose.COUNCIL, name="Cards", identifier="99887766554433", by=finn, on=LATER)
    keep(read(line(-9_00, 30), account="99887766554433"), of=other)
    text, more = home()
    assert "1 line of Cards" in text and "£9.00 went out, and nobody has said what it is" in text
    assert "The oldest is of today." in text and text.index("Care payments") < text.index("Cards")
    assert more == asked <= 25, "however many accounts there are"
    finance.force_login(fiona)
    assert "3 lines of Care payments" in home()[0]
    for row in StatementLine.objects.filter(account=account):
        actions.explain(line=row, kind=Otherwise.CHARGES, words="Charges of April", by=finn, on=LATER)
    assert "of Care payments" not in home()[0] and "1 line of Cards" in home()[0]


def test_the_queue_is_searched_and_sorted(finance, keep, account):
    keep(
        read(
            line(-9_00, 20, counterparty="Oakfield Homes"), line(-1_250_00, 22, reference="CARD 100%"),
            line(40_00, 24, description="Refund of oakfield"), line(-9_00, 25, description="Fees"),
        )
    )  # fmt: skip

    def amounts(**asked):
        text = page(finance, "queue", account.pk, **asked).partition("<tbody")[2].partition("</tbody")[0]
        return re.findall('data-label="Open">([^<]+)<', text)

    assert amounts() == ["−£9.00", "−£1,250.00", "£40.00", "−£9.00"]
    assert amounts(sort="newest") == amounts()[::-1]
    assert amounts(sort="largest") == ["−£1,250.00", "£40.00", "−£9.00", "−£9.00"]
    assert amounts(words="OAKFIELD", sort="newest") == ["£40.00", "−£9.00"]
    assert amounts(words="oakfield £9.00") == ["−£9.00"] and amounts(words="1,250.00") == ["−£1,250.00"]
    assert amounts(words="100%") == ["−£1,250.00"] and amounts(words="%") == ["−£1,250.00"]
    text = page(finance, "queue", account.pk, words="oakfield", sort="largest")
    assert len(re.findall("queue=search%3D[0-9A-Za-z_-]{8}%26sort%3Dlargest", text)) == 3
    assert "4 lines to explain" in text and "2 lines with “oakfield”, the largest first" in text
    assert "No line that is not explained has “zed”" in page(finance, "queue", account.pk, words="zed")
    assert "Choose one of these orders" in page(finance, "queue", account.pk, sort="sideways")
    assert amounts(words="9" * 100) == [] and amounts(words="\x00") == amounts()


def test_what_is_next_is_next_of_what_was_searched_for_as_it_was_sorted(finance, keep, account):
    keep(
        read(
            line(-9_00, 20, description="Oak fees"), line(-30_00, 21, description="Oak rent"), line(-5_00, 22),
            line(-20_00, 23, description="Oak rates"), line(-20_00, 24, description="Oak lights"),
        )
    )  # fmt: skip
    rows = {row.description.removeprefix("Oak ") or "none": row for row in StatementLine.objects.all()}

    def next_of(name, **asked):
        text = finance.get(reverse("statements:line", args=[account.pk, rows[name].pk]), asked).content.decode()
        found = re.search('data-key="n" href="([^"]+)"', text)[1].replace("&amp;", "&")
        return next(each for each, row in rows.items() if str(row.pk) in found), found.partition("?")[2]

    def all_from(name, **asked):
        found = [name]
        while (after := next_of(found[-1], **asked)[0]) != found[0]:
            found.append(after)
        return found

    assert all_from("fees") == ["fees", "rent", "none", "rates", "lights"]
    assert all_from("lights", queue="sort=newest") == all_from("fees")[::-1]
    assert all_from("rent", queue="sort=largest") == ["rent", "rates", "lights", "fees", "none"]
    address = reverse("statements:queue", args=[account.pk])
    search = searched(finance, address, words="oak").redirect_chain[0][0].partition("search=")[2]
    asked = {"queue": f"search={search}&sort=largest"}
    assert all_from("rent", **asked) == ["rent", "rates", "lights", "fees"]
    kept = urlencode(asked)
    assert next_of("rent", **asked) == ("rates", kept)
    assert next_of("rent", queue="sort=sideways")[1] == ""

    def explained(name):
        address = reverse("statements:line", args=[account.pk, rows[name].pk])
        said = {"kind": "charges", "words": "Charges of the oak", "seen_pence": rows[name].amount_pence}
        return finance.post(f"{address}?{kept}", said).headers["Location"]

    for name, after in (("rates", "lights"), ("rent", "lights"), ("lights", "fees")):
        assert explained(name) == f"{reverse('statements:line', args=[account.pk, rows[after].pk])}?{kept}"
    queue = f"{address}?search={search}&sort=largest"
    assert (
        explained("fees") == queue and "No line that is not explained has “oak”" in finance.get(queue).content.decode()
    )
    by_hand = finance.get(f"{reverse('statements:by_hand', args=[account.pk, rows['none'].pk])}?{kept}")
    assert f'name="queue" value="search={search}&amp;sort=largest"' in by_hand.content.decode()


def test_a_run_is_confirmed_from_what_the_bank_says(finance, fiona, paid_run, account, keep):
    """Finance's home leads to what there is to do, not to a form that asks what one looked at."""
    address = reverse("statements:confirm", args=[paid_run.pk])
    assert address in finance.get(reverse("home")).content.decode()
    assert address in finance.get(reverse("payments:show", args=[paid_run.pk])).content.decode()
    text = page(finance, "confirm", paid_run.pk)
    assert "is read not at all yet" in text and reverse("statements:upload", args=[account.pk]) in text
    assert reverse("payments:answer", args=[paid_run.pk]) in text and "No answer to its file is read yet" in text
    assert reverse("payments:confirm", args=[paid_run.pk]) in text and "Confirm run 1</button>" not in text
    keep(read(line(-5_00, 20), last=date(2026, 4, 23)))
    text = page(finance, "confirm", paid_run.pk)
    assert "is read up to 23 April 2026" in text and "Read the statement of 24 April 2026" in text
    keep(read(line(-paid_run.total_pence, 24), opening=995_00, number="2"))
    text = page(finance, "confirm", paid_run.pk)
    assert "is read up to 24 April 2026" in text and reverse("statements:queue", args=[account.pk]) in text
    finance.force_login(fiona)
    text = page(finance, "confirm", paid_run.pk)
    assert reverse("statements:upload", args=[account.pk]) not in text
    assert "Only a finance officer" in post(finance, "confirm", paid_run.pk, seen="0" * 64)
    assert "what it showed cannot be read" in post(finance, "confirm", paid_run.pk, seen="what it says")
    paid_run.refresh_from_db()
    assert paid_run.state == State.SENT


def test_an_answer_of_the_bank_is_told_where_it_belongs(finance, account):
    for content, said in (
        (report(about="LEEWAY-000017"), "on the page of payment run LEEWAY-000017, at “Give the bank’s answer”"),
        (report(about="?"), "on the page of its payment run"),
    ):
        text = post(finance, "upload", account.pk, upload=SimpleUploadedFile("answer.xml", content), mapping="usual")
        assert "the bank’s answer to a payment run (pain.002), and no statement" in text and said in text


def test_a_month_is_named_or_refused_by_name(finance, keep, account):
    keep(read(line(-1_00, 25, month=2), line(-2_00, 24)))
    text = page(finance, "month", account.pk)
    assert "1 line not explained" in text and "?month=2026-03" in text and "?month=2026-05" not in text
    text = page(finance, "month", account.pk, month="2026-03")
    assert "No lines in this month" in text and "?month=2026-02" in text and "?month=2026-04" in text
    text = page(finance, "month", account.pk, month="2026-02")
    assert "1 line not explained" in text and "?month=2026-01" not in text and "February 2026" in text
    for asked, said in (
        ("2026-13", "“2026-13” is no month. Enter its year and its number, like 2026-04."),
        ("abc", "“abc” is no month."),
        ("0000-01", "“0000-01” is no month."),
        ("２026-04", "is no month."),
        ("2026-04" * 9, "Enter a month: its year and its number"),
        ("", "Enter a month: its year and its number"),
        ("2026-05", "Month that begins on: 1 May 2026 is in the future."),
        ("9999-12", "1 December 9999 is in the future."),
        ("1066-10", "1 October 1066 is more than 20 years ago."),
    ):
        text = page(finance, "month", account.pk, month=asked)
        assert said in text and "There is a problem" in text, asked
        assert "not explained" not in text.partition("<main")[2], asked
        assert said in page(finance, "month_csv", account.pk, month=asked)


def test_a_finance_manager_sees_the_bank_and_changes_nothing(client, fiona, finn, paid_run, keep, account):
    ben = paid_run.payments.get(payee__account_name="Ben Example")
    keep(read(line(-ben.amount_pence, counterparty="Example Ben"), line(-1_00, 25)))
    row, charge = StatementLine.objects.order_by("place")
    match = actions.explain(line=charge, kind=Otherwise.CHARGES, words="Charges of April", by=finn, on=LATER)
    client.force_login(fiona)
    seen = [
        page(client, name, *args)
        for name, *args in (
            ("home",), ("account", account.pk), ("queue", account.pk), ("line", account.pk, row.pk),
            ("line", account.pk, charge.pk), ("match", account.pk, match.pk), ("month", account.pk),
        )
    ]  # fmt: skip
    assert "is like" in seen[3] and "Charges of April" in seen[4] and "1 line not explained" in seen[6]
    for text in seen:
        main = text.partition("<main")[2]
        assert 'method="post"' not in main
        for word in ("Upload", "Undo", "Accept", "Explain this", "Split", "Match several", "Begin with", "Confirm run"):
            assert word not in main, word
    assert b"Charges of April" in client.get(reverse("statements:month_csv", args=[account.pk])).content

    refused = "Only a finance officer can take in bank statements or say what their lines are."
    typed = {"kind": "charges", "words": "Bank charges of April", "seen_pence": row.amount_pence}
    assert refused in post(client, "line", account.pk, row.pk, **typed)
    assert refused in post(client, "match", account.pk, match.pk, reason="It is mistaken.")
    for name, *args in (
        ("open",), ("upload", account.pk), ("accept", account.pk, row.pk), ("by_hand", account.pk, row.pk),
        ("received", account.pk, row.pk), ("columns",),
    ):  # fmt: skip
        assert client.post(reverse(f"statements:{name}", args=args)).status_code == 403, name
    with pytest.raises(NotAllowed):
        actions.undo(match=match, reason="It is mistaken.", by=fiona, on=LATER)
    assert Match.objects.get() == match and not Undoing.objects.exists()


def test_a_month_of_many_lines_is_shown_in_pages_what_is_open_first(finance, paid_run, keep, account, monkeypatch):
    monkeypatch.setattr(views, "LINES_A_PAGE", 2)
    ada, ben, cat = paid_run.payments.order_by("payee__account_name")
    named = [line(-each.amount_pence, reference=each.reference) for each in (ada, ben, cat)]
    keep(read(*named, line(-1_00, 25), line(-2_00, 26)))
    first, second, third = (page(finance, "month", account.pk, month="2026-04", page=number) for number in (1, 2, 3))
    assert "2 lines not explained" in first and "−£1.00" in first and "−£2.00" in first and ada.reference not in first
    assert ada.reference in second and ben.reference in second and cat.reference in third
    assert "month=2026-04&amp;page=3" in first or "page=3&amp;month=2026-04" in first
    answer = finance.get(reverse("statements:month_csv", args=[account.pk]), {"month": "2026-04"})
    assert [row.split(",")[4] for row in answer.content.decode().splitlines()[1:]] == [
        str(-each) for each in (ada.amount_pence, ben.amount_pence, cat.amount_pence, 1_00, 2_00)
    ]


def test_a_large_statement_is_read_by_a_job_and_so_is_its_run_confirmed(
    finance, account, paid_run, settings, work, django_capture_on_commit_callbacks
):
    settings.AT_ONCE_MOST = 1
    rows = [f"24/04/2026,BACS FAIRBOURNE,LEEWAY-000001,-{paid_run.total_pence / 100:.2f},800.00"]
    rows += ["30/04/2026,CHARGES,,-5.00,795.00"]
    said = {"upload": table(*rows), "mapping": "day-first"}
    assert "This waits for its turn." in post(finance, "upload", account.pk, **said)
    [job] = Job.objects.all()
    assert (job.arguments["account"], job.arguments["mapping"]) == (str(account.pk), "day-first")
    post(finance, "upload", account.pk, upload=table(*rows), mapping="day-first")
    text = page(finance, "account", account.pk)
    assert "A statement is being read: waits for its turn." in text and "Upload a statement" not in text
    assert "A statement is being read" in page(finance, "queue", account.pk)
    assert not StatementLine.objects.exists() and Job.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        work()
    job.refresh_from_db()
    assert job.result_sentence.startswith("Kept: 2 new lines") and job.result_address.endswith(f"{account.pk}/")
    [kept] = account.statements.all()
    assert kept.file.name == "april.csv" and store.fetch(kept.file.digest) is not None
    assert store.fetch(job.arguments["given"]) is None, "what was laid by is let go"

    seen = seen_on(page(finance, "confirm", paid_run.pk))[0]
    assert "This waits for its turn." in post(finance, "confirm", paid_run.pk, seen=seen)
    charge = StatementLine.objects.get(description__contains="CHARGES")
    assert "Payment run 1" in page(finance, "confirm", paid_run.pk), "its page says what is under way"
    work()
    paid_run.refresh_from_db()
    assert paid_run.state == State.CONFIRMED and "line 1 of 24 April 2026" in paid_run.confirmed_from
    post(finance, "upload", account.pk, upload=table("27/04/2026,A,,1.00,796.00", "28/04/2026,B,,1.00,797.00"))
    said = {"kind": "charges", "words": "Bank charges of April", "seen_pence": -5_00}
    assert "“Read a bank statement” is under way, as Finn Walsh asked." in post(
        finance, "line", account.pk, charge.pk, **said
    )
    Job.objects.filter(kind="keep_statement").update(state="done", ended_at=timezone.now())
    post(finance, "upload", account.pk, upload=table("27/04/2026,A,,1.00,797.00", "28/04/2026,B,,one,797.00"))
    work()
    failed = Job.objects.get(state="failed")
    text = finance.get(reverse("jobs:show", args=[failed.pk])).content.decode()
    assert "is not an amount" in text and "Try the same again" in text
    assert f'href="{reverse("statements:upload", args=[account.pk])}"' in text, "another file can be given"
