"""What was spent, from a provider's table: a row for each thing, put together by the lines of the plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from leeway.care.planning.models import PlanLine
from leeway.law.numbers import pounds
from leeway.money.banking.readers.tables import amount_of, rows_of
from leeway.money.invoices.tables import USUAL, headings_of, usual
from leeway.money.service_funds.actions import WHAT_LONGEST
from leeway.refusal import Refusal, quoted

#: What a column must be found for, in the words of a refusal.
MEANINGS = {"what": "what the money was spent on", "amount": "the amount"}


@dataclass
class ReadSpent:
    """What a table says was spent: by line of the plan, on what else, and which rows cannot be read, each with why."""

    lines: Counter[PlanLine] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)


def read_spent(content: bytes, lines: Sequence[PlanLine]) -> ReadSpent:
    """Read a table (CSV or XLSX) with headings. A row whose words are a line's name counts to that line."""
    rows = rows_of(content)
    at, headings = headings_of(rows)
    columns = usual(MEANINGS, headings).headings
    for meaning, words in MEANINGS.items():
        if meaning not in columns:
            known = ", ".join(f"“{word}”" for word in (meaning, *USUAL[meaning]))
            raise Refusal(f"No column of this file has {words}. Call it one of these: {known}.")
    places = {meaning: headings.index(heading) for meaning, heading in columns.items()}
    by_name = {" ".join(line.what.split()).casefold(): line for line in reversed(lines)}
    found = ReadSpent()
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        row = {name: " ".join(cells[place].split()) if place < len(cells) else "" for name, place in places.items()}
        if not any(row.values()):
            continue
        try:
            what, pence = row["what"], amount_of(row["amount"], "The amount")
            if len(what) > WHAT_LONGEST:
                raise Refusal(f"It says what was bought in more than {WHAT_LONGEST} letters.")
            if not what:
                raise Refusal(f"Nobody says what {pounds(pence)} was spent on.")
            if pence <= 0:
                raise Refusal(f"It says {quoted(row['amount'])}, which is no amount that was spent.")
        except Refusal as refusal:
            found.refused.append((number, str(refusal)))
            continue
        if line := by_name.get(what.casefold()):
            found.lines[line] += pence
        else:
            found.others[what] += pence
    return found
