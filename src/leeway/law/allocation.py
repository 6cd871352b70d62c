"""From answers about support to an indicative budget: a council's own table, public, with no cliffs.

The figure is a starting point only. It never decides the budget: the plan does, at what it reasonably costs. The order
is the law's: what is needed as if nobody helped; which of that must be met, since it serves an eligible outcome; what
of it family or friends meet, who were asked and are willing and able to go on; and what the rest costs.
Sources: statutory guidance ch. 11; Care Act 2014 s10(5), s18; R (KM) v Cambridgeshire [2012] UKSC 23; R (Savva) v RBKC
[2010] EWCA Civ 1209; the Common Resource Allocation Framework (ADASS, 2009-10).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from leeway.law import inputs as read
from leeway.law.allocation_table import (
    SERVED,
    Answer,
    Help,
    Question,
    Table,
    allocation_table,
    pence_at,
)
from leeway.law.dated import Law
from leeway.law.numbers import ceil_div, floor_div, pounds
from leeway.law.outcome import BadInput, Outcome
from leeway.said import REASON, says_something

__all__ = ["Answer", "Contradiction", "Help", "Question", "allocate", "contradictions", "interpolate", "questions"]

GUIDANCE = (
    "Care and support statutory guidance, ch. 11",
    "https://www.gov.uk/government/publications/care-act-statutory-guidance",
)
MEETING_NEEDS = ("Care Act 2014 s18", "https://www.legislation.gov.uk/ukpga/2014/23/section/18")
WILLING = ("Care Act 2014 s10(5)", "https://www.legislation.gov.uk/ukpga/2014/23/section/10")
FIELDS = ("kind", "unable", "answers", "help", "willing_and_able", "helpers_words", "explained")
MUCH_HANGS = "Much hangs on some of the answers"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that were said and do not fit: the question or outcome by which it is explained, and a sentence.

    `questions` and `outcomes` are those that could be answered otherwise.
    """

    code: str
    sentence: str
    questions: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered: the outcomes that are out of reach, the answers, the help, and what was explained."""

    unable: frozenset[str]
    chosen: Mapping[str, Answer]
    help: Mapping[str, Help]
    willing_and_able: bool | None

    def points(self, question: Question) -> int:
        """The points that a question counts: none where it serves no eligible outcome, or is not asked."""
        return self.chosen[question.id].points if question.id in self.chosen and self.counts(question) else 0

    def counts(self, question: Question) -> bool:
        """Whether a question serves an outcome that is eligible."""
        return not self.unable.isdisjoint(question.outcomes)

    def percent(self, question: Question) -> int:
        """How much of a question's support the budget must buy."""
        given = self.help.get(question.id)
        return 100 if given is None or not self.willing_and_able else given.percent


@dataclass(frozen=True, slots=True)
class Money:
    """What one question gives a week: if nobody helped, and after the help there is. Part of a penny counts as one."""

    alone_pence: int
    pence: int


def questions(law: Law, kind: str = "adult") -> tuple[Question, ...]:
    """Give the questions of the council's table in force, in order, for an adult or for a carer."""
    return table_on(law, kind).questions


def helps(law: Law, kind: str = "adult") -> tuple[Help, ...]:
    """Give the answers to “How much of this do family or friends do?”, beginning with none."""
    return table_on(law, kind).help


def table_on(law: Law, kind: str = "adult") -> Table:
    """Give the council's whole table in force, in the prices of the year, for an adult or for a carer."""
    return allocation_table(law.only("allocation", "allocation_prices"), kind)


def allocate(answers: Mapping[str, Any], law: Law) -> Outcome:
    """Work out the indicative budget from the answers, with each pound traced to an answer.

    `answers`: `kind` (“adult” if left out, or “carer”); `unable`, the outcomes that cannot be achieved (for a carer
    also `health_at_risk`); `answers`, `{question id: answer id}`, for each question that serves one of these; `help`,
    `{question id: how much of it family or friends do}`; `willing_and_able`, whether whoever helps was asked, and is
    willing and able to go on; `helpers_words`, who they are and what they said; `explained`, a sentence for each
    contradiction.
    The result has `indicative_pence_per_week`, and `costed_instead`: true where needs are beyond the table's
    reach, so that the figure must not be used and the plan is costed instead.
    """
    given = read.mapping(answers, "The allocation answers")
    read.only_known(given, FIELDS, "The allocation answers")
    kind = read.one_of(given.get("kind", "adult"), tuple(SERVED), "kind")
    table = table_on(law, kind)
    answered = _answered(given, table)
    found = _explained(given, _contradictions(answered.unable, answered.chosen, table))
    money = _money(answered, table)
    total = sum(part.pence for part in money.values())
    changes = [line for question in table.questions for line in _what_would_change(question, answered, table, total)]
    result = {
        "kind": kind,
        "version": table.version,
        "indicative_pence_per_week": total,
        "costed_instead": _is_costed(answered, table, total),
        "ceiling_pence_per_week": table.ceiling_pence_per_week,
        "points": sum(answered.points(question) for question in table.questions),
        "answers": [_answer_line(question, answered, money[question.id], table) for question in table.questions],
        "contradictions": found,
        "what_would_change": changes,
        "notice_pence_per_week": table.notice_pence_per_week,
    }
    part = law.only("allocation", "allocation_prices")
    return Outcome(
        "allocation", given, part, result, _steps(answered, money, table, part), _reasons(result, table, part)
    )


def contradictions(
    unable: Collection[str], chosen: Mapping[str, str], law: Law, kind: str = "adult"
) -> tuple[Contradiction, ...]:
    """Find what does not fit between the outcomes that are out of reach and the answers given so far."""
    table = table_on(law, kind)
    known = {question.id: {answer.id: answer for answer in question.answers} for question in table.questions}
    answers = {name: known[name][answer] for name, answer in chosen.items() if answer in known.get(name, {})}
    return _contradictions(frozenset(unable), answers, table)


def interpolate(hundredths_of_points: int, table: Sequence[tuple[int, int]]) -> int:
    """Read pence off a table of (points, pence), on a straight line between its rows, so that nothing jumps.

    Points come in hundredths; above the last row the last row holds. Part of a penny is left off.

    >>> interpolate(3500, [(0, 0), (30, 17000), (40, 30000)])
    23500
    """
    if hundredths_of_points <= 100 * table[0][0]:
        return table[0][1]
    exact = pence_at(Fraction(hundredths_of_points, 100), tuple(table))
    return int(floor_div(exact.numerator, exact.denominator))


def _answered(given: Mapping[str, Any], table: Table) -> Answers:
    unable = read.some_of(read.needed(given, "unable"), [one.code for one in SERVED[table.kind]], "unable")
    answers = read.mapping(read.needed(given, "answers"), "answers")
    read.only_known(answers, [question.id for question in table.questions], "answers")
    asked = {
        question.id: {answer.id: answer for answer in question.answers}
        for question in table.questions
        if question.id in answers or not set(question.outcomes).isdisjoint(unable)
    }
    read.all_needed(answers, asked, "answers")
    chosen = {name: known[read.one_of(answers[name], known, name)] for name, known in asked.items()}
    answered = Answers(frozenset(unable), chosen, {}, None)
    return replace(answered, **_help(given, answered, table))


def _help(given: Mapping[str, Any], answered: Answers, table: Table) -> dict[str, Any]:
    """The help with each question that counts. Nobody's help is assumed, and a blank is neither none nor all."""
    helped = read.mapping(given.get("help", {}), "help")
    read.only_known(helped, [question.id for question in table.questions if question.family_can_help], "help")
    known = {one.id: one for one in table.help}
    chosen = {}
    for question in table.questions:
        if question.id in helped:
            chosen[question.id] = known[read.one_of(helped[question.id], known, f"help.{question.id}")]
        elif question.family_can_help and answered.points(question):
            raise BadInput(
                f"help.{question.id} is missing: ask how much of this family or friends do. “{table.help[0].id}” is an "
                "answer; a blank is not.",
                field=f"help.{question.id}",
            )
    read.words(given.get("helpers_words", ""), "helpers_words")
    willing = given.get("willing_and_able")
    if willing is not None:
        willing = read.yes_or_no(willing, "willing_and_able")
    elif any(one.percent < 100 and answered.points(q) for q in table.questions if (one := chosen.get(q.id))):
        raise BadInput(
            "willing_and_able is missing: ask whoever helps whether they are willing and able to go on. It is never "
            "assumed.",
            field="willing_and_able",
        )
    return {"help": chosen, "willing_and_able": willing}


def _contradictions(unable: frozenset[str], chosen: Mapping[str, Answer], table: Table) -> tuple[Contradiction, ...]:
    labels = {one.code: one.label for one in SERVED[table.kind]}
    found = []
    for question in table.questions:
        answer = chosen.get(question.id)
        if answer is None or not answer.points:
            continue
        expected = answer.expects or question.outcomes
        if unable.isdisjoint(expected):
            managed = " and ".join(f"“{labels[code]}”" for code in expected)
            counts = "" if not unable.isdisjoint(question.outcomes) else " So the answer counts nothing."
            found.append(
                Contradiction(
                    question.id,
                    f"“{question.text}” is answered “{answer.label}”, but the assessment says that {managed} can be "
                    f"managed.{counts}",
                    questions=(question.id,),
                    outcomes=tuple(expected),
                )
            )
    for code in sorted(unable, key=list(labels).index):
        serving = [question for question in table.questions if code in question.outcomes and not question.general]
        if serving and all(question.id in chosen and not chosen[question.id].points for question in serving):
            found.append(
                Contradiction(
                    code,
                    f"The assessment says that “{labels[code]}” cannot be managed, but every budget question about it "
                    "is answered with no support, or hardly any.",
                    questions=tuple(question.id for question in serving),
                    outcomes=(code,),
                )
            )
    return tuple(found)


def _explained(given: Mapping[str, Any], found: Sequence[Contradiction]) -> list[dict[str, str]]:
    """Each contradiction with the sentence that explains it; refused where there is none."""
    sentences = read.mapping(given.get("explained", {}), "explained")
    for code, said in sentences.items():
        read.words(said, f"explained.{code}")
    for one in found:
        said = sentences.get(one.code)
        if not isinstance(said, str) or not says_something(said, REASON):
            raise BadInput(
                f"{one.sentence} Mend one of the two, or explain it in a sentence in explained.{one.code}.",
                field=f"explained.{one.code}",
            )
    return [{"code": one.code, "sentence": one.sentence, "explained": sentences[one.code].strip()} for one in found]


def _money(answered: Answers, table: Table) -> dict[str, Money]:
    """What each question gives. Help with one of them touches its money alone; a greater need never lowers any."""
    of_a_point = table.price_of_a_point(sum(answered.points(question) for question in table.questions))
    money = {}
    for question in table.questions:
        exact = of_a_point * answered.points(question)
        left = exact * answered.percent(question) / 100
        money[question.id] = Money(_pence(exact), _pence(left))
    return money


def _pence(exact: Fraction) -> int:
    return int(ceil_div(exact.numerator, exact.denominator))


def _total(answered: Answers, table: Table) -> int:
    return sum(part.pence for part in _money(answered, table).values())


def _is_costed(answered: Answers, table: Table, total: int) -> bool:
    points = sum(answered.points(question) for question in table.questions)
    costed = any(answer.costed and answered.counts(question) for question, answer in _pairs(answered, table))
    return costed or points > table.points_to_pence[-1][0] or total > table.ceiling_pence_per_week


def _pairs(answered: Answers, table: Table) -> list[tuple[Question, Answer]]:
    return [(question, answered.chosen[question.id]) for question in table.questions if question.id in answered.chosen]


def _answer_line(question: Question, answered: Answers, money: Money, table: Table) -> dict[str, Any]:
    answer, help_given = answered.chosen.get(question.id), answered.help.get(question.id)
    counted = answered.counts(question)
    managed = [one.label for one in SERVED[table.kind] if one.code in question.outcomes]
    price = table.price_of(question.service)
    return {
        "question": question.id,
        "text": question.text,
        "domain": question.domain,
        "answer": answer.id if answer else None,
        "label": answer.label if answer else "Not asked",
        "counted": counted,
        "not_counted_because": "" if counted else f"It serves what can be managed: {'; '.join(managed).lower()}.",
        "points": answered.points(question),
        "alone_pence_per_week": money.alone_pence,
        "help": help_given.label if help_given and money.alone_pence else "",
        "percent": answered.percent(question),
        "pence_per_week": money.pence,
        "buys": _buys(money.pence, price.pence, price.service, price.unit) if price and money.pence else None,
    }


def _buys(pence: int, unit_pence: int, service: str, unit: str) -> dict[str, Any]:
    """How much that is in the service that the table prices it by, so that anybody can see whether it is enough."""
    tenths = floor_div(10 * pence + unit_pence // 2, unit_pence)
    return {"service": service, "unit": unit, "unit_pence": unit_pence, "tenths_of_units": tenths}


def _what_would_change(question: Question, answered: Answers, table: Table, total: int) -> list[dict[str, Any]]:
    """For a question that counts, what the figure would be one answer up or down, and with other help."""
    if not answered.counts(question):
        return []
    here = answered.chosen[question.id]

    def with_answer(other: Answer) -> dict[str, Any]:
        changed = replace(answered, chosen={**answered.chosen, question.id: other})
        return _other(other.id, other.label, _total(changed, table), total)

    lines = [_neighbours(question, "answer", here.id, here.label, question.answers, with_answer)]
    given = answered.help.get(question.id)
    if given and here.points and answered.willing_and_able is not False:

        def with_help(other: Help) -> dict[str, Any]:
            changed = replace(answered, help={**answered.help, question.id: other}, willing_and_able=True)
            return _other(other.id, other.label, _total(changed, table), total)

        lines.append(_neighbours(question, "help", given.id, given.label, table.help[::-1], with_help))
    return lines


def _other(code: str, label: str, pence: int, total: int) -> dict[str, Any]:
    return {"answer": code, "label": label, "indicative_pence_per_week": pence, "difference_pence": pence - total}


def _neighbours(
    question: Question, about: str, code: str, label: str, choices: Sequence[Any], change: Any
) -> dict[str, Any]:
    here = [choice.id for choice in choices].index(code)
    less, more = (choices[at] if 0 <= at < len(choices) else None for at in (here - 1, here + 1))
    return {
        "question": question.id,
        "text": question.text,
        "about": about,
        "answer": code,
        "label": label,
        "one_less": change(less) if less else None,
        "one_more": change(more) if more else None,
    }


def _steps(answered: Answers, money: Mapping[str, Money], table: Table, law: Law) -> tuple[dict[str, Any], ...]:
    points = sum(answered.points(question) for question in table.questions)
    given = sum(answer.points for _, answer in _pairs(answered, table))
    alone = sum(part.alone_pence for part in money.values())
    total = sum(part.pence for part in money.values())
    dated = {name: law.dated(name) for name in ("allocation", "allocation_prices")}
    lines: list[tuple[str, str, Any, str, tuple[str, str], str]] = [
        ("Points for the answers", "value", given, "The points of every answer, added up.", GUIDANCE, "allocation"),
        (
            "Points that count",
            "value",
            points,
            "Only support that serves an eligible need counts: the council must meet those needs.",
            MEETING_NEEDS,
            "allocation",
        ),
        (
            "Price of the support if nobody helped",
            "pence",
            alone,
            f"Read off the council’s table, on a straight line between its rows, in the prices of {table.year}"
            f"{_prices_in_words(table)}.",
            GUIDANCE,
            "allocation_prices",
        ),
        ("Met by family and friends", "pence", total - alone, _help_in_words(answered), WILLING, "allocation"),
        (
            "Indicative budget",
            "pence",
            total,
            "A starting point for the plan. The plan’s reasonable cost decides.",
            GUIDANCE,
            "allocation",
        ),
    ]
    return tuple(
        {"name": name, key: value, "sentence": said, "source": source[0], "source_url": source[1]}
        | {"parameter": parameter, "from": dated[parameter].start.isoformat()}
        | ({"doubt": dated[parameter].doubt} if dated[parameter].doubt else {})
        for name, key, value, said, source, parameter in lines
    )


def _prices_in_words(table: Table) -> str:
    """How the prices of the year differ from those that the table was made with, and whether they were fitted."""
    more = table.prices_percent - 100
    since = f": {abs(more)} per cent {'more' if more > 0 else 'less'} than when the table was made" if more else ""
    fitted = f". The whole is fitted to {table.deflator_percent} per cent of that"
    return since + (fitted if table.deflator_percent != 100 else "")


def _help_in_words(answered: Answers) -> str:
    if answered.willing_and_able is False:
        return "Whoever helps today was asked, and is not willing or able to go on: their help is not counted."
    return (
        "Help lowers the money for the question that it helps with, and no other. It counts only where those who give "
        "it were asked and are willing and able to go on. It does not change who is eligible."
    )


def _reasons(result: Mapping[str, Any], table: Table, law: Law) -> tuple[str, ...]:
    figure = pounds(result["indicative_pence_per_week"])
    if result["costed_instead"]:
        opening = (
            f"These needs are beyond what the table can price (somebody there at all times or awake all night, above "
            f"{pounds(table.ceiling_pence_per_week)} a week, or its last row). The plan is costed instead; {figure} is "
            "not a limit."
        )
    else:
        opening = f"The answers point to about {figure} a week to plan with."
    return (
        opening,
        "It is a starting point: the final budget must be enough to meet the needs at what that reasonably costs here.",
        *_notice(result),
        *(f"{one['sentence']} Explained: {one['explained']}" for one in result["contradictions"]),
        f"It comes from version {table.version} of the council’s table, which anybody may see.",
        *law.not_known_yet,
    )


def _notice(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which answers weigh much, and how much, so that nobody meets a great step unawares."""
    domains = {line["question"]: line["domain"] for line in result["answers"]}
    steps: dict[str, int] = {}
    for line in result["what_would_change"]:
        for other in filter(None, (line["one_less"], line["one_more"])):
            step = abs(other["difference_pence"])
            if step > result["notice_pence_per_week"]:
                domain = domains[line["question"]].lower()
                steps[domain] = max(step, steps.get(domain, 0))
    if not steps:
        return ()
    listed = "; ".join(f"{domain} ({pounds(step)})" for domain, step in steps.items())
    return (
        f"{MUCH_HANGS}. Make sure of them together: the next answer up or down would move the "
        f"figure by more than {pounds(result['notice_pence_per_week'])} a week. They are: {listed}.",
    )
