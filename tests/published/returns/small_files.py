"""Small made-up files in the layouts of the published returns: the councils are real, the figures are not."""

import csv
import gzip
import io
from pathlib import Path

COSTS = ["col_C", "col_D", "col_E", "col_F", "col_G", "col_I"]
SHEET = ["financial_year", "cassr_code", "council", "section", "line", "line_label", *COSTS]
FORM = [
    "financial_year",
    "cassr_code",
    "council",
    "sheet_row",
    "heading",
    "item",
    "value",
    "average_flag",
    "adjusted_flag",
]
LEARNING = "E: ADULTS AGED UNDER 65 WITH LEARNING DISABILITIES"


def written(path: Path, rows: list[list[str]]) -> Path:
    """The rows as a CSV file, compressed if its name ends in .gz."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode("utf-8")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def sheet(year: str, council: str, line: str, label: str, **columns: str) -> list[str]:
    """A row of stacked expenditure for people with a learning disability."""
    return [year, "", council, LEARNING, line, label, *(columns.get(name[-1], "0") for name in SHEET[6:])]


def form(council: str, row: int, heading: str, item: str, value: str, flags: str = "  ") -> list[str]:
    """A row of stacked activity in 2006-07."""
    return ["2006-07", "", council, str(row), heading, item, value, flags[0].strip(), flags[1].strip()]


WIDE = [
    ["Personal Social Services Expenditure and Unit Cost tables, 2009-10: Activity Data"],
    ["", "SERVICES", "", "", "RESIDENTS"],
    ["", "People at 31 March 2010", "", "Reviews", ""],
    ["", "Home care", "Direct payments", "", "Weeks"],
    ["", "A1", "A2", "A3", "B1"],
    ["102-Cumbria", "1,350", "-", "..", "20"],
    ["821-Medway Towns UA", "5", "10", "0", "-7"],
    ["TOTAL England", "1,355", "10", "0", "13"],
    ["", "", "", "", ""],
    ["Note", "", "", "", ""],
    ["- means greater than 0 and less than or equal to 5", "", "", "", ""],
    ["All data is rounded to the nearest 5.", "", "", "", ""],
]
COLUMNS = [
    ["", "", "NW", "SE", "SE", "Eng"],
    ["Age category", "Accounting category", "102 - Cumbria", "821 - Medway", "999 - Camelot", "ENGLAND"],
    ["Age 18 to 64", "Gross total cost", "12.5", ":", "3", "15.5"],
    ["Age 65 and over", "Gross total cost", "-1", "2", "3", "4"],
    ["Age 65 and over", "Gross total cost", "-1", "7", "3", "4"],
    ["Notes", "", "", "", "", ""],
]
BRIDGING = [
    ["", "", "NW"],
    ["Bridging Year", "Bridging year group", "102 - Cumbria"],
    ["2014 - 2015", "Adults", "5"],
    ["2013 - 2014", "Adults", "4"],
]
LONG = [
    ["UUID", "Council Code", "Council Name", "Care Type", "Activity Provision", "Data Type", "Value", "Notes"],
    ["1", "102", "Cumbria", "Long term", "In house", "Mandatory", "3.5", "Estimate"],
    ["1", "809", "Dorset", "Long term", "In house", "Mandatory", "", ""],
]
ASC_FR = [
    ["FY_Ending", "CASSR_CODE", "GEOGRAPHY_CODE", "REGION_GO_CODE", "AgeBand_KEY", "SupportSetting_KEY", "ItemValue"],
    ["2017", "102", "E10000006", "E12000002", "1", "1", "8"],
    ["2017", "612", "E10000002", "E12000008", "2", "3", ":"],
    ["2017", "", "", "E92000001", "2", "3", "99"],
    ["17", "102", "E10000006", "E12000002", "2", "3", "1"],
]
ASCOF_YEARS = ("2024 to 2025", "2016 to 2017", "2023 to 2024")
ASCOF = [
    ["Table 3d(2a): the proportion of care users who receive direct payments [note 9]", "", "", ""],
    ["Cells marked with an [x] ...", "", "", ""],
    ["Local authority code", "Local authority", "ONS area code", *(f"{year} - outcome" for year in ASCOF_YEARS)],
    ["England", "England", "E92000001", "24.5", "1", "2"],
    ["104", "Northumberland", "E06000057", "17.100000000000001", "39 (38.7)", "3"],
    ["809", "Dorset", "E06000059", "[c]", "[z]", "[z]"],
    ["809", "Dorset County", "E10000009", "[z]", "40", "41"],
]
OFLOG = [
    ["Financial year", "Local authority code", "Local authority name", "Measure", "Value"],
    ["2016-17", "E06000023", "Bristol, City of", "Outcome, ASC Quality of Life", "19"],
]
DEFLATORS = [
    ["", "GDP DEFLATORS AT MARKET PRICES", "", ""],
    ["", "Financial year", "2022-23 = 100", "per cent"],
    ["", "2021-22", "93.629", "-0.8"],
    ["", "2022-23", "100.000", "6.8"],
    ["", "2023-24 (1), (2)", "-", "6.1"],
    ["", "Sources", "", ""],
]
