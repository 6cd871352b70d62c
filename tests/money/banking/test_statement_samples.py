"""Every published sample of a statement is read as the table says, or refused with its sentence."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from leeway.money.banking.statement import read_statement
from leeway.reading import CannotRead

VECTORS = Path(__file__).parents[2] / "vectors" / "money" / "statement_samples.yaml"
EXPECTED = yaml.safe_load(VECTORS.read_text(encoding="utf-8"))
OTHER_CURRENCY = "not in pounds"


def as_in_the_table(content: bytes) -> dict:
    try:
        found = read_statement(content)
    except CannotRead as refused:
        return {"refused": str(refused)}
    warnings = [warning for each in found.statements for warning in each.warnings if OTHER_CURRENCY not in warning]
    statements = [
        [
            each.account,
            each.currency,
            each.opening_balance_pence,
            each.closing_balance_pence,
            len(each.lines),
            sum(line.amount_pence for line in each.lines),
        ]
        for each in found.statements
    ]
    answer = {"format": found.version or found.format, "statements": statements}
    return answer | ({"warnings": len(warnings)} if warnings else {})


@pytest.mark.parametrize("name", EXPECTED)
def test_each_sample_is_read_or_refused_as_the_table_says(published, name):
    found = as_in_the_table(published(f"banking/{name}").read_bytes())
    expected = EXPECTED[name]
    if "refused" in expected:
        assert expected["refused"] in found["refused"]
    else:
        assert found == expected


def test_no_sample_is_missing_from_the_table(published):
    folder = published("banking")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files - {"README.md"} == set(EXPECTED)


def test_what_is_told_of_a_sample_that_does_not_fit():
    """Of the statements that are read, most add up, and each that does not says so."""
    said = Counter()
    for name, expected in EXPECTED.items():
        for _account, _currency, opening, closing, _lines, total in expected.get("statements", []):
            known = opening is not None and closing is not None
            adds_up = known and opening + total == closing
            said["adds up" if adds_up else "does not" if known else "unknown"] += 1
            assert adds_up or not known or expected.get("warnings"), name
    assert said["adds up"] > 100
