"""The pages of a person's account: who opens them, what they say to whom, and what is done on them without scripts."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leeway.care.people.actions import add_relationship
from leeway.care.people.leave import accept_leave, end_leave, give_leave
from leeway.care.people.models import Case, LeaveFor, Person
from leeway.money.banking.statement import Line
from leeway.money.recovery.content import EASY as EASY_NOTICE
from leeway.money.spending import actions, queries
from leeway.money.spending.content import EASY
from leeway.money.spending.kinds import ForWhat, Kept
from leeway.money.statements.actions import keep_picked, open_bank_account
from leeway.money.statements.models import BankAccount
from leeway.refusal import NotAllowed
from leeway.site.demo.statements import Entry, statement_file
from leeway.versions import version_of
from tests.files.making import picture
from tests.money.spending.conftest import MAY, NUMBER, ON, SHOP, SWIMMING, WAGES
from tests.site.test_doors import LEAD_TO_PEOPLE, filled
from tests.site.test_easy_words import HARD, LETTERS_MOST, WORDS_MOST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_31_may(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)


@pytest.fixture
def active(case, may):
    Case.objects.filter(pk=case.pk).update(stage="active")
    return case


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


@pytest.fixture
def opened(client, active):
    """A page of the account, as somebody."""

    def page(user, name="show", *args, status=200, **asked):
        client.force_login(user)
        answer = client.get(reverse(f"spending:{name}", args=[active.pk, *args]), asked)
        assert answer.status_code == status
        return answer

    return page


def test_each_who_may_sees_the_account_and_strangers_do_not(opened, ada_user, tom, bea, finn, case):
    actions.set_aside(case=case, kind=Kept.HOLIDAY, amount_pence=80_00, reason="Sam’s holiday", by=ada_user, on=ON)
    own, helper = words(opened(ada_user)), words(opened(tom))
    assert "£69.85 to spend of £149.85 in the account; set aside £80.00 for holiday pay" in own
    assert "£800.00 came in, and £750.15 went out. Of 4 payments nobody has said yet what they were for" in own
    assert "Money that you keep" in own and "Money that Ada keeps" in helper
    for staff in (bea, finn):
        assert "Not said yet" in words(opened(staff))


def test_another_has_nothing_of_it(opened, cyril):
    opened(cyril, status=404)


@pytest.mark.parametrize("month", ["2026-13", "x", "1066-01", "2026-05; DROP"])
def test_a_month_that_is_none_shows_the_last_one(opened, ada_user, month):
    assert "£800.00 came in" in words(opened(ada_user, month=month))


def test_what_is_proposed_is_said_with_one_press_and_a_photo_is_added(client, active, line_of, entry_of, ada_user):
    client.force_login(ada_user)
    line = line_of(SWIMMING)
    at = reverse("spending:line", args=[active.pk, line.pk])
    page = client.get(at).content.decode()
    assert "Perhaps it was for Swimming?" in page
    fields = dict(re.findall(r'<input type="hidden" name="(what|words)" value="([^"]*)"', page))
    client.post(at, {**fields, "version": "0"})
    assert entry_of(SWIMMING).for_what == "Swimming"
    receipt = reverse("spending:receipt", args=[active.pk, line.pk])
    assert 'capture="environment"' in client.get(receipt).content.decode()
    photo = SimpleUploadedFile("receipt.jpg", picture("JPEG"), "image/jpeg")
    assert client.post(receipt, {"photo": photo}).status_code == 302
    attached = entry_of(SWIMMING).receipts[0]
    assert client.get(reverse("files:show", args=[attached.file_id])).status_code == 200
    nothing = client.post(receipt, {"csrfmiddlewaretoken": ""}).content.decode()
    assert "Take a photo, or choose a file." in nothing
    client.post(reverse("spending:take_off", args=[active.pk, line.pk, attached.pk]))
    client.post(reverse("spending:take_back", args=[active.pk, line.pk]))
    assert entry_of(SWIMMING).for_what == "Not said yet" and not entry_of(SWIMMING).receipts


def test_a_strangers_receipt_is_nobodys(client, active, line_of, ada_user, cyril):
    photo = SimpleUploadedFile("receipt.jpg", picture("JPEG"), "image/jpeg")
    attached = actions.attach_receipt(line=line_of(SHOP), upload=photo, by=ada_user, on=ON)
    client.force_login(cyril)
    assert client.get(reverse("files:show", args=[attached.file_id])).status_code == 404


def test_a_question_goes_to_the_worker_and_the_answer_comes_back_to_the_payment(client, active, line_of, ada_user, bea):
    client.force_login(ada_user)
    client.post(reverse("spending:ask", args=[active.pk, line_of(SHOP).pk]), {"words": "May I buy two?"})
    client.force_login(bea)
    home = client.get("/home/").content.decode()
    assert "Answer what was asked about a payment" in home and reverse("spending:show", args=[active.pk]) in home
    question = queries.open_questions(active).get()
    at = reverse("spending:answer", args=[active.pk, question.pk])
    assert "May I buy two?" in client.get(at).content.decode()
    client.post(at, {"answer": "Yes, both of them."})
    client.force_login(ada_user)
    page = client.get(reverse("spending:line", args=[active.pk, line_of(SHOP).pk]))
    assert "Yes, both of them." in words(page)


def test_money_is_set_aside_and_no_longer(client, active, ada_user):
    client.force_login(ada_user)
    at = reverse("spending:set_aside", args=[active.pk])
    wrong = client.post(at, {"kind": "tax", "amount_pence": "nothing", "reason": "Tax of May"}).content.decode()
    assert "How much: enter an amount in pounds and pence" in unescape(wrong)
    client.post(at, {"kind": "tax", "amount_pence": "96.15", "reason": "Tax of May"})
    aside = active.set_aside.get()
    assert aside.amount_pence == 96_15
    client.post(reverse("spending:no_longer", args=[active.pk, aside.pk]), {"reason": "It is paid"})
    assert queries.set_aside_on(active, ON) == []


def test_the_first_page_says_what_is_left_and_which_receipt_is_asked_for(client, active, line_of, ada_user):
    version = queries.version_said(None)
    actions.say(line=line_of(SHOP), kind=ForWhat.ELSE, words="A wheel", version=version, by=ada_user, on=ON)
    actions.say(line=line_of(SWIMMING), kind=ForWhat.ELSE, words="A swim", version=version, by=ada_user, on=ON)
    client.force_login(ada_user)
    home = words(client.get("/home/"))
    assert "£149.85 to spend of £149.85" in home
    assert "Add a photo of the receipt for “A wheel, 21 May 2026”" in home and "A swim" not in home


def test_the_statement_of_a_month_adds_up_and_is_in_the_persons_format(opened, case, line_of, ada_user):
    actions.say(line=line_of(WAGES), kind=ForWhat.WAGES, version=0, by=ada_user, on=ON)
    actions.set_aside(case=case, kind=Kept.HOLIDAY, amount_pence=80_00, reason="Sam’s holiday", by=ada_user, on=ON)
    Person.objects.filter(pk=case.person_id).update(communication_needs=["easy_read", "large_print"])
    page = words(opened(ada_user, "statement", "2026-05"))
    assert "In the account when 1 May 2026 began £100.00" in page and "Not said yet £270.15" in page
    assert "Left to spend £69.85" in page and "You can spend £69.85." in page and "Wages £480.00" in page
    pdf = opened(ada_user, "statement_pdf", "2026-05")
    assert pdf.headers["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    opened(ada_user, "statement", "2026-06", status=404)
    opened(ada_user, "statement", "nothing", status=404)


def test_what_an_everyday_account_paid_stands_beside_and_is_counted_once(opened, case, paid_too, line_of, ada_user):
    """It is not in the balance of the account, and may have been paid back out of it."""
    actions.say(line=paid_too, kind=ForWhat.ELSE, words="A taxi", version=0, by=ada_user, on=ON)
    page, letter = words(opened(ada_user)), words(opened(ada_user, "statement", "2026-05"))
    assert "£800.00 came in, and £750.15 went out. £18.40 was paid from an everyday account." in page
    assert "Went out £750.15" in letter and "Besides, £18.40 was paid from an everyday account" in letter
    assert "CARS Something else: A taxi From an everyday account: not of this one −£18.40" in letter
    assert not queries.said_as_spent(case).exists()


@pytest.fixture
def paid_too(case, ada_user):
    """A line of an everyday account that Ada picked."""
    account = open_bank_account(
        whose="ordinary", name="Mine", identifier="11-22-33 11112222", case=case, by=ada_user, on=ON
    )
    spent = Line(booked_on=ON, amount_pence=-18_40, reference="CARD", description="CARS")
    keep_picked(account=account, lines=[spent], format="CSV", places=[1], by=ada_user, on=ON)
    return account.lines.get()


@pytest.mark.parametrize("sentence", [*EASY.values(), *EASY_NOTICE])
def test_the_easy_words_of_letters_are_easy(sentence):
    plain = re.sub(r"\{\w+\}", "£5", sentence)
    assert len(plain.split()) <= WORDS_MOST and plain.endswith(".") and plain.count(".") == 1
    assert not HARD.search(plain.lower()) and max(map(len, re.findall(r"\w+", plain))) <= LETTERS_MOST


@pytest.fixture
def firm(case, active, bea):
    """A payroll firm that Ada wants to run her account, and that accepted with her name."""
    details = {"name": "Fairshare Payroll", "kind": "organisation", "starts_on": ON}
    runs = add_relationship(case=case, details=details, by=bea, on=ON)
    runs = give_leave(
        case=case, relationship=runs, email="pay@firm.example", agreed="Ada said so at a visit.",
        leave_for=LeaveFor.ACCOUNT, site_address="", version=version_of(runs), by=bea, on=ON,
    )  # fmt: skip
    accept_leave(relationship=runs, family_name="Bell", version=version_of(runs), by=runs.user, on=ON)
    runs.refresh_from_db()
    return runs


@pytest.fixture
def send(client, case, budget):
    """Send a statement on its page, as somebody; what the page says then."""
    Case.objects.filter(pk=case.pk).update(stage="active")

    def sent(user, rows, number=1, status=200, **said):
        client.force_login(user)
        file = SimpleUploadedFile(f"{number}.xml", statement_file(NUMBER, number, 100_00, rows))
        given = {"upload": file, "mapping": "", **said}
        answer = client.post(reverse("spending:send", args=[case.pk]), given, follow=True)
        assert answer.status_code == status
        return words(answer)

    return sent


def test_with_the_first_statement_that_somebody_sends_their_account_is_known(case, send, finn, cyril):
    ada = case.person.user
    assert "Enter its sort code and account number" in send(ada, MAY)
    assert "There is a problem" in send(ada, MAY, identifier="99-88-77 66554433")
    send(cyril, MAY, status=404, identifier=NUMBER)
    assert not BankAccount.objects.exists()
    assert "5 new lines are here now, until 21 May 2026" in send(ada, MAY, identifier=NUMBER)
    account = BankAccount.objects.get(case=case)
    assert (account.opened_by, account.lines.count()) == (ada, 5)
    file = ContentFile(statement_file(NUMBER, 3, 100_00, MAY[:1]), name="3.xml")
    for nobody in (cyril, finn):  # finance has a page of its own, that lists what is open
        with pytest.raises(NotAllowed):
            actions.send_statement(
                case=case, account=account, identifier="", upload=file, mapping=None, by=nobody, on=ON
            )


def test_a_firm_with_leave_sends_the_next_and_nothing_counts_twice(send, firm, account, settings):
    later = [Entry(date(2026, 5, 28), -9_00, "CARD 0711", "FAIRBOURNE POOL")]
    assert "Choose the account" in send(firm.user, later, 2)
    assert "1 new line is here now, until 28 May 2026" in send(firm.user, later, 2, account=account.pk)
    assert "There is a problem" in send(firm.user, later, 2, account=account.pk)
    settings.AT_ONCE_MOST = 1
    assert "Send fewer months at once" in send(firm.user, MAY, 3, account=account.pk)
    assert account.lines.count() == 6


def test_part_by_part_somebody_takes_over_what_another_does_for_them(opened, client, active, firm):
    """A supported account is a stepping stone: who does what is said, and how it came about is kept."""
    ada, at = active.person.user, reverse("spending:running", args=[active.pk])
    assert "Nobody has said yet who helps" in words(opened(ada))

    def say(user, **told):
        client.force_login(user)
        version = re.search(r'name="version" value="([^"]+)"', client.get(at).content.decode())[1]
        return words(client.post(at, {"version": version, **told}, follow=True))

    assert "Choose who does it: paying people and bills." in say(ada, words_paying="The firm")
    assert "Say who helps, or who does it: Paying people and bills." in say(ada, who_paying="for_them")
    first = {"who_paying": "for_them", "words_paying": "Fairshare Payroll", "step_paying": "The app of the bank"}
    page = say(firm.user, **first)
    assert "Paying people and bills: somebody else does it (Fairshare Payroll). Next: The app of the bank" in page
    assert "Nothing is different" in say(ada, **first)
    assert "Paying people and bills: without help" in say(ada, who_paying="alone", who_council="alone")
    assert [(each.part, each.who) for each in queries.who_does_what(active).values()] == [
        ("paying", "alone"), ("council", "alone"),
    ]  # fmt: skip
    assert len(queries.taken_over(active)) == 3 and "Somebody else does it: Fairshare Payroll" in words(client.get(at))


def test_a_payroll_firm_runs_the_account_and_sees_nothing_else(client, active, firm, line_of, entry_of, bea, settings):
    settings.STAFF_NEED_SECOND_FACTOR = False
    client.force_login(firm.user)
    at = reverse("spending:show", args=[active.pk])
    assert at in client.get("/home/").content.decode()
    page = client.get(at).content.decode()
    assert "Not said yet" in page and reverse("budgets:show", args=[active.pk]) not in page
    actions.say(line=line_of(WAGES), kind=ForWhat.WAGES, version=0, by=firm.user, on=ON)
    assert entry_of(WAGES).for_what == "Wages"
    record = {"case_id": str(active.pk), "person_id": str(active.person_id)}
    others = [
        (name, route) for name, route in LEAD_TO_PEOPLE if not name.startswith(("spending:", "monitoring:calendar"))
    ]
    seen = [name for name, route in others if active.person.family_name in shown(client, filled(route, record))]
    assert len(others) > 50 and seen == []
    end_leave(case=active, relationship=firm, version=version_of(firm), by=bea, on=ON)
    assert client.get(at).status_code == 404
    with pytest.raises(NotAllowed):
        actions.say(line=line_of(SWIMMING), kind=ForWhat.WAGES, version=0, by=firm.user, on=ON)


def shown(client, address):
    """What a page shows, if it opens."""
    answer = client.get(address)
    return answer.content.decode() if answer.status_code == 200 and not answer.streaming else ""
