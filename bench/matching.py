"""Statement lines against their known truth: what is matched by itself, and what is proposed first, by kind of damage.

    .venv/bin/python bench/matching.py
    .venv/bin/python bench/matching.py --lines 5000 --misses 3       a quick look, with examples of what went wrong
    .venv/bin/python bench/matching.py --into docs/explanation/speed.md

The lines and payments are `matching_truth.py`'s, made without a look at the matcher. Every second return is on record
before its line comes; of the others, the matcher gets what it would be given: payments that a credit names, or that
were as much within a month before. Precision is of what is matched by itself: right ÷ (right and wrong). Recall is of
all lines that stand for something. Exit 1 if one line is matched wrongly, or fewer than 99 in 100 are found by
themselves where the reference stands whole.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import click
import matching_truth as truth
from figures import fill, seconds
from matching_truth import REFERENCE_STANDS, Damage
from measure import in_words, machine, peak_mib, today

from leeway.money.statements.kinds import What
from leeway.money.statements.matching import Found, OpenLine, OpenThing, Proposal, Thing, find

RECALL_GOAL = 0.99
DAYS_TO_COME_BACK = 31
NOBODY = UUID(int=0)
RIGHT, WRONG, NONE = "right", "wrong", "none"


def line_id(line: truth.Line) -> UUID:
    return uuid5(NOBODY, str(line.number))


def open_lines(lines: list[truth.Line]) -> list[OpenLine]:
    """The bank's lines as the matcher reads them."""
    return [
        OpenLine(
            id=line_id(line),
            booked_on=line.day,
            pence=line.amount_pence,
            open_pence=line.amount_pence,
            texts=(line.end_to_end_id, line.text),
            counterparty=line.name,
        )
        for line in lines
    ]


def of_payment(what: What, payment: truth.Payment, on: date, *, to_record: bool = False) -> OpenThing:
    """A payment that left or came back, as the matcher reads it."""
    pence = payment.amount_pence if what == What.RETURNED else -payment.amount_pence
    return OpenThing(
        thing=Thing(what, UUID(payment.id)),
        called=f"payment {payment.reference}, {payment.name}",
        pence=pence,
        open_pence=pence,
        on=on,
        since=payment.sent_on,
        keys=(payment.id, payment.reference),
        run=f"LEEWAY-{payment.run:06}",
        names=(payment.name,),
        to_record=to_record,
    )


def things(payments: list[truth.Payment], lines: list[truth.Line]) -> Iterator[OpenThing]:
    """Everything that may be on the statement: runs, payments, and what came back or may have."""
    runs: defaultdict[int, list[truth.Payment]] = defaultdict(list)
    for payment in payments:
        runs[payment.run].append(payment)
        yield of_payment(What.SENT, payment, payment.pay_on)
    for number, paid in runs.items():
        total, key = sum(payment.amount_pence for payment in paid), f"LEEWAY-{number:06}"
        yield OpenThing(
            thing=Thing(What.RUN, uuid5(NOBODY, key)),
            called=f"run {number}",
            pence=-total,
            open_pence=-total,
            on=paid[0].pay_on,
            since=paid[0].sent_on,
            keys=(key,),
            run=key,
        )
    yield from came_back(payments, lines)


def came_back(payments: list[truth.Payment], lines: list[truth.Line]) -> Iterator[OpenThing]:
    """Every second return as it was recorded, and what may come back beside: named by a credit, or of its amount."""
    known = {payment.id: payment for payment in payments}
    recorded = {line.truth[0] for line in lines if line.damage == Damage.RETURNED and line.number % 2}
    for line in lines:
        if line.damage == Damage.RETURNED and line.number % 2:
            yield of_payment(What.RETURNED, known[line.truth[0]], line.day)
    credits = [line for line in lines if line.amount_pence > 0]
    named = {word for line in credits for word in (line.end_to_end_id, *line.text.split())}
    days: defaultdict[int, list[date]] = defaultdict(list)
    for line in credits:
        days[line.amount_pence].append(line.day)
    for payment in payments:
        near = any(0 <= (day - payment.pay_on).days <= DAYS_TO_COME_BACK for day in days[payment.amount_pence])
        if payment.id not in recorded and (near or {payment.id, payment.reference} & named):
            yield of_payment(What.RETURNED, payment, payment.pay_on + timedelta(days=3), to_record=True)


def meant(proposal: Proposal) -> set[str]:
    return {thing.id.hex if thing.what != What.RUN else str(thing.id) for thing, _ in proposal.things}


def judge(payments: list[truth.Payment], lines: list[truth.Line], found: Found) -> list[tuple[truth.Line, str, str]]:
    """Each line with what became of it by itself, and what its first proposal is where it was not matched."""
    run_of = {payment.id: str(uuid5(NOBODY, f"LEEWAY-{payment.run:06}")) for payment in payments}
    by_itself: dict[UUID, list[Proposal]] = defaultdict(list)
    for proposal in found.by_itself:
        for line, _ in proposal.lines:
            by_itself[line].append(proposal)
    told = []
    for line in lines:
        key, wanted = line_id(line), set(line.truth)
        whole = {run_of[line.truth[0]]} if line.damage == Damage.BATCH else wanted

        def verdict(one: Proposal | None, wanted=wanted, whole=whole) -> str:
            if one is None:
                return NONE
            return RIGHT if wanted and meant(one) in (wanted, whole) else WRONG

        matched = by_itself.get(key, [])
        assert len(matched) < 2
        told.append(
            (line, verdict(matched[0]), "") if matched
            else (line, NONE, verdict(next(iter(found.proposed.get(key, ())), None)))
        )  # fmt: skip
    return told


def counted(told: list[tuple[truth.Line, str, str]]) -> dict[str, dict[str, int]]:
    """How many lines of each damage came to what."""
    rows = {}
    for damage in Damage:
        own = [(matched, first) for line, matched, first in told if line.damage == damage]
        by_itself, first = Counter(one for one, _ in own), Counter(one for _, one in own if one)
        rows[damage.value] = {"lines": len(own)} | {
            f"{name} {what}": count[what]
            for name, count in (("by itself", by_itself), ("first", first))
            for what in (RIGHT, WRONG, NONE)
        }
    return rows


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def table(result: dict) -> list[str]:
    """Write the result as a Markdown table, with what it was taken on."""
    heads = ("What the bank did", "Lines", "Matched by itself", "Of it wrong", "First proposal right", "Wrong", "None")
    lines = [f"| {' | '.join(heads)} |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, row in result["damages"].items():
        lines.append(
            f"| {name[0].upper()}{name[1:]} | {row['lines']:,} | {share(row['by itself right'], row['lines'])} "
            f"| {row['by itself wrong']} | {row['first right']:,} | {row['first wrong']:,} | {row['first none']:,} |"
        )
    return [
        *lines,
        "",
        f"{result['payments']:,} payments of {result['runs']} runs. Precision of what is matched by itself "
        f"{result['precision']:.2%}, goal 100%; recall where the reference stands whole {result['recall']:.2%}, goal "
        f"{RECALL_GOAL:.0%}; goals missed by: {', '.join(result['missed']) or 'none'}. All lines at once: "
        f"{seconds(result['waited'])} waited, {seconds(result['processor'])} of processor time; memory "
        f"{result['mib_before']:,} MiB before and {result['mib_after']:,} MiB at its peak. "
        f"Taken on {today().isoformat()}: {in_words(result['machine'])}.",
    ]


def in_all(damages: dict[str, dict[str, int]]) -> dict:
    """Precision of all that is matched by itself, recall where the reference stands, and the goals missed."""
    right, wrong = (sum(row[f"by itself {what}"] for row in damages.values()) for what in (RIGHT, WRONG))
    stands = [damages[each.value] for each in REFERENCE_STANDS]
    recall = sum(row["by itself right"] for row in stands) / sum(row["lines"] for row in stands)
    missed = ["precision"] * bool(wrong) + ["recall"] * (recall < RECALL_GOAL)
    return {"precision": right / (right + wrong), "recall": recall, "missed": missed}


@click.command()
@click.option("--lines", default=50_000, show_default=True, type=click.IntRange(500, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--misses", default=0, show_default=True, help="Show so many lines of each damage that were not right.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(lines: int, seed: int, misses: int, as_json: bool, into: Path | None) -> None:
    """Match all lines at once, and hold what comes of it against the truth."""
    state = machine()
    payments, drawn = truth.draw(lines, seed)
    ours, everything = open_lines(drawn), list(things(payments, drawn))
    before, used, started = peak_mib(), time.process_time(), time.perf_counter()
    found = find(ours, everything)
    waited, processor = time.perf_counter() - started, time.process_time() - used
    told = judge(payments, drawn, found)
    result = {
        "damages": (damages := counted(told)),
        **in_all(damages),
        "payments": len(payments),
        "runs": payments[-1].run,
        "waited": waited,
        "processor": processor,
        "mib_before": before,
        "mib_after": peak_mib(),
        "machine": state,
    }
    if into:
        fill(into, "matching", table(result))
    click.echo(json.dumps(result, indent=2) if as_json else "\n".join(table(result)))
    show(told, found, misses)
    sys.exit(1 if result["missed"] else 0)


def show(told: list[tuple[truth.Line, str, str]], found: Found, misses: int) -> None:
    """Print some lines of each damage that were not right, with what was said of each."""
    why = {line: one.why for one in found.by_itself for line, _ in one.lines}
    why |= {line: f"{some[0].confidence}: {some[0].why}" for line, some in found.proposed.items()}
    for damage in Damage if misses else ():
        bad = [(line, one, first) for line, one, first in told if line.damage == damage and RIGHT not in (one, first)]
        for line, one, first in bad[:misses]:
            click.echo(f"{line}\n  by itself {one}, first {first or '-'}; {why.get(line_id(line), 'nothing said')}")


if __name__ == "__main__":
    main()
