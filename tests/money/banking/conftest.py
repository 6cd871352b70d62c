"""Published files for the banking tests, where they are at hand, and a small made-up modulus table."""

import pytest

from leeway.money.banking.modulus import WeightTable

MADE_UP_WEIGHTS = """\
100000 100099 MOD10    0    0    0    0    0    0    7    1    3    7    1    3    7    1
110000 110000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1
120000 120000 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1   1
130000 130000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1
130000 130000 DBLAL    0    0    0    0    0    0    2    1    2    1    2    1    2    1   3
140000 140000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1  10
140000 140000 DBLAL    0    0    0    0    0    0    2    1    2    1    2    1    2    1  11
150000 150000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1   6
160000 160000 MOD11    0    0    0    0    0    1    0    0    0    0    0    0    0    1   5
170000 170000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    0    0   4
180000 180000 MOD10    1    1    1    1    1    1    1    1    1    1    1    1    1    1   7
190000 190000 MOD10    1    1    1    1    1    1    1    1    1    1    1    1    1    1   8
210000 210000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1  14
220000 220000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1   2
220000 220000 MOD11    0    0    0    0    0    1    0    0    0    0    0    0    0    1   9
230000 230000 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1  12
230000 230000 MOD10    0    0    0    0    0    0    8    7    6    5    4    3    2    1  13
"""


@pytest.fixture
def made_up_paths(tmp_path):
    weights, substitutions = tmp_path / "weights.txt", tmp_path / "substitutions.txt"
    weights.write_text(MADE_UP_WEIGHTS)
    substitutions.write_text("160000 160003\n")
    return weights, substitutions


@pytest.fixture
def made_up_table(made_up_paths):
    return WeightTable.read(*made_up_paths)


@pytest.fixture
def pay_uk_paths(published):
    return published("banking/modulus/valacdos_v770.txt"), published("banking/modulus/scsubtab_v770.txt")


@pytest.fixture
def pay_uk_table(pay_uk_paths):
    return WeightTable.read(*pay_uk_paths)
