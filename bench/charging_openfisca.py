# /// script
# requires-python = ">=3.12"
# dependencies = ["openfisca-core>=46", "numpy"]
# ///
"""The same charging rules in OpenFisca's own idiom; run by `charging.py` in an environment of its own.

Parameters are OpenFisca YAML by date, each step is a variable with a vectorised formula, and the period is a week.
Money is whole pence in OpenFisca's own integers (32 bits), so that both sides must agree to the penny.
"""

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from measure import in_short, seconds_of
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity(key="person", plural="persons", label="A person with a care budget", is_person=True)

INPUTS = {
    "age": int,
    "pension_age": bool,
    "couple": bool,
    "lone_parent": bool,
    "dependent_children": int,
    "disability_premium": bool,
    "enhanced_disability_premium": bool,
    "carer_premium": bool,
    "fully_counted_pence": int,
    "disability_benefits_pence": int,
    "night_part_pence": int,
    "partly_counted_pence": int,
    "part_left_out_pence": int,
    "savings_credit_pence": int,
    "qualifying_income_pence": int,
    "partner_has_savings_disregard": bool,
    "capital_pence": int,
    "housing_costs_pence": int,
    "disability_related_expenditure_pence": int,
    "personal_budget_pence": int,
    "free_pence": int,
    "exempt": bool,
    "carers_own": bool,
    "means_not_disclosed": bool,
}
STEPS = {
    "tariff": int,
    "savings_disregard": int,
    "counted_income": int,
    "guarantee": int,
    "children": int,
    "premiums": int,
    "floor": int,
    "disability": int,
    "disposable": int,
    "maximum": int,
    "chargeable": int,
    "full_cost": bool,
    "free": bool,
    "charge": int,
    "net_direct_payment": int,
}


def tariff(person, period, parameters):
    capital = parameters(period).charging.capital
    between = np.clip(person("capital_pence", period), capital.lower_limit, capital.upper_limit) - capital.lower_limit
    return -(-between // capital.tariff_step) * capital.tariff_per_step


def savings_disregard(person, period, parameters):
    income = parameters(period).charging.income
    couple = person("couple", period)
    most = np.where(couple, income.savings_disregard_couple, income.savings_disregard_single)
    guarantee = np.where(couple, income.standard_minimum_guarantee_couple, income.standard_minimum_guarantee_single)
    above = person("qualifying_income_pence", period) > guarantee
    disregard = np.where(above, most, np.minimum(person("savings_credit_pence", period), most))
    has_it_already = couple & person("partner_has_savings_disregard", period)
    return person("pension_age", period) * ~has_it_already * disregard


def counted_income(person, period, parameters):
    everywhere = parameters(period)
    partly = person("partly_counted_pence", period) - person("part_left_out_pence", period)
    income = person("fully_counted_pence", period) + partly
    if everywhere.charging_policy.counts_disability_benefits:
        income = income + person("disability_benefits_pence", period)
        if everywhere.charging_policy.leaves_out_night_part:
            income = income - person("night_part_pence", period)
    income = income + person("savings_credit_pence", period) + person("tariff", period)
    return income - person("savings_disregard", period)


def guarantee(person, period, parameters):
    amounts = parameters(period).charging.minimum_income_guarantee
    couple = person("couple", period)
    single = np.where(person("age", period) < 25, amounts.single_18_to_24, amounts.single_25_to_pension_age)
    single = np.where(person("lone_parent", period), amounts.lone_parent, single)
    working_age = np.where(couple, amounts.couple_member, single)
    of_pension_age = np.where(couple, amounts.couple_member_pension_age, amounts.single_pension_age)
    return np.where(person("pension_age", period), of_pension_age, working_age)


def children(person, period, parameters):
    return person("dependent_children", period) * parameters(period).charging.minimum_income_guarantee.dependent_child


def premiums(person, period, parameters):
    amounts = parameters(period).charging.minimum_income_guarantee
    couple = person("couple", period)
    disability = np.where(couple, amounts.disability_premium_couple, amounts.disability_premium_single)
    enhanced = np.where(couple, amounts.enhanced_disability_premium_couple, amounts.enhanced_disability_premium_single)
    pension_age = person("pension_age", period)
    disability = person("disability_premium", period) * ~pension_age * disability
    enhanced = person("enhanced_disability_premium", period) * (couple | ~pension_age) * enhanced
    return disability + enhanced + person("carer_premium", period) * amounts.carer_premium


def floor(person, period, parameters):
    buffer = parameters(period).charging_policy.buffer_above_guarantee
    return person("guarantee", period) + person("children", period) + person("premiums", period) + buffer


def disability(person, period, parameters):
    standard = parameters(period).charging_policy.standard_disability_expenditure
    proved = person("disability_related_expenditure_pence", period)
    return np.where(person("disability_benefits_pence", period) > 0, np.maximum(proved, standard), proved)


def disposable(person, period):
    kept = person("floor", period) + person("housing_costs_pence", period) + person("disability", period)
    return person("counted_income", period) - kept


def maximum(person, period, parameters):
    policy = parameters(period).charging_policy
    share = np.maximum(person("disposable", period), 0) * policy.percent_of_disposable // 100
    return np.minimum(share, policy.largest_charge)


def chargeable(person, period):
    return person("personal_budget_pence", period) - person("free_pence", period)


def full_cost(person, period, parameters):
    over = person("capital_pence", period) > parameters(period).charging.capital.upper_limit
    return (over | person("means_not_disclosed", period)) & ~person("free", period)


def free(person, period, parameters):
    all_free = (person("free_pence", period) > 0) & (person("chargeable", period) == 0)
    if parameters(period).charging_policy.charges_carers:
        return person("exempt", period) | all_free
    return person("exempt", period) | all_free | person("carers_own", period)


def charge(person, period, parameters):
    most = person("chargeable", period)
    charged = np.where(person("full_cost", period), most, np.minimum(person("maximum", period), most))
    too_small = charged < parameters(period).charging_policy.smallest_charge
    return np.where(person("free", period) | too_small, 0, charged)


def net_direct_payment(person, period):
    return person("personal_budget_pence", period) - person("charge", period)


def system(parameters: Path) -> TaxBenefitSystem:
    """Build the tax and benefit system: the inputs, a variable for each step, and the parameters of a folder."""
    rules = TaxBenefitSystem([PERSON])
    for name, kind in {**INPUTS, **STEPS}.items():
        attributes = {"value_type": kind, "entity": PERSON, "definition_period": DateUnit.WEEK, "label": name}
        if name in STEPS:
            attributes["formula"] = globals()[name]
        rules.add_variable(type(name, (Variable,), attributes))
    rules.load_parameters(str(parameters))
    return rules


def week_of(on: str) -> str:
    """Give OpenFisca's name for the week that begins that day."""
    year, week, weekday = date.fromisoformat(on).isocalendar()
    assert weekday == 1, "OpenFisca's weeks begin on a Monday"
    return f"{year}-W{week:02d}"


def prepare(rules: TaxBenefitSystem, columns: dict[str, np.ndarray], week: str):
    """Build a simulation and set everybody's means: OpenFisca's way in for a population."""
    simulation = SimulationBuilder().build_default_simulation(rules, len(columns["age"]))
    for name in INPUTS:
        simulation.set_input(name, week, columns[name])
    return simulation


def work_out(simulation, week: str, wanted) -> dict[str, np.ndarray]:
    """Calculate the variables that are asked for, of everybody."""
    return {name: simulation.calculate(name, week) for name in wanted}


def charge_one(rules: TaxBenefitSystem, situation: dict, week: str) -> int:
    """Calculate one person's charge from plain Python values: OpenFisca's way in for a single situation."""
    return int(SimulationBuilder().build_from_entities(rules, situation).calculate("charge", week)[0])


def answer(folder: Path, task: dict, columns: dict[str, np.ndarray]) -> None:
    """Write every step of everybody's charge, under each law of the task."""
    for one in task["laws"]:
        rules, week = system(folder / one["name"] / "openfisca"), week_of(one["on"])
        np.savez(folder / one["name"] / "openfisca.npz", **work_out(prepare(rules, columns, week), week, STEPS))


def time_it(folder: Path, task: dict, columns: dict[str, np.ndarray]) -> dict:
    """Time the first law of the task: for everybody, with and without building the simulation, and one by one."""
    first, repeats = task["laws"][0], task["repeats"]
    rules, week = system(folder / first["name"] / "openfisca"), week_of(first["on"])
    situations = [
        {"persons": {"one": {name: {week: column[row].item()} for name, column in columns.items()}}}
        for row in range(task["ones"])
    ]
    once_built = []
    for _ in range(repeats + 1):
        simulation = prepare(rules, columns, week)
        once_built += seconds_of(lambda ready=simulation: work_out(ready, week, task["wanted"]), repeats=1, warm_up=0)
        del simulation  # so that the next one finds its memory free

    def one_by_one() -> list[int]:
        return [charge_one(rules, situation, week) for situation in situations]

    def everybody() -> dict[str, np.ndarray]:
        return work_out(prepare(rules, columns, week), week, task["wanted"])

    return {
        "one": in_short([taken / len(situations) for taken in seconds_of(one_by_one, repeats=repeats)]),
        "everybody": in_short(seconds_of(everybody, repeats=repeats)),
        "everybody_once_built": in_short(once_built[1:]),
        "charges_one_by_one": one_by_one(),
        "versions": {"openfisca-core": version("openfisca-core"), "numpy": np.__version__},
    }


def main(folder: Path, job: str) -> None:
    """Do one job of the bench: `answer` or `time`."""
    task = json.loads((folder / "task.json").read_text())
    columns = dict(np.load(folder / "people.npz"))
    if job == "answer":
        answer(folder, task, columns)
    else:
        print(json.dumps(time_it(folder, task, columns)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
