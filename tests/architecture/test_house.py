"""The house keeps its shape: names of files, sizes of modules and functions, one stage-changer."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "leeway"
ROOMS = ["access", "jobs", "seal", "files", "messages", "market", "care", "money"]
VOCABULARY = {
    "__init__", "apps", "models", "states", "actions", "queries", "access", "forms", "views", "presenters", "urls",
    "api", "jobs", "commands",
}  # fmt: skip
OWN_WORDS = {
    "access": {
        "looks", "middleware", "table", "roles", "adapter", "kept", "logs", "second_factor", "invitations", "operator",
        "alike", "proposals",
    },
    "jobs": {"kinds", "worker"},
    "seal": {"guarding", "heads", "tables"},
    "messages": {"recipients", "wording", "printing"},
    "messages/carriers": {"notify", "smtp", "mailbox"},
    "care/people": {"events", "leave", "locks", "recipients", "message_views", "search"},
    "care/assessment": {"parts", "means", "savings", "explain", "money_views"},
    "care/decisions": {"replay"},
    "care/planning": {"costs", "evidence", "lines", "replay", "uses"},
    "care/planning/actions": {"writing", "exempting", "choosing", "answering", "deciding", "drafts", "warning"},
    "care/planning/views": {"parts", "writing", "choosing", "deciding"},
    "care/letters": {"blocks", "bodies", "content", "pdf", "support_plan"},
    "files": {"formats", "pictures", "scanner", "store", "uploads"},
    "market": {"units", "weeks"},
    "market/contracts": {"sufficiency"},
    "market/listings": {"layouts", "extracts", "merging", "terms"},
    "market/directory": {"open_referral", "demo"},
    "money/banking": {
        "modulus", "bacs18", "iso20022", "characters", "payment", "working_days", "statement", "lines",
        "status_report", "reasons", "make_reason_codes",
    },
    "money/banking/readers": {
        "mt940", "narrative", "camt", "camt_entries", "ofx", "tables", "mapping", "values",
    },
    "money/ledger": {"histories", "export", "reasons", "relations"},
    "money/budgets": {"schedule", "shares", "payable", "dues", "relations", "replay"},
    "money/payments": {
        "answers", "comparing", "frozen", "notices", "relations", "together", "together_views", "waiting",
    },
    "money/budgets/actions": {"starting", "funding", "holding", "ending", "last_costs", "interim", "leaving_out"},
    "money/contributions": {"relations"},
    "money/statements": {
        "candidates", "columns", "columns_views", "keeping", "kinds", "matching", "picking", "picking_views",
        "relations", "standing",
    },
}  # fmt: skip
LISTS_OF_A_LENGTH = {
    "care/people/views.py", "money/payments/views.py", "money/banking/modulus.py", "money/statements/matching.py",
    "money/payments/comparing.py",
    "money/statements/queries.py", "money/statements/views.py",
}  # fmt: skip
MODULES = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def short(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_modules_and_functions_are_small(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 600, "A module of 600 lines or more is two rooms: split it."
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < 60, f"{node.name} has {length} lines: split it."


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_modules_say_what_they_are_for(path):
    if path.name != "apps.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "Begin with a sentence."


def test_files_have_the_names_of_the_vocabulary():
    strange = []
    for path in MODULES:
        folder = path.parent.relative_to(SOURCE)
        known = VOCABULARY | OWN_WORDS.get(str(folder), set())
        if folder.parts and folder.parts[0] in ROOMS and path.stem not in known:
            strange.append(short(path))
    assert not strange, "A new kind of file needs a line in OWN_WORDS, and a reason."


def test_only_move_case_changes_a_stage():
    changers = [short(path) for path in MODULES if re.search(r"\.stage = ", path.read_text(encoding="utf-8"))]
    assert changers == ["care/people/actions.py"]


def test_no_row_is_written_back_whole():
    """A row that exists is saved by its own columns: whatever else stands in it may be newer than what was read.

    A new row says `force_insert=True`. What has arguments in a row (a picture, a store of files) is no row.
    """
    whole = [
        f"{short(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
        if not node.args and not {word.arg for word in node.keywords} & {"update_fields", "force_insert"}
    ]
    assert not whole, "Name the columns: save(update_fields=[…])."


def test_words_are_refused_or_kept_whole_and_never_cut_to_length():
    """A slice of ten or more of something typed loses the rest of it. Numbers of the sort code tables are no words."""
    cut = re.compile(r"\[:(\d{2,}|[A-Z_]+)\]")
    rooms = [path for path in MODULES if short(path).split("/")[0] in {"access", "care", "money"}]
    cutting = [short(path) for path in rooms if re.search(cut, path.read_text(encoding="utf-8"))]
    assert set(cutting) == LISTS_OF_A_LENGTH, "Refuse it, naming the field, or keep it whole."


def test_no_file_names_a_registry_or_a_machine_path():
    wrong = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|(?<![\w.])/(?:root|home)/\w")
    kinds = {".py", ".md", ".toml", ".txt", ".json", ".yaml", ".jinja", ".scss", ".mjs"}
    made = {".git", ".venv", "node_modules", "vendor", ".leeway", "__pycache__"}
    made |= {".mypy_cache", ".ruff_cache", ".hypothesis"}
    ours = [path for path in ROOT.rglob("*") if path.suffix in kinds and not set(path.parts) & made]
    named = [path for path in ours if wrong.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert not [path for path in named if path != Path(__file__)]
