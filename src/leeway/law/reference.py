"""Every parameter of the law, for the page of the site and for the reference page of the documentation."""

from dataclasses import dataclass
from pathlib import Path

from leeway.law.capital import OWNED_FIELDS
from leeway.law.charge_case import CASE_FIELDS
from leeway.law.dated import DEFAULT_POLICY, DatedValue, Parameter, every_parameter
from leeway.law.exemptions import PART_FIELDS
from leeway.law.income import ROW
from leeway.law.numbers import pounds

OPENING = """\
# Parameters

Every dated value that a rule of Leeway uses, with its history and its source. A value holds from its first day
until the next one; before its first day there is none, and a rule refuses to guess. National values are followed
by a council’s own, here those of the default policy. Each says what a council may do with it, and by which law: a
policy that does anything else is refused.

This page is generated: run `make reference` after a change. A note “in doubt” says what is still to be confirmed
before charging on the value.
"""
CASE = """\
# What a case has in it

The fields of the file for `leeway law charge` ([a first one](../tutorial/a-rule-from-the-command-line.md)). Money is
whole pence. What may be left out says so, and as what it then counts. Kinds of income and capital
are listed with the [parameters](parameters.md).

This page is generated: run `make reference` after a change.
"""
IN_DOUBT = """\
# What is in doubt

Values of the law that could not be read in their source, or whose source leaves a question open, each with what is
uncertain. They are used as they stand, every decision that rests on one says so, and they are the first to confirm
before charging on them: `leeway law show NAME` has the source of each. Which paragraphs of the law’s lists could not
be read stands beside [each of them](../reference/what-is-left-out.md); what is in doubt of rules in words, not values,
stands [with the direct payments](direct-payments.md#what-stays-in-doubt) and
[the law before the Care Act](the-law-before-the-care-act.md).

This page is generated: run `make reference` after a change.
"""


#: What the parameters of a folder, or of a table, are about.
GROUPS = {
    **{
        f"benefits.{kind}": "Full rates of benefits, for putting income up"
        for kind in (
            "attendance_allowance",
            "carers_allowance",
            "dla_care",
            "pension_credit_guarantee",
            "pip_daily_living",
            "state_pension",
            "universal_credit",
        )
    },
    "charging.capital": "Savings and property: limits, costs and times",
    "charging.capital_kinds": "Kinds of savings and property, and how each counts",
    "charging.free": "What is free",
    "charging.income": "Income: what is left out",
    "charging.income_kinds": "Kinds of income, and how each counts",
    "charging.minimum_income_guarantee": "What is left to live on",
    "direct_payments": "Direct payments",
    "eligibility.care_act": "Eligibility",
    **{
        f"employment.{part}": "Employing a personal assistant"
        for part in ("holiday", "minimum_wage", "national_insurance", "pension", "redundancy", "sick_pay")
    },
    "": "From answers to a budget",
    "billing": "Bills: what the council chooses",
    "charging_policy": "Charging: what the council chooses",
    "debt_respite": "Breathing space for people in debt",
    "facs": "Eligibility before April 2015",
    "employing": "Employing a personal assistant: what the council reckons with",
    "disputes": "Disputes over who pays: by when each step is taken",
    "providers": "Paying providers",
    "spending": "Spending a direct payment: what the council asks",
    "recovery": "Asking money of a direct payment back: what the council chooses",
    "monitoring": "Checking a direct payment: when, and what is pointed out",
    "service_funds": "Individual service funds: what the council’s contracts say",
    "visits": "Visits: what the council’s contracts say",
    "uprating_policy": "New charges for everybody: what the council chooses",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One dated value, ready to read."""

    start: str
    value: str
    title: str
    url: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter with its history, ready to read, newest value first."""

    name: str
    label: str
    description: str
    unit: str
    set_by: str
    a_council_may: str
    doubt: str
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """Its own name where it has one, or else the first sentence about it."""
        return self.label or self.description.split(". ")[0].rstrip(".")

    @property
    def group(self) -> str:
        """What it is about, with others."""
        return GROUPS[self.name.rpartition(".")[0]]


def parameters_for_page(policy: Path = DEFAULT_POLICY) -> tuple[Entry, ...]:
    """Give every parameter with its history, newest first: national values, then the council's own."""
    entries = [
        Entry(
            name=parameter.name,
            label=parameter.label,
            description=parameter.description,
            unit=parameter.unit,
            set_by=parameter.set_by,
            a_council_may=_with_doubt(parameter.permission.words, parameter.permission.doubt),
            doubt=parameter.permission.doubt,
            lines=tuple(
                Line(dated.start.isoformat(), show_value(parameter, dated), dated.title, dated.url, dated.doubt)
                for dated in reversed(parameter.history)
            ),
        )
        for parameter in every_parameter(policy).values()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.set_by != "national law", entry.name)))


def show_value(parameter: Parameter, dated: DatedValue) -> str:
    """Write a value with its unit, as people read it."""
    value = dated.value
    if value is None:
        return "ended"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "units" in value:
        prices = [
            f"{name.replace('_', ' ')} {pounds(unit['pence'])} for one {unit['unit']}"
            for name, unit in value["units"].items()
        ]
        return f"prices of {value['year']}, {value['percent']} per cent of the table’s: {', '.join(prices)}"
    if isinstance(value, dict):
        return f"version {value['version']}"
    if isinstance(value, list):
        return ", then ".join(str(part).replace("_", " ") for part in value)
    if parameter.unit.startswith("pence"):
        return pounds(value) + parameter.unit.removeprefix("pence").replace(" per ", " a ")
    return f"{value} {parameter.unit}" if isinstance(value, int) else str(value).replace("_", " ")


def markdown() -> str:
    """Write the reference page of every parameter."""
    parts = [OPENING]
    heading = table = ""
    for entry in parameters_for_page():
        if entry.set_by != heading:
            heading = entry.set_by
            parts.append(f"## {heading[0].upper()}{heading[1:]}")
        of_table = entry.name.rpartition(".")[0] if entry.label else ""
        if not of_table:
            parts.append(f"\n### `{entry.name}`\n\n{entry.description}\n\n{entry.a_council_may}\n")
            parts.append("| From | Value | Source |\n|---|---|---|")
        elif of_table != table:
            parts.append(f"\n### `{of_table}`\n\n{entry.a_council_may}\n")
            parts.append("| Kind | From | Value | Source |\n|---|---|---|---|")
        table = of_table
        for line in entry.lines:
            source = f"[{line.title}]({_link(line.url)})" if line.url else line.title
            kind = f"| `{entry.name.rpartition('.')[2]}`: {entry.description} " if of_table else ""
            parts.append(f"{kind}| {line.start} | {line.value} | {_with_doubt(f'{source}.', line.doubt)} |")
    return "\n".join([*parts, ""])


def case_markdown() -> str:
    """Write the page of what a case for `leeway law charge` has in it."""
    tables = {
        "The case": CASE_FIELDS,
        "A row of `income`": ROW,
        "A row of `capital_items`": OWNED_FIELDS,
        "A row of `free_parts`": PART_FIELDS,
    }
    parts = [CASE]
    for heading, fields in tables.items():
        parts.append(f"\n## {heading}\n\n| Field | What it is |\n|---|---|")
        parts += [f"| `{name}` | {words} |" for name, words in fields.items()]
    return "\n".join([*parts, ""])


def doubts_markdown() -> str:
    """Write the page of every value in doubt."""
    rows = []
    for entry in parameters_for_page():
        if entry.doubt:
            rows.append(f"| `{entry.name}` | what a council may do | {entry.doubt} |")
        rows += [
            f"| `{entry.name}` | {line.value} from {line.start} | {line.doubt} |" for line in entry.lines if line.doubt
        ]
    return "\n".join([IN_DOUBT, "| Name | Value | What is in doubt |", "|---|---|---|", *rows, ""])


def _link(url: str) -> str:
    return "../" + url.removeprefix("docs/") if url.startswith("docs/") else url


def _with_doubt(text: str, doubt: str) -> str:
    return f"{text} In doubt: {doubt}" if doubt else text
