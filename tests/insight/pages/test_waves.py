"""Opening waves, and what they say: for whom, when, and hidden below five."""

import re
from datetime import timedelta

import polars as pl
import pytest
from django.urls import reverse

from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.insight.pages import actions, queries
from leeway.insight.pages.models import Wave
from leeway.refusal import NotAllowed, Refusal

pytestmark = pytest.mark.django_db


def told(page) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def over(wave, send, ana, today):
    """A wave that is closed: eight said yes, four said no, and one of them wrote something."""
    send(wave, times=8, benefits_people="yes")
    send(wave, times=3, benefits_people="no")
    send(wave, benefits_people="no", one_change="Ask Edith.\n<b>Soon</b>")
    return actions.close_wave(wave=wave, by=ana, on=today)


def test_an_administrator_opens_a_wave_and_is_given_its_address(client, alex, today):
    client.force_login(alex)
    last = today + timedelta(days=9)
    form = {"questionnaire_code": "practitioner", "name": " Spring ", "asked": "40"}
    form |= {f"{name}_{part}": value for name, day in (("opens_on", today), ("closes_on", last))
             for part, value in (("day", day.day), ("month", day.month), ("year", day.year))}  # fmt: skip
    page = client.post(reverse("insight:open_wave"), form, follow=True)
    wave = Wave.objects.get()
    assert (wave.name, wave.opens_on, wave.closes_on, wave.asked, wave.opened_by) == ("Spring", today, last, 40, alex)
    assert f"http://testserver/survey/{wave.token}/" in told(page)
    assert len(wave.token) >= 20 and "Open" in told(client.get(reverse("insight:waves")))


def test_a_form_that_is_not_filled_in_says_what_is_missing(client, ana):
    client.force_login(ana)
    text = told(client.post(reverse("insight:open_wave"), {"asked": "some"}))
    for sentence in ("Choose which questions to ask.", "Give this wave a name", "Enter the first day.",
                     "Enter the last day.", "as a whole number"):  # fmt: skip
        assert sentence in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"questionnaire_code": "council"}, "questionnaire_code"),
        ({"name": " "}, "name"),
        ({"name": "AUTUMN"}, "name"),
        ({"opens": -1}, "opens_on"),
        ({"closes": -1, "opens": 1}, "closes_on"),
        ({"asked": 0}, "asked"),
        ({"asked": 4}, "asked"),
    ],
)
def test_a_wave_that_cannot_be_is_refused(wave, ana, today, changes, field):
    opens_on = today + timedelta(days=changes.pop("opens", 0))
    closes_on = today + timedelta(days=changes.pop("closes", 5))
    asked = {"questionnaire_code": "practitioner", "name": "Next"} | changes
    with pytest.raises(Refusal) as refusal:
        actions.open_wave(**asked, opens_on=opens_on, closes_on=closes_on, by=ana, on=today)
    assert refusal.value.field == field


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST, Role.ADMINISTRATOR}))
def test_nobody_else_opens_or_closes(bea, wave, today, role):
    bea.roles = [role]
    with pytest.raises(NotAllowed):
        actions.open_wave(
            questionnaire_code="practitioner", name="Mine", opens_on=today, closes_on=today, by=bea, on=today
        )
    with pytest.raises(NotAllowed):
        actions.close_wave(wave=wave, by=bea, on=today)


@pytest.mark.parametrize("role", sorted(set(Role) - WHO_CAN[Capability.SEE_RESULTS]))
def test_nobody_else_sees_results(bea, over, today, role):
    bea.roles = [role]
    for look in (
        lambda: queries.waves(seen_by=bea),
        lambda: queries.answers_of(over, seen_by=bea, on=today),
        lambda: queries.words_of(over, seen_by=bea, on=today),
    ):
        with pytest.raises(NotAllowed):
            look()


def test_a_wave_is_closed_once_and_says_so(client, ana, wave, today):
    client.force_login(ana)
    assert "is closed" in told(client.post(reverse("insight:close_wave", args=[wave.pk]), follow=True))
    with pytest.raises(Refusal, match="is closed already"):
        actions.close_wave(wave=wave, by=ana, on=today)


def test_results_wait_until_no_more_answers_can_come(client, ana, wave, send, today):
    send(wave, times=9, benefits_people="yes")
    client.force_login(ana)
    text = told(client.get(reverse("insight:wave", args=[wave.pk])))
    assert "Results are shown when the wave is closed" in text and "9" in text and "What people said" not in text
    assert client.get(reverse("insight:wave_csv", args=[wave.pk])).status_code == 403
    after = wave.closes_on + timedelta(days=1)
    with pytest.raises(queries.NotYet):
        queries.answers_of(wave, seen_by=ana, on=wave.closes_on)
    assert queries.answers_of(wave, seen_by=ana, on=after).height == 9


def test_what_people_said_with_its_range(client, cole, over):
    client.force_login(cole)
    text = told(client.get(reverse("insight:wave", args=[over.pk])))
    assert "Yes 8 66.7% 39.1% to 86.2%" in text, "the Wilson range of 8 in 12"
    assert "67% in 2009, 41% in 2011" in text and "Fewer than five answered, so nothing is shown." in text


def test_the_number_asked_gives_bounds_unless_more_answered(client, ana, opened, send, today):
    for name, asked in (("Known", 20), ("Wrong", 9)):
        wave = opened(name=name, asked=asked)
        send(wave, times=10, benefits_people="yes")
        actions.close_wave(wave=wave, by=ana, on=today)
    client.force_login(ana)
    known, wrong = (told(client.get(reverse("insight:wave", args=[Wave.objects.get(name=name).pk])))
                    for name in ("Known", "Wrong"))  # fmt: skip
    assert "50.0% to 100.0%" in known and "Of all asked" in known
    assert "More answered than were asked" in wrong and "Of all asked" not in wrong


def test_fewer_than_five_answers_show_nothing_to_anybody(client, ana, wave, send, today):
    send(wave, times=4, benefits_people="yes", one_change="Zebra")
    actions.close_wave(wave=wave, by=ana, on=today)
    client.force_login(ana)
    text = told(client.get(reverse("insight:wave", args=[wave.pk])))
    assert "Fewer than 5 people answered" in text and "Zebra" not in text and "100.0%" not in text
    assert client.get(reverse("insight:wave_csv", args=[wave.pk])).status_code == 403


def test_only_an_analyst_reads_what_people_wrote(client, ana, alex, cole, over, today):
    for reader, reads in ((ana, True), (alex, False), (cole, False)):
        client.force_login(reader)
        page = client.get(reverse("insight:wave", args=[over.pk]))
        assert ("Ask Edith." in told(page)) is reads
        assert b"<b>Soon</b>" not in page.content
        if not reads:
            with pytest.raises(NotAllowed, match="Only an analyst"):
                queries.words_of(over, seen_by=reader, on=today)
    assert "one_change" not in queries.answers_of(over, seen_by=ana, on=today).columns


def test_the_file_is_fit_to_publish(client, cole, over):
    client.force_login(cole)
    page = client.get(reverse("insight:wave_csv", args=[over.pk]))
    assert page.headers["Content-Disposition"] == 'attachment; filename="practitioner-autumn.csv"'
    found = pl.read_csv(page.content).filter(pl.col("question") == "benefits_people")
    assert found["answered"].to_list() == [12] * 3
    assert found["said"].to_list() == [None] * 3, "four said no and none the third: two hidden that sum to four tell"
    assert b"Edith" not in page.content


def test_two_waves_are_compared(client, cole, over, opened, send, ana, today):
    later = opened(name="Winter")
    send(later, times=2, benefits_people="yes")
    send(later, times=10, benefits_people="no")
    actions.close_wave(wave=later, by=ana, on=today)
    client.force_login(cole)
    address = reverse("insight:compare_waves")
    text = told(client.get(address, {"earlier": over.pk, "later": later.pk}))
    assert "66.7% 16.7% −50.0 (−72.9 to −10.6) down" in text
    assert "came before" not in text
    then = today - timedelta(days=400)
    first = actions.open_wave(
        questionnaire_code="practitioner", name="Long ago", opens_on=then, closes_on=then, by=ana, on=then
    )  # fmt: skip
    backwards = told(client.get(address, {"earlier": later.pk, "later": first.pk}))
    assert "“Long ago” came before “Winter”. Choose them the other way round." in backwards
    assert "Choose two different waves." in told(client.get(address, {"earlier": over.pk, "later": over.pk}))
    assert "Choose the later wave." in told(client.get(address, {"earlier": over.pk}))
    assert "There is a problem" in told(client.get(address, {"earlier": "x", "later": over.pk}))


def test_waves_of_different_questions_are_not_compared(client, ana, over, opened, send, today):
    other = opened(name="People", code="experience")
    send(other, times=6, control="5", held_as="managed")
    actions.close_wave(wave=other, by=ana, on=today)
    client.force_login(ana)
    text = told(client.get(reverse("insight:compare_waves"), {"earlier": over.pk, "later": other.pk}))
    assert "asked different questions" in text
    assert "By how the budget is held" in told(client.get(reverse("insight:wave", args=[other.pk])))


def test_each_page_asks_few_questions_of_the_database(client, ana, over, django_assert_max_num_queries):
    client.force_login(ana)
    for name, arguments in (("insight:waves", []), ("insight:wave", [over.pk])):
        with django_assert_max_num_queries(12):
            client.get(reverse(name, args=arguments))
