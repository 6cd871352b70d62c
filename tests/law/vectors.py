"""Reads the worked examples of tests/vectors/law."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "vectors" / "law"


def examples(name: str) -> Any:
    """Give the worked examples of one file."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
