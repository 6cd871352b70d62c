"""What it costs to employ a personal assistant lawfully for a year, inside the budget and in reserve, step by step.

Source: National Minimum Wage Act 1998; Working Time Regulations 1998; Pensions Act 2008; Employers' Liability
(Compulsory Insurance) Act 1969; Employment Rights Act 1996; for National Insurance see `national_insurance`. The law is
that of the first day of a pay period: a new rate or age of the minimum wage counts from the next pay period on
(SI 2015/621, reg. 4B). Whether hours in which somebody sleeps and may be woken are work is not judged here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law
from leeway.law.leaving_work import notice_weeks, redundancy_pence
from leeway.law.months import anniversary
from leeway.law.national_insurance import PERIODS_A_YEAR, WEEKS, between, contributions
from leeway.law.numbers import ceil_div, floor_div, greatest, least, pounds
from leeway.law.outcome import BadInput, Outcome
from leeway.law.pension_age import reaches_pension_age_on

WEEKS_A_YEAR = 52
MINUTES_AN_HOUR = 60
#: All the minutes of a week: more is a slip.
MINUTES_MOST = 7 * 24 * 60
#: More than this an hour is a slip.
HOURLY_MOST_PENCE = 100_00
PENSION_FROM_AGE = 22
WORKS_FROM_AGE = 16
#: Tenths of a week, and hundredths of a per cent, in the whole.
TENTHS, WHOLE = 10, 10_000
FIELDS = (
    "hourly_pence",
    "minutes_a_week",
    "paid_every",
    "worker_born",
    "started_on",
    "claims_allowance",
    "hours_vary",
    "in_pension",
)
SOURCES = {
    "wage": ("National Minimum Wage Act 1998, s. 1", "https://www.legislation.gov.uk/ukpga/1998/39/section/1"),
    "holiday": ("SI 1998/1833, regs 13, 13A and 15B", "https://www.legislation.gov.uk/uksi/1998/1833/regulation/13A"),
    "insurance_contributions": (
        "Social Security Contributions and Benefits Act 1992, s. 9",
        "https://www.legislation.gov.uk/ukpga/1992/4/section/9",
    ),
    "allowance": (
        "National Insurance Contributions Act 2014, s. 1",
        "https://www.legislation.gov.uk/ukpga/2014/7/section/1",
    ),
    "pension": ("Pensions Act 2008, ss. 3 and 20", "https://www.legislation.gov.uk/ukpga/2008/30/section/3"),
    "insurance": (
        "Employers’ Liability (Compulsory Insurance) Act 1969, s. 1",
        "https://www.legislation.gov.uk/ukpga/1969/57/section/1",
    ),
    "guidance": (
        "Care Act statutory guidance, ch. 12",
        "https://www.gov.uk/government/publications/care-act-statutory-guidance/care-and-support-statutory-guidance",
    ),
    "sick": (
        "Social Security Contributions and Benefits Act 1992, ss. 151 to 157",
        "https://www.legislation.gov.uk/ukpga/1992/4/section/157",
    ),
    "leaving": (
        "Employment Rights Act 1996, ss. 86 and 162",
        "https://www.legislation.gov.uk/ukpga/1996/18/section/86",
    ),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it is agreed: pence an hour, minutes a week, how often it is paid, and who does it since when."""

    hourly_pence: int
    minutes_a_week: int
    paid_every: str
    worker_born: date
    started_on: date
    claims_allowance: bool
    hours_vary: bool
    in_pension: bool | None

    @property
    def week_pence(self) -> int:
        """A week's pay."""
        return week_pence(self.hourly_pence, self.minutes_a_week)

    @property
    def payslip_pence(self) -> int:
        """The pay of one pay period; a month is a twelfth of the year."""
        weeks = WEEKS[self.paid_every]
        return self.week_pence * weeks if weeks else ceil_div(self.week_pence * WEEKS_A_YEAR, 12)

    @property
    def payslips(self) -> int:
        """How many pay periods a year has."""
        return PERIODS_A_YEAR[self.paid_every]


def week_pence(hourly_pence: int, minutes_a_week: int) -> int:
    """A week's pay for so many minutes; part of a penny goes to the worker.

    >>> week_pence(13_50, 7 * 60 + 20)
    9900
    """
    return int(ceil_div(hourly_pence * minutes_a_week, MINUTES_AN_HOUR))


def employ(inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Work out what employing one person costs a year, with every step, and what to keep in reserve.

    `inputs`: `hourly_pence`, `minutes_a_week`, `paid_every` (`week`, `two_weeks`, `four_weeks` or `month`),
    `worker_born` and `started_on` (days), `claims_allowance` (whether the Employment Allowance is claimed),
    `hours_vary` (irregular hours or part of the year), and `in_pension`: true or false where it was asked for or left,
    and left out where the law decides. `law` is that of the first day of a pay period.
    """
    given = read.mapping(inputs, "The job")
    read.only_known(given, FIELDS, "The job")
    job = _read(given, law.on)
    part = law.only("employment", "employing")
    steps = tuple(_steps(job, part))
    of = {step["name"]: step["pence"] for step in steps}
    year = sum(of[name] for name in IN_BUDGET)
    reserve = sum(of[name] for name in IN_RESERVE)
    least_pence = wage_at_least(job.worker_born, part)
    hours = job.minutes_a_week * WEEKS_A_YEAR
    result = {
        "lawful_wage": job.hourly_pence >= least_pence,
        "wage_at_least_pence": least_pence,
        "year_pence": year,
        "week_pence": ceil_div(year, WEEKS_A_YEAR),
        "hour_pence": ceil_div(year * MINUTES_AN_HOUR, hours),
        "reserve_pence": reserve,
        "payslip_pence": job.payslip_pence,
    }
    return Outcome("employ", given, part, result, steps, tuple(_reasons(job, result, part)))


IN_BUDGET = (
    "Wages",
    "Holiday",
    "National Insurance",
    "Employment Allowance",
    "Pension",
    "Insurance",
    "Payroll",
    "Training",
)
IN_RESERVE = ("Sick pay", "Notice", "Redundancy")


def wage_at_least(born_on: date, law: Law) -> int:
    """The least that an hour is paid, in pence, by the age on the first day of a pay period (that of `law`).

    An apprentice's rate is not judged here. Raises `BadInput` for somebody below 16.
    """
    wages = "employment.minimum_wage."
    if law.on < anniversary(born_on, WORKS_FROM_AGE):
        raise BadInput(
            "worker_born: the worker is not 16 by then. Give the right birthday, or a later day.", field="worker_born"
        )
    for age, name in ((law[f"{wages}adult_age"], "adult"), (21, "from_21"), (18, "from_18"), (0, "under_18")):
        if law.on >= anniversary(born_on, age):
            return int(law[wages + name])
    raise AssertionError("everybody is 0 or older")


def _read(given: Mapping[str, Any], on: date) -> Job:
    joins = given.get("in_pension")
    return Job(
        hourly_pence=read.whole(
            read.needed(given, "hourly_pence"), "hourly_pence", least=1, most=HOURLY_MOST_PENCE, unit="pence"
        ),
        minutes_a_week=read.whole(
            read.needed(given, "minutes_a_week"), "minutes_a_week", least=1, most=MINUTES_MOST, unit="minutes"
        ),
        paid_every=read.one_of(read.needed(given, "paid_every", WEEKS), WEEKS, "paid_every"),
        worker_born=read.day(read.needed(given, "worker_born"), "worker_born"),
        started_on=_begun(read.day(read.needed(given, "started_on"), "started_on"), on),
        claims_allowance=read.yes_or_no(read.needed(given, "claims_allowance"), "claims_allowance"),
        hours_vary=read.yes_or_no(read.needed(given, "hours_vary"), "hours_vary"),
        in_pension=None if joins is None else read.yes_or_no(joins, "in_pension"),
    )


def _begun(started_on: date, on: date) -> date:
    if started_on > on:
        raise BadInput(
            f"started_on is {started_on}, after {on}, the day that is asked about. Ask about that day or a later one.",
            field="started_on",
        )
    return started_on


def _steps(job: Job, law: Law) -> Iterator[dict[str, Any]]:
    wages = job.week_pence * WEEKS_A_YEAR
    yield _step(
        "Wages", wages, "wage", f"{in_hours(job.minutes_a_week)} a week at {pounds(job.hourly_pence)}, for 52 weeks."
    )
    holiday, how = _holiday(job, law)
    yield _step("Holiday", holiday, "holiday", how)
    category = _category(job, law.on)
    a_payslip = contributions(job.payslip_pence, job.paid_every, category, law).employer_pence
    yearly = a_payslip * job.payslips
    yearly += ceil_div(yearly * holiday, wages)  # who comes in the holidays is paid the same, and taxed the same
    yield _step(
        "National Insurance",
        yearly,
        "insurance_contributions",
        f"{pounds(a_payslip)} for each of {job.payslips} payslips of {pounds(job.payslip_pence)}, category {category}, "
        "and in proportion for who comes in the holidays.",
    )
    yield _allowance(job, yearly, law)
    yield _pension(job, law)
    yield _step("Insurance", law["employing.insurance"], "insurance", "Insurance that an employer must have.")
    payroll = law["employing.payroll"]
    yield _step(
        "Payroll",
        payroll * job.payslips,
        "guidance",
        f"A payroll service: {pounds(payroll)} for each of {job.payslips} payslips.",
    )
    yield _step("Training", law["employing.training"], "guidance", "Training of whoever is employed.")
    yield from _reserve(job, law)


def _holiday(job: Job, law: Law) -> tuple[int, str]:
    if job.hours_vary and _in_force("employment.holiday.irregular_rate", law):
        rate = law["employment.holiday.irregular_rate"]
        pence = ceil_div(job.week_pence * WEEKS_A_YEAR * rate, WHOLE)
        return pence, f"Holiday builds up by {rate / 100:.2f} per cent of the hours worked; somebody else comes then."
    tenths = law["employment.holiday.tenths_of_weeks"]
    pence = ceil_div(job.week_pence * tenths, TENTHS)
    return pence, f"{tenths / TENTHS} weeks of paid holiday, in which somebody else comes at the same pay."


def _category(job: Job, on: date) -> str:
    """The National Insurance category by age: M below 21, C from pension age on, A between."""
    if on < anniversary(job.worker_born, 21):
        return "M"
    return "C" if on >= reaches_pension_age_on(job.worker_born) else "A"


def _allowance(job: Job, yearly: int, law: Law) -> dict[str, Any]:
    if not job.claims_allowance:
        return _step("Employment Allowance", 0, "allowance", "The Employment Allowance is not claimed.")
    most = law["employment.national_insurance.employment_allowance"]
    return _step(
        "Employment Allowance",
        -least(yearly, most),
        "allowance",
        f"The Employment Allowance takes up to {pounds(most)} a year off it.",
    )


def _pension(job: Job, law: Law) -> dict[str, Any]:
    area, slips = "employment.pension.", job.payslips
    trigger, lower, upper = (law[area + name] // slips for name in ("trigger", "lower", "upper"))
    of_age = anniversary(job.worker_born, PENSION_FROM_AGE) <= law.on < reaches_pension_age_on(job.worker_born)
    enrolled = of_age and job.payslip_pence >= trigger if job.in_pension is None else job.in_pension
    if not enrolled:
        why = "They are not in a pension." if job.in_pension is False else "The law enrols nobody of that age or pay."
        return _step("Pension", 0, "pension", why)
    percent = law[area + "employer_percent"]
    each = floor_div(between(job.payslip_pence, lower, upper) * percent + 50, 100)
    return _step(
        "Pension",
        each * slips,
        "pension",
        f"{percent} per cent of each payslip between {pounds(lower)} and {pounds(upper)}.",
    )


def _reserve(job: Job, law: Law) -> Iterator[dict[str, Any]]:
    weeks, weekly = law["employing.sick_weeks"], _sick_pay(job.week_pence, law)
    yield _step("Sick pay", weeks * weekly, "sick", f"{weeks} weeks of sick pay at {pounds(weekly)}.")
    notice = greatest(1, notice_weeks(job.started_on, law.on))
    yield _step(
        "Notice", notice * job.week_pence, "leaving", f"{notice} {'week' if notice == 1 else 'weeks'} of notice."
    )
    owed = redundancy_pence(job.week_pence, job.worker_born, job.started_on, law.on, law)
    yield _step(
        "Redundancy", owed, "leaving", "Redundancy if the job ended now." if owed else "No redundancy before two years."
    )


def _sick_pay(week_pence: int, law: Law) -> int:
    """Statutory sick pay for a week: none below an earnings limit before April 2026, at most a share of pay since."""
    area = "employment.sick_pay."
    flat = int(law[area + "weekly"])
    if _in_force(area + "percent_of_earnings", law):
        return min(flat, int(floor_div(week_pence * law[area + "percent_of_earnings"], 100)))
    return flat if week_pence >= law[area + "earnings_from"] else 0


def _in_force(name: str, law: Law) -> bool:
    return any(name == known for known, _ in law.in_force())


def _step(name: str, pence: int, source: str, sentence: str) -> dict[str, Any]:
    title, url = SOURCES[source]
    return {"name": name, "pence": pence, "source": title, "source_url": url, "sentence": sentence}


def _reasons(job: Job, result: Mapping[str, Any], law: Law) -> Iterator[str]:
    least_pence = result["wage_at_least_pence"]
    if result["lawful_wage"]:
        yield f"{pounds(job.hourly_pence)} an hour is lawful: the least at that age is {pounds(least_pence)}."
    else:
        yield (
            f"{pounds(job.hourly_pence)} an hour is less than the law allows: at that age at least "
            f"{pounds(least_pence)} is paid. Raise it before you agree the job."
        )
    yield (
        f"It costs {pounds(result['week_pence'])} a week, all in all: {pounds(result['hour_pence'])} for each hour of "
        f"support. Beside it, {pounds(result['reserve_pence'])} is kept for sickness, notice and redundancy."
    )
    yield from law.not_known_yet


def in_hours(minutes: int) -> str:
    """So many minutes as people say them.

    >>> in_hours(60), in_hours(150)
    ('1 hour', '2 hours 30 minutes')
    """
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    return f"{hours} hour{'' if hours == 1 else 's'}" + (f" {rest} minutes" if rest else "")
