"""Reading a council's policy whole, as the rules will, before anybody relies on it."""

from datetime import date
from pathlib import Path

from leeway.law.allocation_table import allocation_table
from leeway.law.charge_numbers import charge_law
from leeway.law.dated import COUNCIL, NATIONAL, every_parameter, law_on
from leeway.law.permission import amount


def check_policy(on: date, policy: Path | None = None) -> tuple[str, ...]:
    """Read a council's policy as every rule will, and list each place where it is gentler than the law that day.

    Raises `BadParameter` for a policy that cannot be used, contradicts itself or overrules national law on any day.
    """
    law = law_on(on, policy)
    begins = {dated.start for parameter in law.parameters.values() for dated in parameter.history}
    for day in (on, *sorted(start for start in begins if start > on)):
        later = law_on(day, policy)
        charge_law(later.only("charging", "charging_policy"))
        for kind in ("adult", "carer"):
            allocation_table(later.only("allocation", "allocation_prices"), kind)
    return tuple(
        f"{name} is {amount(law[name], parameter.unit)} in the council’s policy; the law says "
        f"{amount(parameter.on(on).value, parameter.unit)}. {parameter.permission.words}"
        for name, parameter in every_parameter().items()
        if parameter.set_by == NATIONAL and law.parameters[name].set_by == COUNCIL
    )
