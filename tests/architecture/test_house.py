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
        "alike", "proposals", "searches", "visitors",
    },
    "jobs": {"kinds", "pressing", "worker"},
    "seal": {"guarding", "heads", "tables"},
    "messages": {"recipients", "wording", "printing"},
    "messages/carriers": {"notify", "smtp", "mailbox"},
    "care/people": {"events", "leave", "locks", "recipients", "message_views", "search", "addressing"},
    "care/asking": {"public_views", "own_words"},
    "care/assessment": {"parts", "outcomes", "means", "savings", "explain", "money_views"},
    "care/decisions": {"replay"},
    "care/planning": {"costs", "enough", "evidence", "kinds", "line_changes", "lines", "replay", "uses", "waiting"},
    "care/review": {"workload"},
    "care/planning/actions": {"writing", "exempting", "choosing", "answering", "deciding", "drafts", "warning",
        "changing_lines", "changing_mind",
    },
    "care/planning/views": {"parts", "writing", "choosing", "deciding", "changing_mind"},
    "care/letters": {"blocks", "bodies", "content", "pdf", "showing", "support_plan"},
    "files": {"formats", "laying_by", "pictures", "scanner", "store", "uploads"},
    "market": {"units", "weeks"},
    "market/contracts": {"sufficiency"},
    "market/listings": {"layouts", "extracts", "merging", "terms"},
    "market/directory": {"open_referral", "demo"},
    "money": {"proving"},
    "money/bills": {"clock", "content", "kinds", "payers", "references", "relations", "standing", "stops"},
    "money/claims": {"content", "relations"},
    "money/bills/actions": {"agreeing", "making", "pausing", "sending", "settling", "taking_over"},
    "money/banking": {
        "modulus", "bacs18", "iso20022", "characters", "payment", "working_days", "statement", "lines",
        "status_report", "reasons", "make_reason_codes",
    },
    "money/banking/readers": {
        "mt940", "narrative", "camt", "camt_entries", "ofx", "tables", "mapping", "values",
    },
    "care/conditions": {"kinds"},
    "money/ledger": {"histories", "export", "reasons", "relations"},
    "money/budgets": {
        "changes", "collecting", "cover", "schedule", "shares", "payable", "dues", "relations", "replay",
        "committed",
    },
    "money/payees": {"provider_views", "provider_urls"},
    "money/payments": {
        "answers", "bank_files", "comparing", "falling_due", "frozen", "lateness", "leaving_out", "making", "money_now",
        "days_to_pay", "notices", "owed", "paid_out", "pay_days", "posting", "provider_views", "providers", "relations",
        "remittances", "returning", "sampling", "settling", "steps",
        "together", "together_views", "waiting", "withdrawing",
    },
    "money/budgets/actions": {
        "starting", "funding", "holding", "ending", "last_costs", "interim", "leaving_out",
        "not_charging", "collecting",
    },
    "money/funders": {"attributing", "charging", "of_one", "relations"},
    "money/contributions": {"relations"},
    "money/figures": {
        "columns", "finance_return", "general_ledger", "journal", "month_end", "outturn", "relations",
    },
    "money/disputes": {"owing", "relations"},
    "money/monitoring": {"counting", "kinds", "late", "relations", "seeing"},
    "money/spending": {"beside", "coming", "content", "kinds", "proposing", "relations"},
    "money/recovery": {"content", "relations"},
    "money/pools": {"belonging", "untangling", "position", "reporting", "report_views", "relations"},
    "money/invoices": {"bought", "charging", "comparing", "file_views", "kinds", "matching", "relations", "tables"},
    "money/invoices/actions": {"agreeing", "charging", "matching", "receiving", "taking_in", "visiting"},
    "money/service_funds": {"relations", "tables"},
    "money/uprating": {"working_out", "applying", "telling", "undoing", "relations"},
    "money/statements": {
        "candidates", "choosing", "columns", "columns_views", "explaining", "keeping", "kinds", "matching", "picking",
        "picking_views", "referenced", "referenced_views", "relations", "standing", "told_twice",
    },
}  # fmt: skip
LISTS_OF_A_LENGTH = {
    "care/people/views.py", "care/asking/views.py", "money/payments/views.py", "money/banking/modulus.py",
    "money/statements/matching.py",
    "money/payments/comparing.py", "money/payments/providers.py", "money/payments/remittances.py",
    "money/statements/queries.py", "money/statements/views.py", "money/statements/referenced_views.py",
    "money/bills/actions/taking_over.py", "money/invoices/file_views.py", "money/invoices/tables.py",
    "money/pools/queries.py",
    "money/bills/queries.py", "money/bills/views.py", "money/invoices/queries.py", "money/invoices/views.py",
    "money/uprating/working_out.py", "money/uprating/applying.py", "money/uprating/undoing.py",
    "money/uprating/telling.py", "money/service_funds/views.py",
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


#: What is answered with a name or a thing, and may be one sign: a name, a place, a provider, what is bought.
NAMED = {"name", "who", "whose", "what", "place", "email", "provider"}


def asks_for_words_its_own_way(test):
    """Whether a condition counts the signs of some words, or asks only whether there are any, of no name."""
    for node in ast.walk(test):
        bare = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and is_stripped(node.operand)
        counted = isinstance(node, ast.Compare) and isinstance(node.left, ast.Call) and (
            isinstance(node.left.func, ast.Name) and node.left.func.id == "len" and is_stripped(node.left.args[0])
        ) and isinstance(node.ops[0], ast.Lt | ast.LtE)  # fmt: skip
        yield bare or counted


def is_stripped(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip"


@pytest.mark.parametrize("room", ["access", "messages", "care", "money"])
def test_whether_words_say_something_is_asked_in_one_way(room):
    """`said.sentence` asks for a reason: no action counts signs, or asks only whether there are any."""
    own_way = []
    for path in sorted((SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.If) or not any(asks_for_words_its_own_way(node.test)):
                continue
            for said in (each for each in node.body if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call)):
                named = {word.value.value for word in said.exc.keywords if isinstance(word.value, ast.Constant)}
                if getattr(said.exc.func, "id", "") == "Refusal" and not named & NAMED and named:
                    own_way.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert own_way == []


STRAIGHT = re.compile(r"[A-Za-z}]'(s|ll|ve|re|m|d)\b|n't\b|[A-Za-z}]s' |(?<![\w-])-£")
#: A column as the regulator's file names it, and words that somebody writes either way.
WRITTEN_BY_OTHERS = {"market/listings/layouts.py", "care/planning/uses.py"}


def sentences_of(path):
    """What a module says to people: its texts but for docstrings, and for what the database reads."""
    tree = ast.parse(path.read_text())
    silent = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for keyword in (each for each in ast.walk(tree) if isinstance(each, ast.keyword) and each.arg == "help_text"):
        silent |= {id(each) for each in ast.walk(keyword.value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(each) for each in node.values}
            yield "".join(each.value if isinstance(each, ast.Constant) else "}" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def test_what_is_said_to_people_has_no_straight_apostrophe_and_no_hyphen_for_minus():
    """Letters and messages are set in type, and so are pages, and what they refuse. SQL keeps its own signs."""
    said = [
        (short(path), text)
        for path in MODULES
        if short(path) not in WRITTEN_BY_OTHERS
        for text in sentences_of(path)
        if not re.search(r"\b(SELECT|ALTER|WHERE|WHEN|AND) ", text)
    ]
    said += [
        (short(path), re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.DOTALL))
        for path in SOURCE.rglob("*.jinja")
    ]
    said += [
        (short(path), line)
        for path in SOURCE.rglob("*.yaml")
        if "banking/mappings" not in short(path) and path.name != "sources.yaml"  # provenance, shown nowhere
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("#")
    ]
    assert [(path, text) for path, text in said if STRAIGHT.search(text)] == []


def test_no_form_puts_what_is_typed_to_find_somebody_into_an_address():
    """An address is kept in a browser's history and in logs. Services and figures of the law are nobody."""
    asks = re.compile(r'<form[^>]* method="get".*?</form>', re.DOTALL)
    nobody = {"market/directory/jinja2/directory/search.jinja", "care/planning/jinja2/planning/find.jinja"}
    nobody |= {"site/jinja2/site/law.jinja"}
    typed = {
        short(path)
        for path in SOURCE.rglob("*.jinja")
        if any("words" in form for form in asks.findall(path.read_text(encoding="utf-8")))
    }
    assert typed <= nobody, "Post it, and have the view keep words out of addresses: leeway.access.searches."


def test_what_is_moved_sideways_is_reached_with_the_keyboard_and_has_a_name():
    moved = [
        (short(path), tag)
        for path in SOURCE.rglob("*.jinja")
        for tag in re.findall(r'<div class="leeway-table-scroll"[^>]*>', path.read_text(encoding="utf-8"))
    ]
    named = [tag for _path, tag in moved if 'tabindex="0"' in tag and 'role="region"' in tag and "aria-label" in tag]
    assert len(named) > 50 and [(path, tag) for path, tag in moved if tag not in named] == []


def test_no_file_names_a_registry_or_a_machine_path():
    wrong = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|(?<![\w.])/(?:root|home)/\w")
    kinds = {".py", ".md", ".toml", ".txt", ".json", ".yaml", ".jinja", ".scss", ".mjs"}
    made = {".git", ".venv", "node_modules", "vendor", ".leeway", "__pycache__"}
    made |= {".mypy_cache", ".ruff_cache", ".hypothesis"}
    ours = [path for path in ROOT.rglob("*") if path.suffix in kinds and not set(path.parts) & made]
    named = [path for path in ours if wrong.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert not [path for path in named if path != Path(__file__)]
