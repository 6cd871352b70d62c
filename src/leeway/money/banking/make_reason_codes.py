"""Makes `reason_codes.csv` from ISO's external code sets: python -m leeway.money.banking.make_reason_codes FILE.

FILE is the JSON schema of the code sets that ISO publishes every quarter (2Q2026_v3.json). Of its sets, two are kept:
why a payment was not carried out, and why one came back. Made twice, the table is the same to the byte.
"""

import csv
import re
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from leeway.money.banking.reasons import COLUMNS, TABLE, ReasonSet
from leeway.reading import json_of
from leeway.refusal import Refusal

#: ISO lists the words of a set in its description: a line for each code, and lines of usage below some of them.
LISTED = re.compile(r"^\*`(?P<code>\w{4})`-(?P<words>.+)$", re.MULTILINE)


def make(published: Path) -> str:
    """The table as CSV: the set, the code, and ISO's words for it, in the order of the codes."""
    definitions = json_of(published)["definitions"]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in ReasonSet:
        writer.writerows(sorted(_rows(each, definitions[each.value])))
    return text.getvalue()


def _rows(of: ReasonSet, definition: dict) -> Iterator[tuple[str, str, str]]:
    """A row for each code; refused where ISO's list of codes and its list of words are not the same."""
    words = {found["code"]: " ".join(found["words"].split()) for found in LISTED.finditer(definition["description"])}
    if set(words) != set(definition["enum"]):
        raise Refusal(
            f"{of.value}: its codes and its descriptions are not the same: {set(words) ^ set(definition['enum'])}."
        )
    return ((of.name.lower(), code, words[code]) for code in words)


if __name__ == "__main__":
    TABLE.write_text(make(Path(sys.argv[1])), encoding="utf-8")
