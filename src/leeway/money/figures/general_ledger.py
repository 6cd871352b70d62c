"""Which accounts of the council's general ledger a movement of Leeway's goes to: a file that the council writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from leeway.money.figures.month_end import Stands
from leeway.money.ledger.reasons import BETWEEN, REVERSE, Reason
from leeway.refusal import Refusal

SHIPPED = Path(__file__).parent / "general_ledger.yaml"
OTHER = "other"
#: What a month-end tells that the general ledger has already, from the movements themselves.
TOLD_ALREADY = (Stands.NHS_OWES, Stands.PEOPLE_OWE, Stands.OWED_BACK)
BACK: Mapping[Reason, Reason] = {reverse: reason for reason, reverse in REVERSE.items()}


@dataclass(frozen=True)
class GeneralLedger:
    """A council's mapping. `movements` has, by reason, into and out of, what is debited and what is credited."""

    codes: Mapping[str, str]
    names: Mapping[str, str]
    cost_centres: Mapping[str, str]
    movements: Mapping[tuple[str, str, str], tuple[str, str]]
    memorandum: frozenset[str]
    month_end: Mapping[str, tuple[str, str]]

    def cost_centre(self, client_group: str) -> str:
        """The cost centre of a client group."""
        return self.cost_centres.get(client_group, self.cost_centres[OTHER])

    def accounts_of(self, reason: str, into: str, out_of: str) -> tuple[str, str] | None:
        """Which account is debited, and which credited; None for what is planned and set aside alone."""
        first = BACK.get(Reason(reason))
        if first is None:
            return None if reason in self.memorandum else self.movements[reason, into, out_of]
        accounts = self.accounts_of(first, out_of, into)
        return accounts and accounts[::-1]


def general_ledger() -> GeneralLedger:
    """The council's mapping, or the one that comes with Leeway. Raises Refusal, naming what is wrong in the file."""
    return _read(settings.GENERAL_LEDGER or SHIPPED)


@cache
def _read(path: Path) -> GeneralLedger:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        accounts, centres = dict(told["accounts"]), dict(told["cost_centres"])
        movements = {
            (reason, *(kind.strip() for kind in kinds.split("<"))): tuple(names)
            for reason, pairs in told["movements"].items()
            for kinds, names in pairs.items()
        }
        month_end = {kind: tuple(names) for kind, names in told["month_end"].items()}
        found = GeneralLedger(
            codes={name: str(one["code"]) for name, one in accounts.items()},
            names={name: str(one["name"]) for name, one in accounts.items()},
            cost_centres={str(group): str(code) for group, code in centres.items()},
            movements=movements,
            memorandum=frozenset(told["memorandum"]),
            month_end=month_end,
        )
    except OSError:
        raise Refusal(
            f"The mapping to the general ledger, {path}, cannot be read. Check LEEWAY_GENERAL_LEDGER."
        ) from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as problem:
        raise Refusal(
            f"The mapping to the general ledger, {path}, is not as the one that comes with Leeway "
            f"({type(problem).__name__}: {problem}). Compare the two."
        ) from None
    if problems := what_is_wrong(found):
        raise Refusal(f"The mapping to the general ledger, {path}: {problems[0]}")
    return found


def what_is_wrong(mapping: GeneralLedger) -> list[str]:
    """What a mapping leaves out or names that is not there, a sentence each."""
    wanted = {
        (reason.value, into.value, out_of.value)
        for reason, pairs in BETWEEN.items()
        for into, out_of in pairs
        if reason.value not in mapping.memorandum
    }
    wanted_at_end = {kind.value for kind in Stands if kind not in TOLD_ALREADY}
    pairs = [*mapping.movements.values(), *mapping.month_end.values()]
    unknown = sorted({name for names in pairs for name in names if name not in mapping.codes})
    return [
        *(f"“{each}” of its cost centres is missing." for each in [OTHER] if each not in mapping.cost_centres),
        *(f"“{' '.join(each)}” stands nowhere in it." for each in sorted(wanted - set(mapping.movements))),
        *(f"“{' '.join(each)}” is no movement of Leeway’s." for each in sorted(set(mapping.movements) - wanted)),
        *(f"“{each}” of the month-end is missing." for each in sorted(wanted_at_end - set(mapping.month_end))),
        *(f"“{' '.join(names)}” are not two accounts." for names in pairs if len(names) != 2),
        *(f"“{name}” is none of its accounts." for name in unknown),
    ]
