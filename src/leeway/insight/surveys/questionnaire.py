"""Questionnaires as data: what is asked, in which order, of whom, and which answers there are."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal, overload

from leeway.reading import Placed, yaml_of
from leeway.refusal import Refusal

FOLDER = Path(__file__).parent / "questionnaires"
KINDS = ("choice", "scale", "yes_no", "number", "text")
YES_NO = (("yes", "Yes"), ("no", "No"))
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")  # as the column of a table is called: q1, MechOfDelivery
OPTION = re.compile(r"[A-Za-z0-9_.-]{1,40}")
WRITTEN = "letters, numbers and _ . -"
LONGEST_TEXT = 4000


class BadQuestionnaire(Refusal):
    """A questionnaire is not as it must be; the sentence names the file, the question and what to mend."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A section is put only to those who gave one of these answers to an earlier question."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What somebody else published for a question, before us: a share, and where it stands."""

    year: int
    percent: float
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` are (code, label); `good` are the codes that count as a good answer."""

    code: str
    kind: str
    ask: str
    hint: str
    options: tuple[tuple[str, str], ...]
    good: tuple[str, ...]
    required: bool
    minimum: float | None
    maximum: float | None
    whole: bool
    longest: int
    published: tuple[Published, ...]

    @property
    def labels(self) -> dict[str, str]:
        """What each option says, by its code."""
        return dict(self.options)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are put together, on one page."""

    title: str
    ask: str
    when: Condition | None
    questions: tuple[Question, ...]

    def is_for(self, answers: Mapping[str, Any]) -> bool:
        """Whether this section is put to somebody who gave these answers before it."""
        return self.when is None or answers.get(self.when.question) in self.when.answers


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which question tells groups apart, the group that the others are held against, and the strata to compare in."""

    group: str
    base: str
    strata: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire of one version. `data` is what it was read from, to be kept with the answers."""

    code: str
    version: int
    date: date
    title: str
    unit: str
    anonymous: bool
    introduction: str
    compare: Comparison | None
    sections: tuple[Section, ...]
    data: Mapping[str, Any]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, code: str) -> Question:
        """The question of this code. Raises Refusal where there is none."""
        for question in self.questions:
            if question.code == code:
                return question
        raise Refusal(f"The questionnaire “{self.code}” has no question “{code}”. Give one of its questions.")

    def section_of(self, code: str) -> Section:
        """The section in which a question stands."""
        return next(each for each in self.sections if code in {question.code for question in each.questions})


def codes() -> list[str]:
    """The questionnaires that come with Leeway."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def load(code: str) -> Questionnaire:
    """A questionnaire that comes with Leeway, by its code. Raises Refusal where there is none."""
    if code not in codes():
        raise Refusal(f"There is no questionnaire “{code}”. There are: {', '.join(codes())}.")
    return read(FOLDER / f"{code}.yaml")


def read(path: Path) -> Questionnaire:
    """A questionnaire from a YAML file. Raises BadQuestionnaire, naming the file and what to mend."""
    return parse(yaml_of(path, lines=True), where=path.name)


def parse(data: Any, *, where: str) -> Questionnaire:
    """A questionnaire from what a file, or a kept wave, says. Raises BadQuestionnaire, naming `where`."""
    given = Given(data, where)
    given.only("code version date title unit anonymous introduction compare sections")
    sections = tuple(_section(each) for each in given.list_of("sections", "section"))
    questionnaire = Questionnaire(
        code=given.code("code"),
        version=given.typed("version", int),
        date=given.date("date"),
        title=given.text("title"),
        unit=given.text("unit"),
        anonymous=given.typed("anonymous", bool),
        introduction=given.text("introduction"),
        compare=_comparison(given),
        sections=sections,
        data=data,
    )
    _check_whole(questionnaire, given)
    return questionnaire


def _section(given: "Given") -> Section:
    given.only("title ask when questions")
    when = given.part("when")
    condition = None
    if when is not None:
        when.only("question is")
        condition = Condition(when.code("question"), tuple(when.strings("is")))
    title = given.text("title")
    questions = tuple(_question(each) for each in given.list_of("questions", f"section “{title}”, question"))
    return Section(title, given.text("ask", needed=False), condition, questions)


def _question(given: "Given") -> Question:
    given = Given(given.data, given.file, f"question “{given.code('code')}”")
    given.only("code kind ask hint options good required minimum maximum whole longest published")
    kind = given.text("kind")
    if kind not in KINDS:
        given.fail(f"its kind is “{kind}”. Use one of {', '.join(KINDS)}")
    options = YES_NO if kind == "yes_no" else tuple(given.pairs("options"))
    if kind in ("choice", "scale") and len(options) < 2:
        given.fail("it needs two options or more, each a code and a label")
    if kind not in ("choice", "scale") and "options" in given.data:
        given.fail("only a choice or a scale has options")
    good = tuple(given.strings("good"))
    if unknown := [code for code in good if code not in dict(options)]:
        given.fail(f"“{unknown[0]}” counts as good and is no option")
    minimum, maximum = given.number("minimum"), given.number("maximum")
    if minimum is not None and maximum is not None and minimum >= maximum:
        given.fail("its minimum is not below its maximum")
    if kind != "number" and {"minimum", "maximum", "whole"} & set(given.data):
        given.fail("only a number has a minimum, a maximum, or is whole")
    published = (
        given.list_of("published", f"question “{given.code('code')}”, published figure")
        if "published" in given.data
        else ()
    )
    return Question(
        code=given.code("code"),
        kind=kind,
        ask=given.text("ask"),
        hint=given.text("hint", needed=False),
        options=options,
        good=good,
        required=given.typed("required", bool, otherwise=False),
        minimum=minimum,
        maximum=maximum,
        whole=given.typed("whole", bool, otherwise=False),
        longest=given.typed("longest", int, otherwise=LONGEST_TEXT),
        published=tuple(
            Published(each.typed("year", int), each.number("percent", needed=True), each.text("source"))
            for each in published
        ),
    )


def _comparison(given: "Given") -> Comparison | None:
    compare = given.part("compare")
    if compare is None:
        return None
    compare.only("group base strata")
    return Comparison(compare.code("group"), compare.text("base"), compare.code("strata"))


def _check_whole(questionnaire: Questionnaire, given: "Given") -> None:
    """Refuse codes that are there twice, and conditions or comparisons that name what is not there before them."""
    doubles = [code for code, times in Counter(each.code for each in questionnaire.questions).items() if times > 1]
    if doubles:
        given.fail(f"the question “{doubles[0]}” is there twice. Give each its own code")
    before: dict[str, Question] = {}
    for section in questionnaire.sections:
        if section.when is not None:
            asked = before.get(section.when.question)
            if asked is None:
                given.fail(f"the section “{section.title}” depends on a question that no earlier section asks")
            elif not section.when.answers or set(section.when.answers) - set(asked.labels):
                given.fail(f"the section “{section.title}” depends on an answer that “{asked.code}” does not have")
        before |= {question.code: question for question in section.questions}
    compare = questionnaire.compare
    if compare is not None and not (
        {compare.group, compare.strata} <= set(before) and compare.base in before[compare.group].labels
    ):
        given.fail("it compares by a question or an answer that it does not have")


class Given:
    """A part of a file, and where it stands (its line, and of which part it is), so that a wrong part is named."""

    def __init__(self, data: Any, file: str, part: str = ""):
        self.file = file
        line = f"line {data.line}" if isinstance(data, Placed) else ""
        self.where = ", ".join(filter(None, (file, line, part)))
        if not isinstance(data, dict):
            self.fail("there must be names with values here")
        self.data: dict[str, Any] = data

    def fail(self, reason: str) -> None:
        raise BadQuestionnaire(f"{self.where}: {reason}.")

    def only(self, names: str) -> None:
        """Refuse a name that means nothing here: most often it is a slip of the pen."""
        if strange := [name for name in self.data if name not in names.split()]:
            self.fail(f"“{strange[0]}” means nothing here. Use {', '.join(names.split())}")

    def typed[T](self, name: str, kind: type[T], *, otherwise: T | None = None) -> T:
        value = self.data.get(name, otherwise)
        if type(value) is not kind:
            self.fail(f"“{name}” must be {'true or false' if kind is bool else 'a whole number'}")
        return value  # type: ignore[return-value]

    def text(self, name: str, *, needed: bool = True) -> str:
        value = self.data.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            self.fail(f"“{name}” must be a text")
        return value.strip()

    def code(self, name: str) -> str:
        value = self.text(name)
        if not CODE.fullmatch(value):
            self.fail(f"“{name}” must be {WRITTEN}, beginning with a letter")
        return value

    def date(self, name: str) -> date:
        value = self.data.get(name)
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise BadQuestionnaire(f"{self.where}: “{name}” must be a date like 2026-11-01.") from None

    @overload
    def number(self, name: str) -> float | None: ...

    @overload
    def number(self, name: str, *, needed: Literal[True]) -> float: ...

    def number(self, name: str, *, needed: bool = False) -> float | None:
        value = self.data.get(name)
        if value is None and not needed:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.fail(f"“{name}” must be a number")
        return value

    def part(self, name: str) -> "Given | None":
        return Given(self.data[name], self.file, name) if name in self.data else None

    def list_of(self, name: str, called: str) -> Iterator["Given"]:
        value = self.data.get(name)
        if not isinstance(value, list) or not value:
            self.fail(f"“{name}” must be a list of one or more")
        return (Given(each, self.file, f"{called} {number}") for number, each in enumerate(value or [], start=1))

    def strings(self, name: str) -> list[str]:
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fail(f"“{name}” must be a list of codes; put yes, no and numbers in quotation marks")
        return value

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Options: a list of [code, label], each code once."""
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(
            isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each) for each in value
        ):
            self.fail(f"“{name}” must be a list of [code, label]; put yes, no and numbers in quotation marks")
        if wrong := [code for code, _ in value if not OPTION.fullmatch(code)]:
            self.fail(f"the option “{wrong[0]}” must be {WRITTEN}")
        if len({code for code, _ in value}) < len(value):
            self.fail("an option is there twice")
        return [(code, label) for code, label in value]
