"""The dated meanings of columns and keys, read from `columns.yaml` once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def meanings() -> dict[str, Any]:
    """All of `columns.yaml`."""
    return yaml.safe_load(Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8"))
