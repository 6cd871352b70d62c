"""From answers about support to an indicative budget: a council's own table, public, with no cliffs.

The figure is a starting point only. It never decides the budget: the plan does, at what it reasonably costs.
Sources: statutory guidance ch. 11; R (KM) v Cambridgeshire [2012] UKSC 23; R (Savva) v RBKC [2010] EWCA Civ 1209;
the Common Resource Allocation Framework (ADASS, 2009-10).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from leeway.law import inputs as read
from leeway.law.allocation_table import Answer, Question, Table, allocation_table
from leeway.law.dated import Law
from leeway.law.numbers import floor_div, pounds, split
from leeway.law.outcome import Outcome

__all__ = ["Answer", "Question", "allocate", "interpolate", "questions"]

SOURCE = "Care and support statutory guidance, ch. 11"
SOURCE_URL = "https://www.gov.uk/government/publications/care-act-statutory-guidance"


def questions(law: Law, kind: str = "adult") -> tuple[Question, ...]:
    """Give the questions of the council's table in force, in order, for an adult or for a carer."""
    return allocation_table(law.only("allocation"), kind).questions


def allocate(answers: Mapping[str, Any], law: Law) -> Outcome:
    """Work out the indicative budget from the answers, with each pound traced to an answer.

    `answers`: `{"kind": "adult" or "carer" (adult if left out), "answers": {question id: answer id}}`.
    The result has `indicative_pence_per_week`, and `costed_instead`: true where needs are beyond the table's
    reach, so that the figure must not be used and the plan is costed instead.
    """
    given = read.mapping(answers, "The allocation answers")
    read.only_known(given, ("kind", "answers"), "The allocation answers")
    kind = read.one_of(given.get("kind", "adult"), ("adult", "carer"), "kind")
    part = law.only("allocation")
    table = allocation_table(part, kind)
    chosen = _chosen(read.mapping(read.needed(given, "answers"), "answers"), table)
    hundredths = _hundredths_of_points(chosen, table)
    total = _indicative(sum(hundredths.values()), table)
    costed_instead = (
        sum(hundredths.values()) > 100 * table.points_to_pence[-1][0] or total > table.ceiling_pence_per_week
    )
    traced = dict(zip(hundredths, _traced(total, list(hundredths.values())), strict=True))
    result = {
        "kind": kind,
        "version": table.version,
        "indicative_pence_per_week": total,
        "costed_instead": costed_instead,
        "ceiling_pence_per_week": table.ceiling_pence_per_week,
        "points": _points(sum(hundredths.values())),
        "points_by_domain": _by_domain(hundredths, table),
        "answers": [_answer_line(q, chosen[q.id], hundredths, traced) for q in table.questions],
        "contingency_percent": table.contingency_percent,
        "what_would_change": [_what_would_change(question, chosen, table) for question in table.questions],
    }
    return Outcome("allocation", given, part, result, _steps(chosen, table, part), _reasons(result, table))


def interpolate(hundredths_of_points: int, table: Sequence[tuple[int, int]]) -> int:
    """Read pence off a table of (points, pence), on a straight line between its rows, so that nothing jumps.

    Points come in hundredths; above the last row the last row holds. Part of a penny is left off.

    >>> interpolate(3500, [(0, 0), (30, 17000), (40, 30000)])
    23500
    """
    reached = table[0]
    for above in table[1:]:
        if hundredths_of_points <= 100 * above[0]:
            climbed = (above[1] - reached[1]) * (hundredths_of_points - 100 * reached[0])
            return reached[1] + int(floor_div(climbed, 100 * (above[0] - reached[0])))
        reached = above
    return reached[1]


def _indicative(hundredths: int, table: Table) -> int:
    price = floor_div(interpolate(hundredths, table.points_to_pence) * table.deflator_percent, 100)
    return int(floor_div(price * (100 - table.contingency_percent), 100))


def _chosen(given: Mapping[str, Any], table: Table) -> dict[str, Answer]:
    read.only_known(given, [question.id for question in table.questions], "answers")
    chosen = {}
    for question in table.questions:
        known = {answer.id: answer for answer in question.answers}
        chosen[question.id] = known[read.one_of(read.needed(given, question.id), known, question.id)]
    return chosen


def _hundredths_of_points(chosen: Mapping[str, Answer], table: Table) -> dict[str, int]:
    helped = min((chosen[q.id].percent for q in table.questions if q.informal_support), default=100)
    return {
        question.id: chosen[question.id].points * (helped if question.family_can_help else 100)
        for question in table.questions
        if not question.informal_support
    }


def _traced(total: int, hundredths: Sequence[int]) -> list[int]:
    return split(total, hundredths) if any(hundredths) else [0] * len(hundredths)


def _points(hundredths: int) -> str:
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") if part else str(whole)


def _by_domain(hundredths: Mapping[str, int], table: Table) -> dict[str, str]:
    sums: dict[str, int] = {}
    for question in table.questions:
        if question.id in hundredths:
            sums[question.domain] = sums.get(question.domain, 0) + hundredths[question.id]
    return {domain: _points(points) for domain, points in sums.items()}


def _answer_line(
    question: Question, answer: Answer, hundredths: Mapping[str, int], traced: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "question": question.id,
        "text": question.text,
        "domain": question.domain,
        "answer": answer.id,
        "label": answer.label,
        "points": _points(hundredths.get(question.id, 0)),
        "pence_per_week": traced.get(question.id, 0),
    }


def _what_would_change(question: Question, chosen: Mapping[str, Answer], table: Table) -> dict[str, Any]:
    ids = [answer.id for answer in question.answers]
    here = ids.index(chosen[question.id].id)
    line: dict[str, Any] = {"question": question.id, "answer": ids[here], "one_less": None, "one_more": None}
    for name, there in (("one_less", here - 1), ("one_more", here + 1)):
        if 0 <= there < len(ids):
            other = question.answers[there]
            points = _hundredths_of_points({**chosen, question.id: other}, table)
            pence = _indicative(sum(points.values()), table)
            line[name] = {"answer": other.id, "label": other.label, "indicative_pence_per_week": pence}
    return line


def _steps(chosen: Mapping[str, Answer], table: Table, law: Law) -> tuple[dict[str, Any], ...]:
    dated = law.dated("allocation")
    unhelped = sum(100 * chosen[q.id].points for q in table.questions if not q.informal_support)
    hundredths = sum(_hundredths_of_points(chosen, table).values())
    price = interpolate(hundredths, table.points_to_pence)
    deflated = floor_div(price * table.deflator_percent, 100)
    total = _indicative(hundredths, table)
    common = {"source": SOURCE, "source_url": SOURCE_URL, "parameter": "allocation", "from": dated.start.isoformat()}
    lines: list[tuple[str, str, Any, str]] = [
        ("Points for the answers", "value", _points(unhelped), "The points of every answer, added up."),
        (
            "Points after help from family and friends",
            "value",
            _points(hundredths),
            "Help that people are willing and able to give lowers what the budget must buy. It does not change who is "
            "eligible, and nobody has to give it.",
        ),
        ("Price of the support", "pence", price, "Read off the council's table, on a straight line between its rows."),
        ("Fitted to the council's budget", "pence", deflated, f"{table.deflator_percent} per cent of the price."),
        (
            "Kept back for what a table cannot see",
            "pence",
            total - deflated,
            f"{table.contingency_percent} per cent, kept for plans that cost more than the table foresaw.",
        ),
        ("Indicative budget", "pence", total, "A starting point for the plan. The plan's reasonable cost decides."),
    ]
    return tuple({"name": name, key: value, "sentence": said, **common} for name, key, value, said in lines)


def _reasons(result: Mapping[str, Any], table: Table) -> tuple[str, ...]:
    figure = pounds(result["indicative_pence_per_week"])
    if result["costed_instead"]:
        opening = (
            f"These needs are beyond what the table can price (above {pounds(table.ceiling_pence_per_week)} a week or "
            f"its last row). The plan is costed instead; {figure} is not a limit."
        )
    else:
        opening = f"The answers point to about {figure} a week to plan with."
    return (
        opening,
        "It is a starting point: the final budget must be enough to meet the needs at what that reasonably costs here.",
        f"It comes from version {table.version} of the council's table, which anybody may see.",
    )
