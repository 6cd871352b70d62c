"""Lines of an ordinary account: the person picks them alone, as the file said them, and nothing else is kept."""

import io
import logging
import re
from functools import partial
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from leeway import carrying
from leeway.access.kept import ENDED_FOR
from leeway.access.models import Look
from leeway.care.people.models import Relationship
from leeway.files.uploads import NEVER_ON_DISK
from leeway.money.banking.statement import mapping_named
from leeway.money.statements import actions, picking
from leeway.money.statements.kinds import Whose
from leeway.money.statements.models import BankAccount, StatementLine
from leeway.refusal import NotAllowed, Refusal
from tests.money.statements.conftest import LATER, SET_UP_ON

pytestmark = pytest.mark.django_db
TAXI = "01/04/2026,TAXI,-8.50,91.50"
PRIVATE, SHOP = "02/04/2026,BETTING SHOP,-98765432.19,-98765340.69", "03/04/2026,GROCER,-87654321.98,-186419662.67"
NUMBER = "11-22-33 11112222"


@pytest.fixture(autouse=True)
def on_30_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: LATER)


@pytest.fixture
def own(case, ada_user):
    return actions.open_bank_account(
        whose=Whose.ORDINARY, name="Current account", identifier=NUMBER, case=case, by=ada_user, on=SET_UP_ON
    )


@pytest.fixture
def browser(client, ada_user):
    client.force_login(ada_user)
    return client


def table(*rows, name="april.csv"):
    return SimpleUploadedFile(name, "\n".join(["Date,Description,Amount,Balance", *rows]).encode(), "text/csv")


def send(browser, page, /, *args, **data):
    response = browser.post(reverse(f"statements:{page}", args=args), data, follow=True)
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def lay_out(browser, own, file, **more):
    text = send(browser, "own_upload", own.case_id, own.pk, to_pick_from=file, mapping="day-first", **more)
    return text, text.partition('name="laid_out" value="')[2].partition('"')[0]


def read(own, by, *rows):
    return picking.lay_out(
        own, upload=table(*rows), mapping=mapping_named("day-first"), field="upload", by=by, on=LATER
    )


def keep(own, by, laid_out, *places):
    return actions.keep_picked(
        account=own, lines=laid_out.lines, format=laid_out.format, places=places, by=by, on=LATER
    )


def everything_stored():
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in tables:
            cursor.execute(f"SELECT t::text FROM {name} t")
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def test_a_person_picks_alone_and_nothing_else_is_written_anywhere(browser, case, caplog, tmp_path, settings):
    caplog.set_level(logging.DEBUG)
    text = send(browser, "own_open", case.pk, name="Current account", identifier=NUMBER)
    own = BankAccount.objects.get()
    assert "Not kept:" in text and "nobody at the council sees them" in text and own.opened_by.name in text
    text, laid_out = lay_out(browser, own, table(TAXI, PRIVATE, SHOP))
    assert "1 April 2026: £8.50 out" in text and "BETTING" in text and "If you leave this page, nothing is kept" in text
    assert "Pick at least one line" in send(browser, "own_pick", case.pk, own.pk, laid_out=laid_out)
    text = send(browser, "own_pick", case.pk, own.pk, laid_out=laid_out, places=["1", "3"])
    assert "Keep these 2 lines?" in text and "TAXI" in text and "BETTING" not in text
    text = send(browser, "own_pick", case.pk, own.pk, laid_out=laid_out, places=["1", "3"], step="change")
    assert len(re.findall(r"<input[^>]*checked", text)) == 2 and not StatementLine.objects.exists()
    assert "BETTING" not in everything_stored()
    text = send(browser, "own_pick", case.pk, own.pk, laid_out=laid_out, places=["1"], step="keep")
    assert "Kept: 1 line, −£8.50 in all. Nothing else of the file was kept." in text and "TAXI" in text

    stored = everything_stored()
    assert "TAXI" in stored
    for secret in ("BETTING", "GROCER", "98765432", "87654321", "98765340", "1864196", "april.csv"):
        assert secret not in stored, secret
    assert "BETTING" not in caplog.text
    line, statement = own.lines.get(), own.statements.get()
    assert (line.place, statement.from_on, statement.to_on, statement.read_count) == (
        1,
        line.booked_on,
        line.booked_on,
        1,
    )
    assert statement.file is None and statement.closing_balance_pence is None and statement.number == ""


def test_no_page_with_lines_is_stored_by_a_browser_and_coming_back_to_one_begins_anew(browser, own):
    response = browser.post(
        reverse("statements:own_upload", args=[own.case_id, own.pk]),
        {"to_pick_from": table(PRIVATE), "mapping": "day-first"},
    )
    assert "no-store" in response["Cache-Control"]
    response = browser.get(reverse("statements:own_pick", args=[own.case_id, own.pk]), follow=True)
    assert "Nothing was kept. Choose the file again" in response.content.decode()


def test_what_was_being_picked_is_not_kept_when_the_session_ends(client, own, ada_user):
    session = client.session
    session[ENDED_FOR] = ada_user.pk
    session.save()
    for name, said in (("own_pick", {"laid_out": "the lines"}), ("own_upload", {"mapping": "the lines"})):
        answer = client.post(reverse(f"statements:{name}", args=[own.case_id, own.pk]), said)
        assert "/login/" in answer["Location"] and "the lines" not in str(dict(client.session))


def test_a_large_statement_is_refused_and_never_touches_the_disk(browser, own, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
    rows = [f"01/04/2026,{'PRIVATE ' * 20},-8.50,91.50" for _ in range(10_000)]
    text, _ = lay_out(browser, own, table(*rows))
    assert "larger than 1 MB" in text
    request = RequestFactory().post("/", {NEVER_ON_DISK: table(*rows), "upload": table(*rows)})
    assert not request.FILES[NEVER_ON_DISK].file._rolled and request.FILES["upload"].file._rolled
    assert "more than 500 lines" in lay_out(browser, own, table(*[TAXI] * 501))[0]


def test_what_is_kept_is_what_the_file_said_for_this_account_and_this_user_alone(
    own, ada_user, finn, case, another_case
):
    laid_out = read(own, ada_user, TAXI, PRIVATE)
    assert picking.read_back(laid_out.signed, own, by=ada_user) == laid_out
    other = actions.open_bank_account(
        whose=Whose.ORDINARY, name="Ben’s", identifier="99998888", case=another_case("Ben"), by=finn, on=SET_UP_ON
    )
    for signed, account, by in (
        (laid_out.signed.replace(laid_out.signed[5], "A" if laid_out.signed[5] != "A" else "B"), own, ada_user),
        (laid_out.signed, other, ada_user),
        (laid_out.signed, own, finn),
        ("", own, ada_user),
    ):
        with pytest.raises(Refusal, match="Choose the file again"):
            picking.read_back(signed, account, by=by)


def test_a_page_that_was_changed_or_is_too_old_keeps_nothing(browser, own, monkeypatch):
    _, laid_out = lay_out(browser, own, table(TAXI))
    send_it = partial(send, browser, "own_pick", own.case_id, own.pk, places=["1"], step="keep")
    assert "Choose the file again" in send_it(laid_out=laid_out[:-2] + "xx")
    monkeypatch.setattr(picking, "LASTS", -1)
    assert "laid out too long ago" in send_it(laid_out=laid_out)
    assert not StatementLine.objects.exists()


def test_picking_again_from_a_longer_statement_adds_what_is_new(own, ada_user):
    keep(own, ada_user, read(own, ada_user, TAXI, PRIVATE), 1)
    again = read(own, ada_user, TAXI, PRIVATE, SHOP)
    assert [place for place, _ in picking.choices(again, own)] == ["2", "3"]
    kept = keep(own, ada_user, again, 1, 3)
    assert (kept.new, kept.known) == (1, 1)
    with pytest.raises(Refusal, match="All of these lines are kept already"):
        keep(own, ada_user, again, 1, 3)


def test_lines_written_alike_are_as_many_as_were_picked(own, ada_user):
    twice = read(own, ada_user, TAXI, TAXI)
    keep(own, ada_user, twice, 2)
    assert [place for place, _ in picking.choices(twice, own)] == ["2"]
    keep(own, ada_user, twice, 2)
    assert list(own.lines.order_by("occurrence").values_list("occurrence", flat=True)) == [1, 2]
    assert picking.choices(twice, own) == []


def test_the_same_line_in_other_words_is_not_kept_twice(own, ada_user):
    keep(own, ada_user, read(own, ada_user, TAXI, TAXI.replace("TAXI", "BUS")), 1)
    other = read(own, ada_user, TAXI.replace("TAXI", "CARD PAYMENT TO TAXI LTD"), SHOP)
    with pytest.raises(Refusal, match=r"1 April 2026: £8.50 out is kept already, in other words.*CSV"):
        keep(own, ada_user, other, 1)
    keep(own, ada_user, other, 2)
    keep(own, ada_user, read(own, ada_user, TAXI, TAXI.replace("TAXI", "BUS")), 2)
    assert own.lines.count() == 3


def test_more_words_than_a_page_can_send_back_are_refused(own, ada_user, monkeypatch):
    monkeypatch.setattr(carrying, "CARRIED_MOST", 100)
    with pytest.raises(Refusal, match="Give fewer rows"):
        read(own, ada_user, TAXI, PRIVATE)


def test_statements_of_another_account_in_dollars_or_of_days_to_come_are_refused(own, ada_user):
    with pytest.raises(Refusal, match="in the future"):
        read(own, ada_user, TAXI.replace("2026", "2027"))
    for column, words in (("Account number\n01/04/2026,TAXI,-8.50,99998888", "of another account"),
                          ("Currency\n01/04/2026,TAXI,-8.50,USD", "Only accounts in pounds")):  # fmt: skip
        upload = io.BytesIO(f"Date,Description,Amount,{column}\n".encode())
        with pytest.raises(Refusal, match=words) as refused:
            picking.lay_out(own, upload=upload, mapping=mapping_named("day-first"), field="here", by=ada_user, on=LATER)
        assert refused.value.field == "here"


def test_whom_the_person_gave_leave_may_pick_while_the_leave_lasts_and_nobody_else(own, case, cyril, client, bea):
    client.force_login(cyril)
    pages = [("own", case.pk), ("own_open", case.pk), ("own_upload", case.pk, own.pk)]
    assert {client.get(reverse(f"statements:{name}", args=args)).status_code for name, *args in pages} == {404}
    leave = Relationship.objects.create(
        person=case.person, user=cyril, name="Cyril Crane", kind="friend", may_see_record=True, starts_on=SET_UP_ON
    )
    assert {client.get(reverse(f"statements:{name}", args=args)).status_code for name, *args in pages} == {200}
    keep(own, cyril, read(own, cyril, TAXI), 1)
    assert Look.objects.filter(
        viewer_id=cyril.pk, person_id=case.person_id, page="Lines of an ordinary account"
    ).exists()
    text = client.get(reverse("statements:own", args=[case.pk])).content.decode()
    assert "TAXI" in text and "Ada’s" in text and "11112222" not in text
    leave.ends_on = SET_UP_ON
    leave.save(update_fields=["ends_on"])
    assert client.get(reverse("statements:own", args=[case.pk])).status_code == 404
    for by in (cyril, bea):
        with pytest.raises(NotAllowed, match="anyone they gave leave"):
            keep(own, by, read(own, cyril, SHOP), 1)
        with pytest.raises(NotAllowed):
            actions.open_bank_account(
                whose=Whose.ORDINARY, name="Mine", identifier="12121212", case=case, by=by, on=LATER
            )


def test_a_person_opens_nobody_elses_account_and_learns_nothing_of_others(own, case, ada_user, another_case, finn):
    """Beside an ordinary one they open one of their own for the direct payment, and none of anybody else's."""
    for whose, of in ((Whose.COUNCIL, case), (Whose.COUNCIL, None), (Whose.DEDICATED, another_case("Cat"))):
        with pytest.raises(NotAllowed, match="finance officer"):
            actions.open_bank_account(whose=whose, name="Mine", identifier="12121212", case=of, by=ada_user, on=LATER)
    actions.open_bank_account(
        whose=Whose.ORDINARY, name="Ben’s secret", identifier="99998888", case=another_case("Ben"), by=finn, on=LATER
    )
    with pytest.raises(Refusal, match="ask the council about it"):
        actions.open_bank_account(
            whose=Whose.ORDINARY, name="Mine", identifier="99998888", case=case, by=ada_user, on=LATER
        )


def test_own_pages_need_few_queries(browser, own, ada_user, django_assert_max_num_queries):
    keep(
        own, ada_user, read(own, ada_user, *[f"0{day}/04/2026,TAXI {day},-8.50,1" for day in range(1, 9)]), *range(1, 9)
    )
    with django_assert_max_num_queries(25):
        browser.get(reverse("statements:own", args=[own.case_id]))
    with django_assert_max_num_queries(25):
        lay_out(browser, own, table(TAXI, PRIVATE))
