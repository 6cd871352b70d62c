"""How somebody is looked for: what their record is found by, and how typed words are read.

The database does both, with what every PostgreSQL has: `Lexemes` of a record, kept beside it and indexed, and `Has`,
which reads what was typed in the same way.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, F, Func, Value

from leeway.refusal import Refusal

#: Signs that people type for an apostrophe, each read as the plain one.
APOSTROPHES = "’‘ʼʻʹ′`´＇"
#: Letters that no accent makes of another, with how they are typed without them.
LETTERS = ("ØøŁłĐđÐðıÆŒẞÞ", "OoLlDdDdiæœßþ")
SPELT = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
ACCENTS = "[\\u0300-\\u036f]"
#: What stands between two words of a name, beside spaces.
BETWEEN = '‐‑‒–—_.,;:/\\\\()"“”&+*|!<>-'

NHS_NUMBER = re.compile(r"(?<!\d)\d(?:[\s-]?\d){9}(?!\d)")
ISO_DAY = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)")
DAY = re.compile(
    r"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th)?[\s./-]+(?P<month>\d\d?|[a-z]{3,9})[\s./-]+(?P<year>\d{4})(?!\d)", re.I
)
YEAR = re.compile(r"(?<!\S)(?:19|20)\d\d(?!\S)")
#: What says of the year after it that nobody knows it for sure, and how many years either way are then meant.
ABOUT = re.compile(r"(?<!\S)(?:about|around|roughly|circa|ca\.?|c\.|~) ?(?=(?:19|20)\d\d(?!\S))", re.I)
ABOUT_YEARS = 5
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _plain(text: str) -> str:
    """The SQL of a text in small letters without accents, with every apostrophe the plain one."""
    straight = f"translate({text}, '{APOSTROPHES}', repeat('''', {len(APOSTROPHES)}))"
    bare = f"regexp_replace(normalize({straight}, NFKD), '{ACCENTS}', '', 'g')"
    plain = f"lower(translate({bare}, '{LETTERS[0]}', '{LETTERS[1]}'))"
    for letter, spelt in SPELT.items():
        plain = f"replace({plain}, '{letter}', '{spelt}')"
    return plain


def _spaced(text: str) -> str:
    """The SQL of a text with one space for all that stands between two words."""
    return f"trim(regexp_replace({text}, '[[:space:]{BETWEEN}]+', ' ', 'g'))"


class Lexemes(Func):
    """Everything that a record is found by: each word, with its apostrophe left out too, and each name run together.

    O'Brien is found as obrien, o brien and brien; van Kirk as van, kirk and vankirk; FB1 2AB with its space and
    without.
    """

    output_field = SearchVectorField()
    arg_joiner = " || E'\\n' || "

    def as_sql(self, compiler, connection, **context):
        """Write the texts thrice: with apostrophes left out, with a gap in their place, and without any gap."""
        texts, params = super().as_sql(compiler, connection, template="(%(expressions)s)")
        plain = _plain(texts)
        joined, parted = f"replace({plain}, '''', '')", f"replace({plain}, '''', ' ')"
        together = f"regexp_replace({joined}, '[ {BETWEEN}]+', '', 'g')"
        words = _spaced(f"{joined} || ' ' || {parted} || ' ' || {together}")
        return f"array_to_tsvector(string_to_array({words}, ' '))", [*params, *params, *params]


class Has(Func):
    """Whether a record has every word that was typed: at the beginning of one of its own, or as a whole one."""

    output_field = BooleanField()

    def __init__(self, words: str, *, whole: bool = False):
        super().__init__(F("looked_for"), Value(words))
        self.ends = "" if whole else ":*"

    def as_sql(self, compiler, connection, **context):
        """Write what was typed as a question: each word quoted, with how it must end."""
        (lexemes, _none), (typed, params) = map(compiler.compile, self.get_source_expressions())
        plain = _plain(f"{typed}::text")
        words = _spaced(f"replace({plain}, '''', '')")
        all_of_them = f"replace(NULLIF({words}, ''), ' ', '''{self.ends} & ''')"
        return f"{lexemes} @@ ('''' || {all_of_them} || '''{self.ends}')::tsquery", list(params)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody who looks for a person typed: words of names or a postcode, a number, a birthday or its years."""

    words: str
    nhs_number: str = ""
    born: date | None = None
    born_in: range | None = None


def read(typed: str) -> Asked:
    """Read what was typed into a search. Refused where it names a day that no calendar has.

    >>> read("Ann Bell 27/3/1952")
    Asked(words='Ann Bell', nhs_number='', born=datetime.date(1952, 3, 27), born_in=None)
    >>> read("999 123 4560").nhs_number
    '9991234560'
    >>> read("1952 Bell")
    Asked(words='Bell', nhs_number='', born=None, born_in=range(1952, 1953))
    >>> read("Bell, about 1950").born_in
    range(1945, 1956)
    """
    number, rest = _take(NHS_NUMBER, typed)
    born = None
    if (day := ISO_DAY.search(rest) or DAY.search(rest)) and (month := _month(day["month"])):
        born, rest = _day(day, month), rest.replace(day[0], " ")
    about, rest = _take(ABOUT, rest)
    year, rest = _take(YEAR, rest)
    either_way = ABOUT_YEARS if about else 0
    years = range(int(year) - either_way, int(year) + either_way + 1) if year else None
    digits = re.sub(r"\D", "", number)
    return Asked(rest.strip(), nhs_number=digits, born=born, born_in=years)


def _take(pattern: re.Pattern[str], typed: str) -> tuple[str, str]:
    """What fits a pattern, and what is left without it."""
    found = pattern.search(typed)
    return (found[0], typed.replace(found[0], " ")) if found else ("", typed)


def _month(typed: str) -> int:
    """The number of a month; 0 where a word is none."""
    if typed.isdigit():
        return int(typed)
    return next((place for place, name in enumerate(MONTHS, 1) if typed.lower().startswith(name)), 0)


def _day(found: re.Match[str], month: int) -> date:
    try:
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        raise Refusal(f"There is no {found[0]} in the calendar. Check the day and the month.", field="words") from None
