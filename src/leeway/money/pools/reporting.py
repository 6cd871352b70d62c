"""A pool's quarter for its partners: every figure, and nobody's name. Small numbers of people are hidden.

A person is a reference, the same in every quarter, which leads to nobody without the council's own records. What they
chose, in words, is left out: each amount says its payer and its law.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import typst
from django.conf import settings

from leeway import typeface
from leeway.law.numbers import decimal_pounds, pounds
from leeway.money.funders.models import Funder, Purse
from leeway.money.pools.models import Pool, Report
from leeway.money.pools.position import releases, shadows, standing, told_apart
from leeway.money.pools.untangling import OVERHEAD, Leaf, Question, Untangled
from leeway.small_numbers import LEAST

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
#: Fewer people than this are not counted or listed one by one: their team is put together with the next smallest.
FEW = f"fewer than {LEAST}"
#: Of teams that are put together: nobody, no payer and no law is told apart.
TOGETHER = ("All of them", "All who pay", "Put together: a team of few people is in it")
UNNAMED: Mapping[Purse, str] = {
    Purse.NHS: "The NHS, body not named",
    Purse.PERSON: "The person",
    Purse.COUNCIL: "The council",
}


def reference(pool: Pool, case: UUID) -> str:
    """By which a partner knows a person: the same in every quarter of a pool, and another in another pool."""
    return f"P-{uuid5(pool.pk, str(case)).hex[:8].upper()}"


def payer_names() -> Mapping[UUID, str]:
    """The name of everybody who pays, no two the same."""
    return told_apart(Funder.objects.all())


def payer_of(leaf: Leaf, names: Mapping[UUID, str]) -> str:
    """Who pays some pence, by name."""
    return names[leaf.payer] if leaf.payer else UNNAMED[leaf.purse]


def people_in(leaves: Iterable[Leaf]) -> int | str:
    """How many people some pence are for, small numbers hidden."""
    count = len(_people(leaves))
    return count if count >= LEAST else FEW


def digest_of(figures: Mapping[str, Any]) -> str:
    """By which figures are known again: another one where any of them is another."""
    return sha256(json.dumps(figures, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def figures_of(pool: Pool, found: Untangled) -> dict[str, Any]:
    """All that a report says of a quarter."""
    names, stands = payer_names(), standing(pool, found)
    return {
        "total_pence": found.total_pence,
        "spent_pence": found.spent_pence,
        "unexplained_pence": found.unexplained_pence,
        "in_question_pence": found.in_question_pence,
        "groups": [
            _group(pool, name, leaves, names)
            for name, leaves, _ in _of_enough(found.leaves, lambda leaf: leaf.case.group)
        ],
        "payers": [
            {"name": name, "pence": sum(leaf.pence for leaf in leaves)}
            for name, leaves in _by(found.leaves, lambda leaf: payer_of(leaf, names))
        ],
        "questions": _questions(found.questions),
        "contributions": [
            {
                "partner": str(each.partner),
                "agreed_pence": each.agreed_pence,
                "invoiced_pence": each.invoiced_pence,
                "paid_in_pence": each.paid_in_pence,
            }
            for each in stands.contributed
        ],
        "over_pence": stands.over_pence,
        "risk": [dict(step) for step in stands.shared.steps] if stands.shared else [],
        "problem": stands.problem,
        "could_be_pence": sum(each.could_be_pence for each in shadows(found.leaves)),
        "releases": [{"day": day.isoformat(), "pence": pence} for day, pence in releases(found.leaves).items()],
    }


def _group(pool: Pool, name: str, leaves: Sequence[Leaf], names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "name": name,
        "people": people_in(leaves),
        "pence": sum(leaf.pence for leaf in leaves),
        "teams": [
            _team(pool, team, of, names, together=together)
            for team, of, together in _of_enough(leaves, lambda leaf: leaf.case.team_name)
        ],
    }


def _team(
    pool: Pool, name: str, leaves: Sequence[Leaf], names: Mapping[UUID, str], *, together: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "people": people_in(leaves),
        "pence": sum(leaf.pence for leaf in leaves),
        "rows": [
            {"person": person, "payer": payer, "reason": reason, "pence": sum(leaf.pence for leaf in of)}
            for (person, payer, reason), of in _by(
                leaves, lambda leaf: TOGETHER if together else _row(pool, leaf, names)
            )
        ],
    }


def _row(pool: Pool, leaf: Leaf, names: Mapping[UUID, str]) -> tuple[str, str, str]:
    reason = f"{leaf.what} ({leaf.reason})" if leaf.kind == OVERHEAD else leaf.reason
    return reference(pool, leaf.case.case), payer_of(leaf, names), reason


def _of_enough(leaves: Iterable[Leaf], key: Callable[[Leaf], str]) -> list[tuple[str, list[Leaf], bool]]:
    """Parts by name; those of few people, and as many of the next smallest as it takes, put together as one, last.

    Nobody is left over where the parts that are shown are taken from the whole. Each says whether it is put together.
    """
    rest = sorted(_by(leaves, key), key=lambda part: len(_people(part[1])))
    names: list[str] = []
    few: list[Leaf] = []
    while rest and (len(_people(rest[0][1])) < LEAST or (few and len(_people(few)) < LEAST)):
        name, of = rest.pop(0)
        names.append(name)
        few += of
    told = [(name, of, False) for name, of in sorted(rest, key=lambda part: part[0])]
    return [*told, (", ".join(sorted(names)), few, True)] if few else told


def _people(leaves: Iterable[Leaf]) -> set[UUID]:
    return {leaf.case.person for leaf in leaves}


def _questions(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """What is open. What is asked of people's lines is told as one sum: a worker's alone could be one person's."""
    told = [
        {"what": each.what, "owner": each.owner, "pence": each.pence, "of_a_person": False}
        for each in questions
        if not each.of_a_person
    ]
    of_people: defaultdict[str, int] = defaultdict(int)
    for each in questions:
        if each.of_a_person:
            of_people[each.what] += each.pence
    return told + [
        {"what": what, "owner": "Whoever works with each person", "pence": pence, "of_a_person": True}
        for what, pence in of_people.items()
    ]


def _by(leaves: Iterable[Leaf], key: Any) -> list[tuple[Any, list[Leaf]]]:
    found = defaultdict(list)
    for leaf in leaves:
        found[key(leaf)].append(leaf)
    return sorted(found.items())


def rows_for_csv(report: Report) -> list[tuple[object, ...]]:
    """Every amount of a report as a row, as `CSV_HEADER` names it. They add up to the total."""
    rows: list[tuple[object, ...]] = [
        (group["name"], team["name"], row["person"], row["payer"], row["reason"], decimal_pounds(row["pence"]))
        for group in report.figures["groups"]
        for team in group["teams"]
        for row in team["rows"]
    ]
    rows += [
        ("", "", "", "", f"Open question for {each['owner']}: {each['what']}", decimal_pounds(each["pence"]))
        for each in report.figures["questions"]
        if not each["of_a_person"]
    ]
    return rows


CSV_HEADER = ("Client group", "Team", "Person", "Payer", "Reason", "Pounds")


def report_pdf(report: Report) -> bytes:
    """A report as a tagged PDF. The same bytes each time; its words reach Typst as JSON, never as markup."""
    content = _in_pounds(report.figures) | {
        "council": settings.COUNCIL_NAME,
        "pool": report.pool.name,
        "agreement": report.pool.agreement,
        "number": report.number,
        "quarter": f"{report.starts_on:%-d %B %Y} to {report.ends_on:%-d %B %Y}",
        "dated": f"{report.made_on:%-d %B %Y}",
        "few": FEW,
    }
    inputs = {"report": json.dumps(content, ensure_ascii=False)}
    made_at = datetime.combine(report.made_on, time(), UTC)
    try:
        return typst.compile(
            TEMPLATE, sys_inputs=inputs, font_paths=typeface.SHIPPED, pdf_standards="ua-1", timestamp=made_at
        )
    except typst.TypstError as problem:
        if "text" not in problem.diagnostic:  # anything but a letter that the typeface lacks is a fault of ours
            raise
    return typst.compile(TEMPLATE, sys_inputs=inputs, font_paths=typeface.ALL, pdf_standards="ua-1", timestamp=made_at)


def _in_pounds(value: Any) -> Any:
    """Figures as they are read: every amount in pounds, and every day in words."""
    if isinstance(value, list):
        return [_in_pounds(each) for each in value]
    if isinstance(value, dict):
        return {name: _written(name, each) for name, each in value.items()}
    return value


def _written(name: str, value: Any) -> Any:
    if name.endswith("pence"):
        return pounds(value)
    if name == "day":
        return f"{date.fromisoformat(value):%-d %B %Y}"
    return _in_pounds(value)
