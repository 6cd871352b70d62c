"""The page on direct payments says what the curve says, to the pound."""

import polars as pl
import pytest
from django.urls import reverse

from leeway.insight.pages.views.question import pounds
from leeway.published.estimates import direct_payment_question as asked
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db
OLDER = "older people 65 and over"


@pytest.fixture
def see(client, cole):
    client.force_login(cole)
    return lambda page="question", **words: client.get(reverse(f"insight:{page}"), words)


def test_the_page_says_what_the_curve_comes_to(see):
    found = asked.summary(asked.curve(asked.LEARNING_DISABILITY))
    text = told(see())
    assert f"from {pounds(found['least'])} to {pounds(found['most'])} a year" in text
    assert f"depending on {found['estimates']:,} defensible ways of asking" in text
    assert f"The middle answer is {pounds(found['middle'])};" in text
    assert f"half lie between {pounds(found['lower_quarter'])} and {pounds(found['upper_quarter'])}." in text
    assert f"{found['interval_reaches_nought']:,} of the {found['estimates']:,} cannot be told from nothing" in text
    assert f"{found['above_nought']} lie wholly above nought, {found['below_nought']} wholly below" in text
    assert f"{found['inside_published_range']} answers lie in that range" in text
    assert f"{found['interval_reaches_published_range']} intervals reach it" in text
    assert found["interval_reaches_nought"] + found["above_nought"] + found["below_nought"] == found["estimates"]


def test_each_estimate_of_the_tables_is_one_of_the_curve(see):
    text, found = told(see()), asked.curve(asked.LEARNING_DISABILITY)
    headline = asked.headlines(found).row(0, named=True)
    interval = f"{pounds(headline['low'])} to {pounds(headline['high'])} {headline['observations']:,}"
    assert f"levels and years taken out, all councils {pounds(headline['effect'])} {interval}" in text
    for row in asked.by_choice(found).to_dicts():
        assert f"{row['answer']} {row['estimates']:,} {pounds(row['middle'])}" in text
    for row in asked.without_each_region().to_dicts():
        assert f"{row['without']} {pounds(row['effect'])} {pounds(row['low'])} to {pounds(row['high'])}" in text
    last = asked.by_year().row(-1, named=True)
    assert f"{last['year']} {last['people']:,.0f} {last['councils_that_say']}" in text


def test_the_range_of_2012_stands_with_the_group_it_was_said_of(see):
    assert "A think-tank said in 2012" in told(see())
    text = told(see(group=OLDER))
    assert "A think-tank said in 2012" not in text and "An association between totals of councils" in text
    assert f"The middle answer is {pounds(asked.summary(asked.curve(OLDER))['middle'])};" in text


def test_an_unknown_group_falls_back_to_the_one_it_was_asked_of(see):
    assert asked.client_groups()[0] == asked.LEARNING_DISABILITY and OLDER in asked.client_groups()
    page = see(group="<b>nobody\x00")
    assert page.status_code == 200 and b"<b>nobody" not in page.content
    assert see("curve", group="nobody").content == asked.picture(asked.LEARNING_DISABILITY).encode()


def test_the_picture_is_an_svg(see):
    answer = see("curve", group=OLDER)
    assert answer.headers["Content-Type"] == "image/svg+xml" and OLDER.encode() in answer.content


def test_the_file_has_every_estimate_its_choices_and_its_source(see):
    answer = see("estimates", group=OLDER)
    rows = pl.read_csv(answer.content)
    assert rows.height == asked.curve(OLDER).height and {*asked.ANSWERS} <= {*rows.columns}
    assert rows["client_group"].unique().to_list() == [OLDER]
    assert rows["source"].unique().to_list()[0].startswith("PSS-EX1 and RAP returns")
    assert rows["effect"].to_list() == pytest.approx(asked.curve(OLDER)["effect"].to_list())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="direct-payment-question.csv"'


def test_pounds_have_the_minus_first():
    assert [pounds(value) for value in (-47585.8, -0.2, 0.2, 1e6)] == ["−£47,586", "£0", "£0", "£1,000,000"]
