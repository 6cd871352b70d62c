"""Statement lines for the payments of many runs, with the truth of each: what `matching.py` holds a matcher against.

    .venv/bin/python bench/matching_truth.py --into /somewhere --lines 50000

Made without a look at the matcher, from what banks do to a line: a reference stands whole, in a field of its own or
among words; it is cut at 18 characters; it is not there, and people of one run are paid the same; the bank has another
name for whoever is paid; one debit stands for a whole run; the day is up to five days off; a payment comes back; and
lines that belong to nothing, some of them with the amount, the day, nearly the name or nearly the reference of a
payment that is not on the statement. People are paid the same in every run, as they are. The same seed gives the same
lines. Writes `payments.csv` and `lines.csv`, or is imported.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

import click

FIRST_DAY = date(2023, 4, 7)
DAYS_BETWEEN_RUNS = 7
CUT_AT = 18
DAYS_OFF_MOST = 5
DAYS_FROM_SENDING = 2  # runs are paid on Fridays, so both are working days
FIRST = (
    "Ada Alan Amir Bea Bryn Carol Chen Dai Diya Edith Efua Esme Farid Freya Gwen Hana Harold Ines Ivor Jean Joan Kofi "
    "Leila Liam Mabel Marcia Mei Nadia Neil Olu Omar Pearl Priya Rani Rhys Rosa Sam Sian Tariq Una Vera Wanda Yusuf"
)
LAST = (
    "Abara Ahmed Archer Bains Barrow Bevan Birch Castle Chowdhury Clegg Cole Crane Dunn Eze Farrow Finch Grant Greaves "
    "Hale Holt Hussain Iqbal Jarvis Kaur Keane Lamb Lowe Mair Marsh Mensah Moss Nair Novak Okoro Osei Patel Penrose "
    "Pike Quinn Rahman Reid Rowe Shah Sharp Singh Stone Tate Thorne Underhill Vance Wade Webb Wells Whyte Yates Zamora"
)
FIRMS = "Anchor Beacon Cedar Dovecote Elm Fairway Harbour Kestrel Linden Meadow Orchard Quayside Rowan Willow"
FIRST_NAMES, LAST_NAMES, FIRM_NAMES = FIRST.split(), LAST.split(), FIRMS.split()


class Damage(StrEnum):
    """What the bank did to a line."""

    ID_WHOLE = "end-to-end id whole"
    REFERENCE_WHOLE = "reference whole, among words"
    DAY_MOVED_REFERENCE = "day moved, reference whole"
    BEFORE_SENT = "dated before it was sent, reference whole"
    ID_CUT = "end-to-end id cut at 18"
    REFERENCE_CUT = "reference cut at 18, with words before it"
    EQUAL_AMOUNTS = "equal amounts on one day, no reference"
    NAME_CHANGED = "name changed, no reference"
    DAY_MOVED = "day moved, no reference"
    BATCH = "one debit for a whole run"
    RETURNED = "payment that came back"
    NOTHING = "belongs to nothing"


#: Where a reference stands whole, so that every such line should be found. No bank books a payment that it was not
#: sent yet: a line that says so names a payment, and is not to be trusted all the same.
REFERENCE_STANDS = (Damage.ID_WHOLE, Damage.REFERENCE_WHOLE, Damage.DAY_MOVED_REFERENCE)
#: Of a thousand payments that are booked one by one.
SHARES = {
    Damage.ID_WHOLE: 350,
    Damage.REFERENCE_WHOLE: 200,
    Damage.DAY_MOVED_REFERENCE: 50,
    Damage.ID_CUT: 70,
    Damage.REFERENCE_CUT: 70,
    Damage.NAME_CHANGED: 80,
    Damage.DAY_MOVED: 80,
    Damage.EQUAL_AMOUNTS: 70,
}
MISSING, RETURNED, STRAY = 30, 15, 40  # of a thousand: not on the statement, come back later, lines of nothing
RUNS_BOOKED_WHOLE = 2  # one run in so many


@dataclass(frozen=True)
class Payment:
    """A payment as the council knows it: `id` is its end-to-end id, `reference` what whoever is paid reads."""

    id: str
    run: int
    reference: str
    name: str
    amount_pence: int
    pay_on: date

    @property
    def sent_on(self) -> date:
        """The day on which the bank was given the file of its run."""
        return self.pay_on - timedelta(days=DAYS_FROM_SENDING)


@dataclass(frozen=True)
class Line:
    """A line of the council's account: less than nothing for money out. `truth` are the ids of what it stands for."""

    number: int
    day: date
    amount_pence: int
    name: str
    text: str
    end_to_end_id: str
    damage: Damage
    truth: tuple[str, ...] = ()


def people(random: Random, count: int) -> list[tuple[str, int]]:
    """Who is paid, and how much in every run: two in five at a whole number of hours, so that many have the same."""
    found = []
    for _ in range(count):
        if random.random() < 0.08:
            kinds = random.choice(("Care", "Homecare", "Support")), random.choice(("Ltd", "CIC", "LLP"))
            name = " ".join((random.choice(FIRM_NAMES), *kinds))
        else:
            name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
        rounded = random.random() < 0.4
        found.append((name, random.randint(4, 60) * 14_80 if rounded else random.randint(20_00, 1200_00)))
    return found


def runs(random: Random, lines: int) -> list[list[Payment]]:
    """The payments of as many runs as it takes for about so many lines."""
    known = people(random, max(20, lines // 60))
    found: list[list[Payment]] = []
    booked = 0
    while booked < lines * 1000 / (1000 - MISSING + RETURNED + STRAY):
        number = len(found) + 1
        pay_on = FIRST_DAY + timedelta(days=DAYS_BETWEEN_RUNS * len(found))
        paid = random.sample(known, max(5, len(known) // 10 if booked_whole(number) else len(known) * 19 // 20))
        found.append(
            [
                Payment(f"{random.getrandbits(128):032x}", number, f"{number:06}-{place:06}", name, pence, pay_on)
                for place, (name, pence) in enumerate(paid, start=1)
            ]
        )
        booked += 1 if booked_whole(number) else len(paid)
    return found


def booked_whole(run: int) -> bool:
    """Whether the bank books one debit for a run."""
    return run % RUNS_BOOKED_WHOLE == 0


def draw(lines: int = 50_000, seed: int = 1) -> tuple[list[Payment], list[Line]]:
    """Payments and the lines of the bank, in the order of their days, with the truth in each line."""
    random = Random(seed)
    paid = runs(random, lines)
    found = [line for payments in paid for line in booked(random, payments)]
    found.sort(key=lambda line: (line.day, random.random()))
    found = [replace(line, number=number) for number, line in enumerate(found[:lines], start=1)]
    return [payment for payments in paid for payment in payments], found


def booked(random: Random, payments: list[Payment]) -> Iterator[Line]:
    """The lines of one run: of its payments, of those that come back, and of nothing."""
    first = payments[0]
    if booked_whole(first.run):
        total = sum(payment.amount_pence for payment in payments)
        text = random.choice((f"BACS LEEWAY-{first.run:06}", "BACS FILE TOTAL", f"{len(payments)} ITEMS BULK PAYMENT"))
        ids = tuple(payment.id for payment in payments)
        yield Line(0, first.pay_on, -total, "", text, "", Damage.BATCH, ids)
        return
    often = Counter(payment.amount_pence for payment in payments)
    for payment in payments:
        chance = random.randrange(1000)
        if chance < MISSING:
            if chance < MISSING // 2:
                yield trap(random, payment)
            continue
        yield damaged(random, payment, equal=often[payment.amount_pence] > 1)
        if random.randrange(1000) < RETURNED:
            yield came_back(random, payment)
        if random.randrange(1000) < STRAY:
            yield stray(random, payment.pay_on)


def damaged(random: Random, payment: Payment, *, equal: bool) -> Line:
    """The line of a payment as the bank has it."""
    damage = random.choices(list(SHARES), list(SHARES.values()))[0]
    if damage == Damage.EQUAL_AMOUNTS and not equal:
        damage = Damage.REFERENCE_WHOLE
    plain = Line(
        0,
        payment.pay_on,
        -payment.amount_pence,
        payment.name.upper()[:CUT_AT],
        "BACS PAYMENT",
        "",
        damage,
        (payment.id,),
    )
    moved = payment.pay_on + timedelta(days=random.randint(1, DAYS_OFF_MOST) * random.choice((1, 1, 1, -1)))
    words = random.choice(("BACS {}", "FP {} SOCIAL CARE", "DIRECT PAYMENT REF {}", "{}")).format(payment.reference)
    match damage:
        case Damage.ID_WHOLE:
            return replace(plain, end_to_end_id=payment.id, text=words)
        case Damage.REFERENCE_WHOLE:
            return replace(plain, text=words)
        case Damage.DAY_MOVED_REFERENCE:
            early = moved < payment.sent_on
            return replace(plain, text=words, day=moved, damage=Damage.BEFORE_SENT if early else damage)
        case Damage.ID_CUT:
            return replace(plain, end_to_end_id=payment.id[:CUT_AT])
        case Damage.REFERENCE_CUT:
            before = random.choice(("LEEWAY ", "PAYMENT ", "CARE "))
            return replace(plain, text=f"{before}{payment.reference}"[:CUT_AT])
        case Damage.NAME_CHANGED:
            return replace(plain, name=another_name(random, payment.name))
        case Damage.DAY_MOVED:
            return replace(plain, day=moved)
        case _:
            return plain


def another_name(random: Random, name: str) -> str:
    """The name as a bank or another family member has it."""
    first, last = name.split()[0], name.split()[-1]
    place = random.randrange(1, len(last))
    return random.choice(
        (
            f"{last} {first}",
            f"MR {first[0]} {last}",
            f"{first[0]} {last}",
            f"{first} {last[:place]}{last[place + 1 :]}",
            f"{first} {last[: place - 1]}{last[place]}{last[place - 1]}{last[place + 1 :]}",
            f"{first} {random.choice(LAST_NAMES)}",
            f"{random.choice(FIRST_NAMES)} {last}",
            f"{first} {last} DP ACCOUNT",
        )
    ).upper()[:CUT_AT]


def came_back(random: Random, payment: Payment) -> Line:
    """The line with which a payment comes back, some days later: with its reference, its id, or its name alone."""
    why = random.choice(("ACCOUNT CLOSED", "BENEFICIARY DECEASED", "NO SUCH ACCOUNT"))
    day = payment.pay_on + timedelta(days=random.randint(1, 6))
    plain = Line(
        0,
        day,
        payment.amount_pence,
        payment.name.upper()[:CUT_AT],
        f"RETURNED {why}",
        "",
        Damage.RETURNED,
        (payment.id,),
    )
    return random.choice(
        (plain, replace(plain, text=f"ARUCS {payment.reference} {why}"), replace(plain, end_to_end_id=payment.id))
    )


def trap(random: Random, payment: Payment) -> Line:
    """A line that looks like a payment which is not on the statement, and is none of ours."""
    another = random.choice(FIRST_NAMES) + " " + random.choice(LAST_NAMES)
    plain = Line(0, payment.pay_on, -payment.amount_pence, another.upper(), "CHEQUE CLEARED", "", Damage.NOTHING)
    off = random.choice((1, 7, 100))
    return random.choice(
        (
            plain,
            replace(plain, name=payment.name.upper(), amount_pence=plain.amount_pence - off),
            replace(plain, name=payment.name.upper(), day=payment.pay_on + timedelta(days=random.randint(30, 60))),
            replace(plain, text=f"BACS {payment.run + 900:06}-{payment.reference[7:]}"),
            replace(plain, amount_pence=payment.amount_pence, text="TRANSFER IN"),
        )
    )


def stray(random: Random, near: date) -> Line:
    """A line of the council's account that has nothing to do with payment runs."""
    pence = random.choice((random.randint(20_00, 1200_00), random.randint(4, 60) * 14_80))
    text = random.choice(("BANK CHARGES", "COUNCIL TAX", "SUNDRY INCOME 88213", "INTEREST", "NHS ICB CONTRIBUTION"))
    name = random.choice(("", f"{random.choice(FIRM_NAMES)} SERVICES".upper()))
    day = near + timedelta(days=random.randint(0, DAYS_BETWEEN_RUNS - 1))
    return Line(0, day, random.choice((1, -1)) * pence, name, text, "", Damage.NOTHING)


def write(path: Path, kind: type, rows: list) -> None:
    """Write dataclasses as CSV, the ids of a truth with a space between."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([field.name for field in fields(kind)])
        writer.writerows([" ".join(one) if isinstance(one, tuple) else one for one in astuple(row)] for row in rows)


@click.command()
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder.")
@click.option("--lines", default=50_000, show_default=True, type=click.IntRange(100, 1_000_000))
@click.option("--seed", default=1, show_default=True)
def main(into: Path, lines: int, seed: int) -> None:
    """Write payments and statement lines with their truth, and say how many there are of each damage."""
    payments, found = draw(lines, seed)
    into.mkdir(parents=True, exist_ok=True)
    write(into / "payments.csv", Payment, payments)
    write(into / "lines.csv", Line, found)
    click.echo(f"{len(payments):,} payments of {payments[-1].run} runs; {len(found):,} lines:")
    for damage, count in sorted(Counter(line.damage for line in found).items()):
        click.echo(f"  {count:>6,} {damage}")


if __name__ == "__main__":
    main()
