"""Who lives in the made-up council: drawn by seed from the published figures in `published.yaml`."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import nhs_number
import numpy as np
import yaml
from faker import Faker

from leeway.care.people.models import CommunicationNeed, Ethnicity, Gender, SupportReason

PUBLISHED = yaml.safe_load((Path(__file__).parent / "published.yaml").read_text(encoding="utf-8"))
BANDS = ("18-64", "65+")
NEEDS_BY_REASON = {
    SupportReason.VISUAL: CommunicationNeed.LARGE_PRINT,
    SupportReason.HEARING: CommunicationNeed.BSL,
    SupportReason.DUAL: CommunicationNeed.DEAFBLIND,
    SupportReason.LEARNING_DISABILITY: CommunicationNeed.EASY_READ,
    SupportReason.MEMORY: CommunicationNeed.MORE_TIME,
}
ETHNICITY_PERCENT = {
    Ethnicity.WHITE_BRITISH: 82,
    Ethnicity.WHITE_OTHER: 4,
    Ethnicity.INDIAN: 3,
    Ethnicity.PAKISTANI: 3,
    Ethnicity.CARIBBEAN: 2,
    Ethnicity.AFRICAN: 2,
    Ethnicity.UNKNOWN: 4,
}


@dataclass(frozen=True)
class MadeUp:
    """One made-up person, what their support would cost, and how they would hold the budget."""

    given_name: str
    family_name: str
    date_of_birth: date
    gender: str
    ethnicity: str
    nhs_number: str
    address: str
    postcode: str
    communication_needs: tuple[str, ...]
    reason: str
    band: str
    weekly_pence: int
    way: str
    carer: bool

    def details(self) -> dict:
        """What goes on the person's record."""
        names = "given_name family_name date_of_birth gender ethnicity nhs_number address postcode communication_needs"
        return {name: getattr(self, name) for name in names.split()} | {
            "communication_needs": list(self.communication_needs)
        }


def draw_people(count: int, *, seed: int, on: date) -> list[MadeUp]:
    """Draw so many people. The same seed and day give the same people."""
    chance = np.random.default_rng(seed)
    words = Faker("en_GB")
    words.seed_instance(seed)
    numbers = synthetic_numbers(count, seed)
    return [draw_one(chance, words, number, on) for number in numbers]


def synthetic_numbers(count: int, seed: int) -> list[str]:
    """So many different NHS numbers from the range kept for tests (999…), each with a right check digit."""
    chance = np.random.default_rng(seed)
    numbers = []
    for middle in chance.permutation(999_000)[: count + count // 5 + 20]:
        digits = f"999{middle + 1000:06d}"  # the first thousand are for the stories
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            numbers.append(f"{digits}{check % 11}")
    assert all(nhs_number.is_valid(number) for number in numbers[:5])
    return numbers[:count]


def draw_one(chance: np.random.Generator, words: Faker, number: str, on: date) -> MadeUp:
    by_reason = PUBLISHED["people_by_reason"]
    band = BANDS[pick(chance, [sum(by_reason[name].values()) for name in BANDS])]
    reason = list(by_reason[band])[pick(chance, list(by_reason[band].values()))]
    carer = chance.random() * 100 < PUBLISHED["carers_share_percent"]["value"]
    ways = PUBLISHED["people_by_way"][band]
    female = chance.random() < (0.62 if band == "65+" else 0.48)
    # From 20: whoever asked for help up to two years ago was of age then.
    age = int(chance.integers(20, 65)) if band == "18-64" else int(np.clip(chance.normal(82, 8), 65, 103))
    need = NEEDS_BY_REASON.get(SupportReason(reason))
    return MadeUp(
        given_name=words.first_name_female() if female else words.first_name_male(),
        family_name=words.last_name(),
        date_of_birth=on - timedelta(days=age * 365 + age // 4 + int(chance.integers(1, 364))),
        gender=Gender.FEMALE if female else Gender.MALE,
        ethnicity=list(ETHNICITY_PERCENT)[pick(chance, list(ETHNICITY_PERCENT.values()))],
        nhs_number=number,
        address=f"{words.building_number()} {words.street_name()}, Fairbourne",
        postcode=f"FB{chance.integers(1, 10)} {chance.integers(1, 10)}{''.join(chance.choice(list('ABDEFGH'), 2))}",
        communication_needs=(need,) if need and chance.random() < 0.7 else (),
        reason=SupportReason.CARER if carer else reason,
        band=band,
        weekly_pence=draw_budget(chance, band, reason),
        way=list(ways)[pick(chance, list(ways.values()))],
        carer=carer,
    )


def draw_budget(chance: np.random.Generator, band: str, reason: str) -> int:
    """A weekly cost of support, in whole pence, to the next ten pounds."""
    shapes = PUBLISHED["weekly_budget_pence"]
    shape = shapes["65+"] if band == "65+" else shapes.get(reason, shapes["18-64"])
    pence = shape["median"] * np.exp(chance.normal(0, shape["spread"]))
    return int(np.clip(pence, 30_00, 2_500_00)) // 10_00 * 10_00


def pick(chance: np.random.Generator, weights: list[int]) -> int:
    """One place in a list, the likelier the heavier."""
    shares = np.array(weights, dtype=float)
    return int(chance.choice(len(weights), p=shares / shares.sum()))
