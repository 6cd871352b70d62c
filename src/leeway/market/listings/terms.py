"""What a searcher's words ask for: kinds of support by name, words that need not all be there, near spellings."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from rapidfuzz import process
from rapidfuzz.distance import OSA

from leeway.market.listings.models import Kind, Service

#: The ratings file says of some services only that they work in the community: they may be any of these.
PERHAPS = {Kind.HOME_CARE, Kind.SUPPORTED_LIVING, Kind.EXTRA_CARE, Kind.SHARED_LIVES}
#: What people call a kind, beside its own name.
CALLED = {
    Kind.HOME_CARE: ("homecare", "domiciliary care", "domiciliary", "care at home", "home help", "help at home"),
    Kind.CARE_HOME: ("residential home", "residential care", "residential"),
    Kind.NURSING_HOME: ("nursing home",),
    Kind.DAY_SUPPORT: ("day centre", "day care"),
    Kind.EXTRA_CARE: ("extra care",),
}
NAMED = (Kind.HOME_CARE, Kind.PERSONAL_ASSISTANT, Kind.DAY_SUPPORT, Kind.SUPPORTED_LIVING, Kind.EXTRA_CARE,
         Kind.SHARED_LIVES, Kind.CARE_HOME, Kind.NURSING_HOME)  # fmt: skip
PHRASES = {name.lower(): kind for kind in NAMED for name in (kind.label, *CALLED.get(kind, ()))}
KIND_WORDS = tuple(sorted({word for phrase in PHRASES for word in phrase.split()}))
A_KIND = re.compile(
    r"\b("
    + "|".join(re.sub(r"\\? ", r"(?:-|\\s+)", re.escape(name)) for name in sorted(PHRASES, key=len, reverse=True))
    + r")s?\b",
    re.IGNORECASE,
)
A_WORD = re.compile(r'(-?)(?:"([^"]{1,200})"|(\S{1,200}))')
WORDS_MOST = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What words ask for: kinds by name (each with the words for it), words to find, and words to leave out."""

    kinds: tuple[tuple[str, Kind], ...]
    words: tuple[str, ...]
    without: tuple[str, ...]


def asked_of(words: str) -> Asked:
    """Take a searcher's words apart. In quotation marks they stand together; a minus before one leaves it out.

    >>> asked_of('home care "made at home" -night')
    Asked(kinds=(('home care', Kind.HOME_CARE),), words=('made at home',), without=('night',))
    """
    kinds: list[tuple[str, Kind]] = []

    def note(found: re.Match[str]) -> str:
        name = " ".join(re.split(r"[\s-]+", found[1].lower()))
        kinds.append((name, PHRASES[name]))
        return " "

    outside = re.split(r'(-?"[^"]{1,200}")', words)
    rest = " ".join(part if place % 2 else A_KIND.sub(note, part) for place, part in enumerate(outside))
    told = [(minus, phrase or word) for minus, phrase, word in A_WORD.findall(rest)][:WORDS_MOST]
    return Asked(
        tuple(kinds),
        tuple(dict.fromkeys(word for minus, word in told if not minus)),
        tuple(word for minus, word in told if minus),
    )


def of_kind(kind: str) -> Q:
    """Services of a kind, with those that may be of it because the regulator's file does not say."""
    wanted = Q(kinds__contains=[kind])
    return wanted | Q(kinds__contains=[Kind.COMMUNITY_CARE]) if kind in PERHAPS else wanted


def by_words(found: QuerySet, words: str) -> tuple[QuerySet, tuple[str, ...]]:
    """The services that words ask for, `matched` by so many of them and with a `rank`; and the words spelt otherwise.

    A kind that is named must be theirs, or in their name; of the other words one is enough, and where a kind is named
    they only say who comes first. A word that nothing has is looked for as what is spelt most like it.
    """
    words, kinds_spelt_otherwise = _kinds_as_spelt(_without_accents(words))
    asked = asked_of(words)
    for name, kind in asked.kinds:
        both = of_kind(kind) | of_kind(Kind.NURSING_HOME) if kind == Kind.CARE_HOME else of_kind(kind)
        found = found.filter(both | Q(name__icontains=name))
    for word in asked.without:
        found = found.exclude(words=_query(word))
    terms, otherwise = _terms(asked.words)
    if not asked.kinds:
        found = found.filter(words=reduce(or_, terms)) if terms else found.none()
    matched = (Case(When(words=term, then=1), default=0, output_field=IntegerField()) for term in terms)
    rank = SearchRank(F("words"), reduce(or_, terms)) if terms else Value(0.0)
    return found.annotate(matched=sum(matched, Value(0)), rank=rank), (*kinds_spelt_otherwise, *otherwise)


def _without_accents(words: str) -> str:
    """Words as they are listed by: “cafe” and “café” are one."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))


def _kinds_as_spelt(words: str) -> tuple[str, tuple[str, ...]]:
    """Words in which a kind's name is spelt right, and those that were not: by “nursng home” homes are meant.

    Words stay as they were typed where something is listed by them, or where no kind is named by what they are near.
    """
    near = {}
    for word in dict.fromkeys(re.findall(rf"[A-Za-z]{{{NEAR_LEAST},}}", words)):
        found = process.extractOne(word.lower(), KIND_WORDS, scorer=OSA.distance, score_cutoff=_most_off(word))
        if found and found[1]:
            near[word] = found[0]

    def spelt(wrong: Iterable[str]) -> str:
        return reduce(lambda said, word: re.sub(rf"\b{word}\b", near[word], said), wrong, words)

    def names_another(wrong: Iterable[str]) -> bool:
        return len(asked_of(spelt(wrong)).kinds) > len(asked_of(words).kinds)

    if names_another(near):
        has = _listed_by(tuple(near))
        wrong = tuple(word for word in near if not has[word])
        if names_another(wrong):
            return spelt(wrong), wrong
    return words, ()


def _most_off(word: str) -> int:
    """How many letters of a word may be another, be left out, stand twice or change places."""
    return 1 if len(word) < 2 * NEAR_LEAST else 2


def _terms(words: tuple[str, ...]) -> tuple[list[SearchQuery], tuple[str, ...]]:
    """What to look for each word by, if anything is listed by it or by what is spelt like it; the words spelt so."""
    has = _listed_by(words)
    near = _spelt_like([word for word in words if not has[word]])
    terms = [_query(word) if has[word] else _lexemes(near[word]) for word in words if has[word] or near.get(word)]
    return terms, tuple(word for word in words if near.get(word))


def _query(word: str) -> SearchQuery:
    return SearchQuery(word, config="english", search_type="phrase")


def _lexemes(near: list[str]) -> SearchQuery:
    return SearchQuery(
        " | ".join("'" + word.replace("'", "''") + "'" for word in near), config="simple", search_type="raw"
    )


def _listed_by(words: tuple[str, ...]) -> dict[str, bool]:
    """Whether anything is listed by each word."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED_BY, {"words": list(words)})
        return dict(cursor.fetchall()) if words else {}


def _spelt_like(words: list[str]) -> dict[str, list[str]]:
    """For each word by which nothing is listed, those that are spelt most like it, if any is near enough."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LEXEMES, {"words": words})
        lexemes: dict[str, list[str]] = dict(cursor.fetchall())
        cursor.execute(VERSION)
        known = cache.get_or_set(f"words-listed-{cursor.fetchone()}".replace(" ", ""), _all_listed, KEPT_SECONDS) or []
    found: dict[str, list[str]] = {}
    for word, parts in lexemes.items():
        if len(parts) != 1 or len(parts[0]) < NEAR_LEAST:
            continue
        near = process.extract(parts[0], known, scorer=OSA.distance, score_cutoff=_most_off(parts[0]), limit=5)
        if near:
            found[word] = [each for each, distance, _ in near if distance == near[0][1]]
    return found


def _all_listed() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ALL_LISTED)
        return [row[0] for row in cursor.fetchall()]


SERVICE = Service._meta.db_table
LISTED_BY = f"""
SELECT word, EXISTS (SELECT FROM {SERVICE}
                     WHERE no_longer_listed_on IS NULL AND words @@ phraseto_tsquery('english', word))
FROM unnest(%(words)s::text[]) AS asked(word)
"""
LEXEMES = "SELECT word, tsvector_to_array(to_tsvector('english', word)) FROM unnest(%(words)s::text[]) AS asked(word)"
VERSION = f"SELECT count(*), max(last_checked_on), max(no_longer_listed_on) FROM {SERVICE}"
ALL_LISTED = f"SELECT word FROM ts_stat('SELECT words FROM {SERVICE} WHERE no_longer_listed_on IS NULL')"
KEPT_SECONDS = 600
NEAR_LEAST = 4  # a shorter word is near too many others
