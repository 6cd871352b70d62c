"""One name for a council whatever a return calls it, and what became of the councils that ended."""

import pytest

from leeway.published.returns.councils import council_coded, council_named, group_named, known, register


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("102 - Cumbria ", "Cumbria"),
        ("104-Northumberland UA", "Northumberland"),
        ("BATH & NORTH EAST SOMERSET", "Bath and North East Somerset"),
        ("908-Bath and Somerset UA", "Bath and North East Somerset"),
        ("Blackburn and Darwen UA", "Blackburn with Darwen"),
        ("Bristol, City of", "Bristol"),
        ("803 - Isle of Wight Council ", "Isle of Wight"),
        ("Kingston Upon Hull", "Kingston upon Hull"),
        ("Medway Towns UA", "Medway"),
        ("STOKE-ON-TRENT", "Stoke-on-Trent"),
        ("St Helens", "St. Helens"),
        ("418-Telford and the Wrekin UA", "Telford and Wrekin"),
        ("County Durham", "Durham"),
        ("Bedford Borough", "Bedford"),
        ("TOTAL England", None),
        ("Camelot", None),
        ("", None),
    ],
)
def test_spellings(raw, name):
    assert council_named(raw) == name


def test_dorset_is_two_areas_one_after_the_other():
    assert council_named("Dorset", year="2018-19") == "Dorset (to 2018-19)" == council_coded("809", year="2008-09")
    assert council_named("Dorset", year="2019-20") == "Dorset" == council_coded("E06000059")
    assert council_named("Dorset County", year="2023-24") == "Dorset" == council_coded("E10000009", year="2023-24")


def test_groups_are_no_councils():
    names = {
        name for name, others in known()["groups"].items() for word in [name, *others] if group_named(word) == name
    }
    assert names == set(known()["groups"])
    assert not [name for name in register()["council"] if group_named(name)]


def test_the_register_is_whole():
    table = register()
    names, rows = set(table["council"]), list(table.iter_rows(named=True))
    today = [row for row in rows if row["last_year"] is None]
    assert len(today) == 153 and len(rows) == 160
    for row in rows:
        heirs = (row["successors"] or "").split(";") if row["successors"] else []
        assert set(heirs) <= names
        assert bool(heirs) == (row["last_year"] is not None)
        assert (row["population_year"] is None) == (row["population_18_64"] is None)
        if row["population_18_64"] is not None:
            assert row["population_18_64"] + row["population_65_plus"] == row["population_18_plus"]
    assert all(name in names for name in known()["also_called"])
    codes = [code for row in rows for code in (row["ons_code"], *(row["other_ons_codes"] or "").split(";")) if code]
    assert len(codes) == len(set(codes)), "no two councils have one code"
    assert {row["council"] for row in rows if row["first_year"] == "2009-10"} == {
        "Bedford", "Central Bedfordshire", "Cheshire East", "Cheshire West and Chester",
    }  # fmt: skip


def test_only_trafford_has_neighbours():
    rows = register().drop_nulls("statistical_neighbours")
    assert rows["council"].to_list() == ["Trafford"]
    neighbours = rows["statistical_neighbours"][0].split(";")
    assert len(neighbours) == 15 and {"Stockport", "Solihull", "Bromley"} <= set(neighbours)
