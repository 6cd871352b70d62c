"""A made-up return to try commands on."""

from datetime import date

import pytest

from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.write import write_return


@pytest.fixture(scope="package")
def made_up(tmp_path_factory):
    path = tmp_path_factory.mktemp("return") / "return.csv"
    write_return(made_up_return(people=1500, councils=("716",), period_ends_on=date(2025, 3, 31)), path)
    return str(path)
