"""The report of whole records: one file that needs nothing else, nobody to be found in it, and honest when empty."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from leeway.commandline import BadUse
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.read import records_of
from leeway.insight.report import html
from leeway.insight.report.findings import findings
from tests.insight.measures.made import DAY, by_chance, community, records
from tests.insight.report.test_measure_command import run

VOID = {"meta", "link", "br", "img", "input", "hr"}
#: Columns of people; money, indexes and numbers of councils or providers are not.
PEOPLE = re.compile(
    r"Of|People|Not known|Direct payment|Who have it|Budgets|People served|Cost not known|"
    r"On the (first|last) day|New|Moved in|Moved out|Ended|Died|\d+ \w+ \d{4}"
)


class Parsed(HTMLParser):
    """What a page holds: its tags, its words, and that every tag is shut by its own."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.words = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("src", "href", "xlink:href", "data") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def page_of(found, councils=("716",)):
    return html.as_html(found, councils=councils, as_at=DAY)


@pytest.fixture(scope="module")
def found():
    return list(findings(records_of(made_up_return(people=4000, councils=["716"])), as_at=DAY))


def test_the_file_needs_nothing_else(found):
    page = Parsed(page_of(found))
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    style = page_of(found)
    assert style.split("</style>")[0].count("url(") == style.count('url("data:font/woff2;base64,') == 2
    named = re.findall(r"""font(?:-family)?(?:="|: [\d./a-z]* ?)["']?([A-Z][\w ]+)""", style)
    assert len(named) > 10 and set(named) == {"Source Sans 3"}
    assert "@import" not in style
    assert len(page.ids) == len(set(page.ids))


def test_every_chart_stands_beside_its_table(found):
    for section in found:
        assert section.finding
        for exhibit in section.exhibits:
            assert all(len(row) == len(exhibit.headings) for row in exhibit.rows), exhibit.title
            assert exhibit.rows, exhibit.title
            if exhibit.chart:
                assert exhibit.chart.startswith("<svg")
                assert "<desc>" in exhibit.chart
    assert sum(bool(exhibit.chart) for section in found for exhibit in section.exhibits) >= 10


def test_the_headlines_are_those_of_the_sections(found):
    page = page_of(found)
    headlines = page[page.index('class="headlines"') : page.index("</ol>")]
    for section in found[:-1]:
        assert f'href="#{section.key}"' in headlines
    assert "Personal budgets in Barking and Dagenham" in page


@pytest.mark.parametrize("seed", range(3))
def test_no_small_count_is_ever_there(seed):
    shown = 0
    for section in findings(by_chance(seed, people=300), as_at=DAY):
        for exhibit in section.exhibits:
            for place, heading in enumerate(exhibit.headings):
                if PEOPLE.fullmatch(heading):
                    for row in exhibit.rows:
                        number = row[place].split(" (")[0].replace(",", "")
                        shown += number.isdigit()
                        assert not number.isdigit() or int(number) % 5 == 0, (exhibit.title, row)
    assert shown > 50


def test_pictures_are_no_more_exact_than_their_tables():
    made = records_of(made_up_return(people=3000, councils=["716", "816", "902"]))
    charts = [exhibit.chart for section in findings(made, as_at=DAY) for exhibit in section.exhibits]
    told = " ".join(words for chart in charts for words in re.findall(r'aria-label="([^"]*: [^"]*)"', chart))
    assert len(re.findall(r"\d\.\d", told)) > 100
    assert re.findall(r"\d\.\d{2,}", told) == []


def test_a_group_of_three_is_hidden_with_everything_said_of_it():
    reasons = ["Learning disability support"] * 3 + ["Mental health support"] * 30 + ["Social support: Other"] * 40
    holders = [
        community(f"d{number}", "Direct payment", support_reason=reason) for number, reason in enumerate(reasons)
    ]
    others = [
        community(f"m{number}", "CASSR managed personal budget", support_reason=reason)
        for number, reason in enumerate(reasons)
    ]
    [section] = [one for one in findings(records(services=holders + others), as_at=DAY) if one.key == "who-holds-how"]
    [table] = [one for one in section.exhibits if one.title.endswith("main reason for support")]
    cells = {row[0]: row[1:] for row in table.rows}
    assert set(cells["Learning disability support"]) == {"hidden", "not compared", "nothing"}
    assert set(cells["Mental health support"]) == {"hidden", "not compared", "nothing"}  # or 3 would be the rest
    assert cells["Social support: Other"][:2] == ("40", "80")
    assert "Learning disability" not in table.chart


@pytest.mark.parametrize(
    "services",
    [
        [],
        [community(f"p{number}", "CASSR commissioned support") for number in range(20)],
        [community(f"p{number}") for number in range(20)],
        [community("p", "Direct payment")],
        [{"person": "p", "service_type": "Short term support: ST-Max", "starts_on": date(2024, 9, 1)}],
    ],
)
def test_records_with_little_in_them_are_told_honestly(services):
    found = list(findings(records(services=services), as_at=DAY))
    Parsed(page_of(found))
    assert all(section.finding for section in found)
    first = found[0].finding
    assert "hold no people" in first or "fewer than 5" in first
    assert "nan" not in page_of(found).lower().split("<main>")[1].replace("finance", "")


def test_several_councils_stand_beside_each_other():
    made = records_of(made_up_return(people=3000, councils=["716", "816", "902"]))
    found = list(findings(made, as_at=DAY))
    [section] = [one for one in found if one.key == "councils"]
    assert {row[0] for row in section.exhibits[0].rows} == {"Barking and Dagenham", "Brighton and Hove", "Cornwall"}
    assert "3 councils" in section.finding
    assert "Personal budgets in 3 councils" in page_of(found, ("716", "816", "902"))


def test_the_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    output = tmp_path / "report.html"
    output.write_text("last year's")

    def break_down(*arguments, **named):
        raise RuntimeError

    monkeypatch.setattr(html, "findings", break_down)
    with pytest.raises(RuntimeError):
        html.write_report(records(), as_at=DAY, output=output)
    assert output.read_text() == "last year's"
    assert list(tmp_path.iterdir()) == [output]
    with pytest.raises(BadUse, match="cannot be written"):
        html.write_report(records(), as_at=DAY, output=tmp_path / "no" / "report.html")


def test_words_from_the_records_are_no_code(tmp_path):
    services = [
        community(f"p{number}", "Direct payment", component="<script>alert(1)</script>", provider="x", council="<b>")
        for number in range(60)
    ]
    output = tmp_path / "report.html"
    html.write_report(records(services=services), as_at=DAY, output=output)
    page = Parsed(output.read_text())
    assert not {"script", "b"} & set(page.tags)
    assert "Personal budgets in <b>" in page.words


def test_the_command_writes_the_report(tmp_path, made_up):
    output = tmp_path / "report.html"
    told = run(made_up, "--as-at", "2025-03-31", "--report", str(output))
    assert told.exit_code == 0, told.output
    assert told.stdout == f"{output}: the report to 2025-03-31 is written.\n"
    assert "What the records say, from 1 April 2024 to 31 March 2025" in output.read_text()
    bad = run(made_up, "--as-at", "2025-03-31", "--report", str(tmp_path / "no" / "report.html"))
    assert bad.exit_code == 2
    assert "cannot be written" in bad.stderr
