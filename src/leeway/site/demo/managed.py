"""What the made-up council answers of how it manages budgets, and two risks of its register."""

from datetime import date, timedelta

from leeway.access.models import User
from leeway.insight.themes.actions import answer_theme, keep_risk

FINANCE, DIRECTOR = "Head of finance, adult care", "Director of Adult Services"
ANSWERS = (
    ("allocation", 200, "The table was tried on forty cases of last year.", "Try it on all cases.", FINANCE),
    ("allocation", 40, "Tried on all cases of last year: one in five plans came out above.", "", FINANCE),
    ("pooled", 60, "Finance and the trust read each quarter’s lines together.", "Sign it by quarter.", DIRECTOR),
    ("equity", 30, "People with dementia are offered a direct payment least of all.", "Train the team.", DIRECTOR),
)  # fmt: skip
GRANT = {
    "name": "The programme grant ends",
    "cause": "It was given for two years, and lines that it pays for go on.",
    "effect": "The council pays for them from that day, or somebody’s support loses its payer.",
    "held_by": "Each line that it pays for is reviewed before its last day.",
    "impact": 4,
    "owner": FINANCE,
}
ASSISTANTS = {
    "name": "Too few personal assistants",
    "cause": "Hourly rates stood still while shops raised theirs.",
    "effect": "People hold money and find nobody to employ.",
    "held_by": "A register of assistants, and the rate is looked at each April.",
    "impact": 3,
    "owner": DIRECTOR,
}


def answer_themes(analyst: User, today: date) -> None:
    """Answer three of the eight themes, one of them twice, and enter two risks, one weighed anew."""
    number: dict[str, int] = {}
    for theme, days_ago, answer, will_do, owner in ANSWERS:
        on = today - timedelta(days=days_ago)
        said = {"answer": answer, "will_do": will_do, "owner": owner, "seen": number.get(theme, 0)}
        number[theme] = answer_theme(theme=theme, **said, by=analyst, on=on).number
    weighed = {"review_on": today + timedelta(days=80), "closed": False, "by": analyst}
    first = keep_risk(risk=None, **GRANT, likelihood=5, why="", seen=0, on=today - timedelta(days=150), **weighed)
    why = "Half of its lines were reviewed and have another payer."
    keep_risk(risk=first.risk, **GRANT, likelihood=3, why=why, seen=1, on=today - timedelta(days=20), **weighed)
    keep_risk(risk=None, **ASSISTANTS, likelihood=4, why="", seen=0, on=today - timedelta(days=70), **weighed)
