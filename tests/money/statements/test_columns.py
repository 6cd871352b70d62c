"""A council's own mappings: described from an example, refused where they misread, offered, made anew, ended."""

import re
from datetime import date
from html import unescape

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from leeway.money.commands import money
from leeway.money.statements import actions, columns
from leeway.money.statements.models import ColumnMapping, StatementLine
from leeway.refusal import NotAllowed, Refusal

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 30)
HEADINGS = ["Settled", "Shop", "Purpose", "Spent", "Topped up", "Left"]
ROWS = [
    ["Card of Fairbourne Council"],
    ["14/04/2026", "", "TOP-UP", "", "100.00", "100.00"],
    ["15/04/2026", "STEP FREE TAXIS", "CARD 4412", "8.50", "", "91.50"],
    ["16/04/2026", "PLAYHOUSE", "CARD 4412", "12.00", "", "79.50"],
]
DESCRIBED = {
    "columns": {
        "booked_on": ["Settled"], "counterparty": ["Shop"], "reference": ["Purpose"], "paid_out": ["Spent"],
        "paid_in": ["Topped up"], "balance": ["Left"],
    },
    "days": "day first",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_30_april(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)


@pytest.fixture
def finance(client, finn):
    client.force_login(finn)
    return client


def table(*rows, headings=HEADINGS):
    return [[*ROWS[0]], headings, *rows] if rows else [ROWS[0], headings, *ROWS[1:]]


def file(rows):
    return SimpleUploadedFile("card.csv", "\n".join(",".join(cells) for cells in rows).encode(), "text/csv")


def one_column(*amounts, **more):
    """A table with one column of amounts, and how it is described."""
    rows = [["Day", "Sum"], *([f"{14 + place}/04/2026", amount] for place, amount in enumerate(amounts))]
    return rows, {"columns": {"booked_on": ["Day"], "amount": ["Sum"]}, "days": "day first"} | more


def save(by, **changed):
    said = {"name": "Our card", "version": 0, "described": DESCRIBED, "rows": table()} | changed
    return actions.save_mapping(**said, by=by, on=ON)


def send(browser, page, /, *args, **data):
    response = browser.post(reverse(f"statements:{page}", args=args), data, follow=True)
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def laid_out(text):
    return text.partition('name="example" value="')[2].partition('"')[0]


def chosen(**more):
    """The answers of the page, as its usual guesses and an officer give them."""
    meant = ["booked_on", "counterparty", "reference", "paid_out", "paid_in", "balance"]
    return {f"column_{place}": meaning for place, meaning in enumerate(meant)} | {"headings": "1", **more}


def test_from_an_example_to_a_statement_that_is_read_with_it(finance, account, finn):
    text = send(finance, "columns_new", to_pick_from=file(table()))
    assert "Which column is what?" in text and "For example: STEP FREE TAXIS · PLAYHOUSE" in text
    example = laid_out(text)
    text = send(finance, "columns_describe", example=example, name="Our card", days="day first", **chosen())
    assert "The balances prove the amounts: from £0.00 to £79.50, row by row." in text
    assert "£100.00 came in, and £20.50 went out" in text and "STEP FREE TAXIS" in text
    assert not ColumnMapping.objects.exists()
    text = send(
        finance, "columns_describe", example=example, name="Our card", days="day first", step="change", **chosen()
    )
    assert len(re.findall(r"<option[^>]*selected[^>]*>(?!Not needed|Row)", text)) == 6 and 'value="Our card"' in text
    text = send(
        finance, "columns_describe", example=example, name="Our card", days="day first", step="save", **chosen()
    )
    assert "is offered wherever a statement is read" in text and "--mapping our-card" in text
    saved = ColumnMapping.objects.get()
    assert (saved.name, saved.version, saved.described) == ("our-card", 1, DESCRIBED)
    assert "Our card" in finance.get(reverse("statements:columns")).content.decode()
    assert ">Our card</option>" in finance.get(reverse("statements:upload", args=[account.pk])).content.decode()
    text = send(finance, "upload", account.pk, upload=file(table()), mapping="our-card")
    assert "Kept: 3 new lines" in text
    assert StatementLine.objects.get(amount_pence=-8_50).counterparty == "STEP FREE TAXIS"


def test_nothing_of_the_example_is_kept(finance):
    text = send(finance, "columns_new", to_pick_from=file(table()))
    send(
        finance, "columns_describe", example=laid_out(text), name="Our card", days="day first", step="save", **chosen()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM statements_columnmapping t")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(t::text, ' ') FROM django_session t")
        stored += cursor.fetchone()[0]
    assert "TAXIS" not in stored and "our-card" in stored


def test_the_page_guesses_no_heading_twice_and_says_what_is_wrong_where(finance):
    text = send(finance, "columns_new", to_pick_from=file(table()))
    example = laid_out(text)
    ask = {"example": example, "name": "Our card", "days": "day first"}
    for answers, sentence in (
        (chosen(column_4="paid_out"), "“Spent” is “Money out” already. Choose one."),
        (chosen(column_0=""), "Say which column has the day of booking."),
        (chosen(column_3="", column_4=""), "Say which column has the amounts"),
        (chosen(column_4="amount"), "Choose one column of amounts, or those of money in and money out"),
        (chosen(column_4=""), "Is a column of money in or money out missing?"),
        (chosen(column_5="", column_4=""), "Is a column of money in or money out missing?"),
        (chosen(name="Lloyds"), "“Lloyds” comes with Leeway"),
        (chosen(name="Our/card"), "Name it with letters, digits"),
        (chosen(days="month first"), "cannot have the month first"),
        (chosen(example="x"), "Choose it again"),
    ):
        assert sentence in send(finance, "columns_describe", **(ask | answers)), sentence
    twice = send(finance, "columns_new", to_pick_from=file(table(headings=[*HEADINGS[:4], "Spent", "Left"])))
    answers = chosen(example=laid_out(twice), name="Our card", days="day first")
    assert "Two columns are called “Spent”" in send(finance, "columns_describe", **answers)


def test_another_row_may_have_the_headings(finance):
    rows = [["Report", "of April"], *table()[1:]]
    text = send(finance, "columns_new", to_pick_from=file(rows))
    assert "Row 2: Settled · Shop" in text and "Settled" in text
    text = send(finance, "columns_describe", example=laid_out(text), step="headings", headings="0")
    assert "of April" in text and ">Settled</label>" not in text
    assert "No row of this file has headings" in send(
        finance, "columns_new", to_pick_from=file([["One"], ["two"], ["three"]])
    )


@pytest.mark.parametrize(
    ("rows_and_described", "words"),
    [
        (one_column("8.50", "12.00"), "all of the money came in, and no balance shows"),
        (one_column("8.50", "12.00", signs="money out has no minus"), "all of the money went out"),
        (one_column("8.50", ""), "neither an amount nor a balance"),
        (one_column("8.50", "x"), r"Row 3.*“x” is not an amount"),
        (one_column(), "has no line with an amount"),
        ((table(), DESCRIBED | {"days": "month first"}), "cannot have the month first"),
        (
            (table(*ROWS[1:3], ["16/04/2026", "X", "Y", "12.00", "", "99.50"]), DESCRIBED),
            "the balance does not follow from the row before",
        ),
        (
            (
                [["Day", "Sum", "Left"], ["14/04/2026", "8.50", "91.50"], ["15/04/2026", "2.00", "89.50"]],
                {"columns": {"booked_on": ["Day"], "amount": ["Sum"], "balance": ["Left"]}, "days": "day first"},
            ),
            "whether money out has a minus",
        ),
        (
            (
                [["Day", "Sum"], ["01/04/2026", "8.50"], ["02/04/2026", "-1"]],
                {"columns": {"booked_on": ["Day"], "amount": ["Sum"]}},
            ),
            "can be meant day first or month first",
        ),
    ],
)  # fmt: skip
def test_a_mapping_that_misreads_its_example_is_not_saved(rows_and_described, words, finn):
    rows, described = rows_and_described
    with pytest.raises(Refusal, match=words):
        save(finn, rows=rows, described=described)
    assert not ColumnMapping.objects.exists()


def test_signs_are_proved_by_balances_or_by_both_ways(finn):
    rows = [["Day", "Sum", "Left"], ["14/04/2026", "8.50", "91.50"], ["15/04/2026", "2.00", "89.50"]]
    told = {"columns": {"booked_on": ["Day"], "amount": ["Sum"], "balance": ["Left"]}, "days": "day first"}
    save(finn, rows=rows, described=told | {"signs": "money out has no minus"})
    rows, told = one_column("-8.50", "100.00")
    save(finn, name="Both ways", rows=rows, described=told)


def test_one_made_anew_is_the_next_version_and_one_ended_is_offered_no_longer(finance, finn, fay):
    first = save(finn)
    with pytest.raises(Refusal, match="There is a mapping of this name"):
        save(fay)
    text = send(finance, "mapping_anew", "our-card", to_pick_from=file(table()))
    again = laid_out(text)
    assert 'name="name"' not in text
    second = save(fay, name="our-card", version=1)
    assert (second.version, first.name) == (2, "our-card")
    text = send(finance, "columns_describe", example=again, days="day first", step="save", **chosen())
    assert "Somebody made this mapping anew since you opened the page" in text
    with pytest.raises(Refusal, match="not in use any more"):
        actions.end_mapping(mapping=first, by=finn, on=ON)
    text = send(finance, "mapping", "our-card", version=2)
    assert "offered no longer" in text and columns.in_use() == {} and columns.own_mapping("our-card") is None
    with pytest.raises(Refusal, match="not in use any more"):
        actions.end_mapping(mapping=second, by=finn, on=ON)
    text = unescape(finance.get(reverse("statements:mapping", args=["our-card"])).content.decode())
    assert "Version 2" in text and "ended it on 30 April 2026" in text and "Offer it no longer" not in text
    assert save(finn, version=2).version == 3 and "our-card" in columns.in_use()


def test_the_command_line_knows_it_by_its_name(finn, tmp_path):
    path = tmp_path / "card.csv"
    path.write_bytes(file(table()).read())
    run = CliRunner()
    said = run.invoke(money, ["read-statement", str(path), "--mapping", "our-card"])
    assert said.exit_code != 0
    save(finn)
    said = run.invoke(money, ["read-statement", str(path), "--mapping", "our-card"])
    assert said.exit_code == 0 and "STEP FREE TAXIS" in said.output, said.output


def test_finance_alone_and_the_database_keeps_it(finance, client, bea, finn, ada_user):
    for by in (bea, ada_user):
        with pytest.raises(NotAllowed):
            save(by)
    mapping = save(finn)
    with pytest.raises(NotAllowed):
        actions.end_mapping(mapping=mapping, by=bea, on=ON)
    for change in (
        lambda: ColumnMapping.objects.update(described={}),
        lambda: ColumnMapping.objects.all().delete(),
        lambda: ColumnMapping.objects.update(name="Other"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    for user in (bea, ada_user):
        client.force_login(user)
        for name, *args in (("columns",), ("columns_new",), ("columns_describe",), ("mapping", "our-card")):
            assert client.get(reverse(f"statements:{name}", args=args)).status_code == 403


def test_an_example_that_is_too_long_or_no_table_is_refused(finance):
    long = [["Day", "Sum"], *[["14/04/2026", "1.00"]] * 500]
    assert "at most 500 rows" in send(finance, "columns_new", to_pick_from=file(long))
    assert "Choose an example" in send(finance, "columns_new", pressed="yes")
    assert finance.get(reverse("statements:mapping", args=["none"])).status_code == 404
    assert finance.get(reverse("statements:mapping_anew", args=["none"])).status_code == 404


def test_pages_need_few_queries(finance, finn, django_assert_max_num_queries):
    save(finn)
    for name, *args in (("columns",), ("columns_new",), ("mapping", "our-card")):
        with django_assert_max_num_queries(25):
            finance.get(reverse(f"statements:{name}", args=args))
