"""Every pattern takes time as long as its text, not as its square: 250 kB of one short line had stopped the site."""

import ast
import re
from pathlib import Path
from re import _constants as sre
from re import _parser

import pytest

import leeway

SOURCES = sorted(Path(leeway.__path__[0]).rglob("*.py"))
AT_ONE_PLACE = {"match", "fullmatch"}
LOOKED_FOR = {"search", "sub", "subn", "split", "findall", "finditer"}
SIGNS = [chr(number) for number in range(256)]
CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
}


def patterns():
    """Each pattern in the sources, its flags, and whether it is looked for anywhere in a text."""
    trees = {path: ast.parse(path.read_text()) for path in SOURCES}
    used = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    searched = {node.value.id for node in used if isinstance(node.value, ast.Name) and node.attr in LOOKED_FOR}
    matched = {node.value.id for node in used if isinstance(node.value, ast.Name) and node.attr in AT_ONE_PLACE}
    for path, tree in trees.items():
        names = {
            id(node.value): node.targets[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=how),
                    args=[ast.Constant(value=str() as pattern), *more],
                    keywords=named,
                ):
                    flags = [each.value for each in named if each.arg == "flags"] or (
                        more[:1] if how == "compile" else []
                    )
                    flag = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0
                    name = names.get(id(node))
                    only_there = name in matched and name not in searched if how == "compile" else how in AT_ONE_PLACE
                    yield pytest.param(pattern, flag, not only_there, id=f"{path.stem}:{node.lineno}")


def signs_of(op, given, flags) -> set[str]:
    """The signs that one item of a pattern may run over."""
    match op:
        case sre.LITERAL:
            return {chr(given), chr(given).swapcase()} if flags & re.IGNORECASE else {chr(given)}
        case sre.NOT_LITERAL:
            return set(SIGNS) - {chr(given)}
        case sre.ANY:
            return set(SIGNS) if flags & re.DOTALL else set(SIGNS) - {"\n"}
        case sre.RANGE:
            return {sign for sign in SIGNS if given[0] <= ord(sign) <= given[1]}
        case sre.CATEGORY:
            known = CATEGORIES.get(given)
            return {sign for sign in SIGNS if known is None or known(sign)}
        case sre.IN:
            negated = given[0][0] is sre.NEGATE
            within = set().union(*(signs_of(*each, flags) for each in given[negated:]))
            return set(SIGNS) - within if negated else within
        case sre.AT | sre.ASSERT_NOT:
            return set()
        case _:
            return set().union(*(signs_of(*each, flags) for part in inside(op, given) for each in part))


def inside(op, given) -> list:
    """The parts that an item holds."""
    match op:
        case sre.SUBPATTERN:
            return [given[-1]]
        case sre.BRANCH:
            return given[1]
        case sre.MAX_REPEAT | sre.MIN_REPEAT:
            return [given[2]]
        case sre.ASSERT | sre.ASSERT_NOT:
            return [given[1]]
        case _:
            return []


def begins_with(items, flags) -> set[str]:
    """The signs with which a pattern may begin; at the beginning of a text it begins once, with none of them."""
    found: set[str] = set()
    for op, given in items:
        if op is sre.AT and given is sre.AT_BEGINNING:
            return {"\n"} if flags & re.MULTILINE else set()
        parts = inside(op, given)
        found |= set().union(*(begins_with(part, flags) for part in parts)) if parts else signs_of(op, given, flags)
        if not (op in {sre.AT, sre.ASSERT, sre.ASSERT_NOT} or (op is sre.MAX_REPEAT and given[0] == 0)):
            break
    return found


def endless(items, *, last=True):
    """Each endless repeat after which something may still fail."""
    for place, (op, given) in enumerate(items):
        ends = last and place == len(items) - 1
        repeats = op in {sre.MAX_REPEAT, sre.MIN_REPEAT}
        if repeats and given[1] is sre.MAXREPEAT and not ends:
            yield given[2]
        for part in inside(op, given):
            yield from endless(list(part), last=ends and op is not sre.ASSERT)


def why_not(pattern: str, flags: int, searched: bool) -> str:
    """Why a pattern may take the square of its text's length, or longer; empty where it does not."""
    items = list(_parser.parse(pattern, flags))
    for body in endless(items):
        if any(op in {sre.MAX_REPEAT, sre.MIN_REPEAT} and given[1] is sre.MAXREPEAT for op, given in body):
            return "an endless repeat within an endless repeat"
        if searched and set().union(*(signs_of(*each, flags) for each in body)) & begins_with(items, flags):
            return "an endless repeat runs over a place where the pattern may begin anew"
    return ""


@pytest.mark.parametrize("pattern,flags,searched", list(patterns()))
def test_a_pattern_takes_no_longer_than_its_text(pattern, flags, searched):
    assert not why_not(pattern, flags, searched)


@pytest.mark.parametrize(
    "pattern,flags",
    [
        (r"^:20:.*^:60[FM]:", re.MULTILINE | re.DOTALL),
        (r"<\?xml[^>]*\?>", 0),
        (r"\s+(UA|Council)\s*$", 0),
        (r"\s*\(lines? [^)]*\)", re.IGNORECASE),
        (r"\(lines? [^)]*\)", re.IGNORECASE),
        (r"\s*([-:/,])\s*", 0),
        (r"x(\w+)*y", 0),
    ],
)
def test_the_patterns_of_before_are_found(pattern, flags):
    assert why_not(pattern, flags, True)


@pytest.mark.parametrize("pattern", [r"\s+", r"^\s*\d{3}", r"<\s*(html|svg)\b", r"a\d+$", r"(?<!\d)(20\d\d)"])
def test_quick_ones_are_not(pattern):
    assert not why_not(pattern, 0, True)
