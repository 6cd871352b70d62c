"""Made-up panels whose answer is known."""

import numpy as np
import pandas as pd

from leeway.published.estimates.panel import Panel, panel_of


def a_panel(
    seed: int, *, units: int = 40, years: int = 9, effect: float = 20_000, lasting: float = 0.7, missing: float = 0.0
) -> pd.DataFrame:
    """Councils of unlike size: spending with levels, years in common, and troubles that last from year to year.

    More people have direct payments in councils with higher levels, so that comparing councils misleads.
    """
    chance = np.random.default_rng(seed)
    level = chance.normal(0, 1, units)[:, None]
    year = np.arange(years)[None, :]
    people = (
        40 + 15 * level + 4 * year * (1 + 0.3 * chance.normal(0, 1, (units, 1))) + _lasting(chance, units, years, 6)
    )
    trouble = _lasting(chance, units, years, 200_000, lasting)
    spending = 5e6 + 3e6 * level + 150_000 * year + chance.normal(0, 1e5, (1, years)) + effect * people + trouble
    frame = pd.DataFrame(
        {
            "council": np.repeat([f"Council {number:03}" for number in range(units)], years),
            "year": np.tile(2001 + np.arange(years), units),
            "spending": spending.ravel(),
            "people": people.ravel(),
            "size": np.repeat(chance.uniform(0.2, 4, units), years),
            "other": chance.normal(0, 1, units * years) + people.ravel() / 50,
        }
    )
    return frame[chance.uniform(size=len(frame)) >= missing].sample(frac=1, random_state=seed).reset_index(drop=True)


def _lasting(chance: np.random.Generator, units: int, years: int, spread: float, share: float = 0.7) -> np.ndarray:
    shocks = chance.normal(0, spread, (units, years))
    for year in range(1, years):
        shocks[:, year] += share * shocks[:, year - 1]
    return shocks


def as_panel(frame: pd.DataFrame, **further: str) -> Panel:
    """The frame as our panel; `further` names columns for weight, controls and group."""
    return panel_of(
        unit=frame["council"].to_numpy(),
        year=frame["year"].to_numpy(),
        outcome=frame["spending"].to_numpy(),
        effect=frame["people"].to_numpy(),
        **{name: frame[column].to_numpy() for name, column in further.items()},
    )
