"""What the made-up council found out: two waves of a survey, a target that it relaxed, and its local account."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np

from leeway.access.models import User
from leeway.insight.pages import actions

AGREE = ["1", "2", "3", "4", "5"]
JOBS = ["social_worker", "occupational_therapist", "assessor", "manager"]
CHANGES = [
    "Fewer forms, and one at a time.",
    "Time to plan properly.",
    "Tell people the amount at the start.",
    "",
    "",
    "",
]


def find_out(analyst: User, seed: int, today: date) -> None:
    """Ask the practitioners twice, and set and relax a target."""
    chance = np.random.default_rng(seed)
    ask(analyst, chance, "Last year", today - timedelta(days=380), believe=0.45)
    ask(analyst, chance, "This year", today - timedelta(days=35), believe=0.6)
    aim = {"target": "More direct payments", "measure": "direct-payments", "owner": "Director of Adult Services"}
    year_end = date(today.year + 2, 3, 31)
    for percent, why, since in (
        (40, "People who ask for one wait too long, and few are told of it.", 300),
        (35, "Relaxed: support for employers of personal assistants comes first.", 60),
    ):
        agreed_on = today - timedelta(days=since)
        actions.set_target(**aim, percent=percent, due_on=year_end, why=why, by=analyst, on=agreed_on)


def publish(analyst: User, today: date) -> None:
    """Publish the figures of the last month's end. Those of the year before were published then."""
    this_month = today.replace(day=1)
    for month in (this_month.replace(year=today.year - 1), this_month):
        asked = {"as_at": month - timedelta(days=1), "by": analyst, "on": month}
        actions.work_out_account(**asked)
        actions.publish_account(**asked)


def ask(analyst: User, chance: np.random.Generator, name: str, opens_on: date, *, believe: float) -> None:
    """Open a wave, answer it as some forty practitioners might, and close it after three weeks."""
    wave = actions.open_wave(
        questionnaire_code="practitioner", name=name, opens_on=opens_on, closes_on=opens_on + timedelta(days=21),
        asked=60, by=analyst, on=opens_on,
    )  # fmt: skip
    for _practitioner in range(38 + int(chance.integers(8))):
        given = {
            "job": str(chance.choice(JOBS)),
            "plans_budgets": "yes",
            "direct_payment_share": str(chance.integers(0, 7)),
            "time_to_plan": str(chance.choice(AGREE)),
            "benefits_people": "yes" if chance.random() < believe else str(chance.choice(["no", "unsure"])),
            "real_choice": str(chance.choice(AGREE, p=[0.1, 0.2, 0.3, 0.3, 0.1])),
            "paperwork": str(chance.choice(AGREE, p=[0.4, 0.3, 0.2, 0.1, 0])),
            "one_change": str(chance.choice(CHANGES)),
        }
        day = opens_on + timedelta(days=int(chance.integers(0, 20)))
        actions.send_answers(wave=wave, form_id=UUID(bytes=chance.bytes(16)), given=given, on=day)
