"""What a line may stand for. By itself only what a key names exactly; never anything that is wrong."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import batched, chain
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.money.statements.kinds import SIGN, Because, What
from leeway.money.statements.matching import Named, OpenLine, OpenThing, Thing, find, find_sure

NOBODY = UUID(int=0)
PAY_ON = date(2026, 4, 24)


def payment(place, pence, *, run=12, what=What.SENT, names=("Ada Bell",), open_pence=None, **more):
    """The payment of this place in a run, as it would be on the council's statement."""
    reference = f"{run:06}-{place:06}"
    signed = SIGN[what] * pence
    return OpenThing(
        thing=Thing(what, uuid5(NOBODY, f"{what} {reference}")),
        called=f"payment {reference}",
        pence=signed,
        open_pence=signed if open_pence is None else SIGN[what] * open_pence,
        on=more.pop("on", PAY_ON),
        since=PAY_ON - timedelta(days=4),
        keys=(uuid5(NOBODY, reference).hex, reference),
        run=f"LEEWAY-{run:06}",
        names=names,
        **more,
    )


def whole_run(pence, *, run=12, **more):
    return OpenThing(
        thing=Thing(What.RUN, uuid5(NOBODY, f"run {run}")),
        called=f"run {run}",
        pence=-pence,
        open_pence=more.pop("open_pence", -pence),
        on=PAY_ON,
        since=PAY_ON - timedelta(days=4),
        keys=(f"LEEWAY-{run:06}",),
        run=f"LEEWAY-{run:06}",
        **more,
    )


def line(pence, *texts, name="x", days=0, **more):
    """A line so many days after the day of payment."""
    return OpenLine(
        id=uuid5(NOBODY, f"line {name}"),
        booked_on=PAY_ON + timedelta(days=days),
        pence=pence,
        open_pence=more.pop("open_pence", pence),
        texts=texts,
        **more,
    )


def sure(lines, things):
    return [(one.lines[0][0], [thing for thing, _ in one.things]) for one in find(lines, things).by_itself]


ADA, BEN = payment(3, 100_00), payment(4, 100_00, names=("Ben Cole",))


@pytest.mark.parametrize(
    "text",
    [
        "000012-000003",
        ADA.keys[0],
        ADA.keys[0].upper(),
        f"FAIRBOURNE COUNCIL 000012-000003 {ADA.keys[0]}",
        "LEEWAY-000012 000012-000003",
        ADA.keys[0][:18],
        f"REF {ADA.keys[0][:18]} BGC",
    ],
)
def test_an_exact_key_with_the_same_amount_matches_by_itself(text):
    found = find([line(-100_00, text)], [ADA, BEN, whole_run(200_00)])
    assert [(one.things, one.confidence, one.because) for one in found.by_itself] == [
        (((ADA.thing, -100_00),), 100, Because.EXACT_KEY)
    ]
    assert "names payment 000012-000003" in found.by_itself[0].why and not found.proposed


@pytest.mark.parametrize(
    ("lines", "things"),
    [
        ([line(-99_99, "000012-000003")], [ADA]),  # another amount
        ([line(100_00, "000012-000003")], [ADA]),  # the other way
        ([line(-100_00, "000012-000003 000012-000004")], [ADA, BEN]),  # names two
        ([line(-100_00, "000012-000003"), line(-100_00, "000012-000003", name="y")], [ADA]),  # named by two
        ([line(-100_00, "PAID TO 000012-000")], [ADA, BEN]),  # cut, and begins two
        ([line(-100_00, "000012-000003", days=-5)], [ADA]),  # before it was sent
        ([line(-100_00, "000012-000003", handled=True)], [ADA]),  # a person has been at it
        ([line(-100_00, "000012-000003")], [payment(3, 100_00, handled=True)]),
        ([line(-100_00, "000012-000003", open_pence=-50_00)], [ADA]),  # matched in part
        ([line(100_00, "000012-000003")], [payment(3, 100_00, what=What.RETURNED, to_record=True)]),
        ([line(-100_00, "1000012-0000034")], [ADA]),  # a part of a longer number
        ([line(-100_00, "", counterparty="Ada Bell")], [ADA]),  # only amount, day and name
        (
            [line(-200_00, "LEEWAY-000012"), line(-100_00, "000012-000003", name="y")],
            [ADA, BEN, whole_run(200_00)],
        ),  # the run and one of its payments
    ],
)
def test_nothing_less_matches_by_itself(lines, things):
    assert find(lines, things).by_itself == ()


def test_a_run_may_leave_without_what_the_bank_turned_down_of_it():
    back = payment(4, 100_00, what=What.RETURNED, names=("Ben Cole",))
    run = whole_run(300_00, less=(back,))
    left = line(-200_00, "BACS LEEWAY-000012")
    (found,) = find([left], [run, back]).by_itself
    assert found.things == ((run.thing, -300_00), (back.thing, 100_00)) and found.lines == ((left.id, -200_00),)
    assert found.why == "The line names run 12, and the amount is the same without payment 000012-000004."
    whole = line(-300_00, "LEEWAY-000012")
    came_in = line(100_00, "000012-000004", name="y")
    assert sure([whole, came_in], [run, back]) == [(whole.id, [run.thing]), (came_in.id, [back.thing])]
    assert sure([left, came_in], [run, back]) == [(came_in.id, [back.thing])]  # it cannot be both
    for other in (line(-200_01, "LEEWAY-000012"), line(-200_00, ""), line(-200_00, "LEEWAY-000012", handled=True)):
        assert sure([other], [run, back]) == []
    assert sure([left], [whole_run(300_00, less=(payment(4, 100_00, what=What.RETURNED, handled=True),))]) == []


def test_a_run_without_what_was_turned_down_is_proposed_by_amount_and_day():
    back = payment(4, 100_00, what=What.RETURNED)
    run = whole_run(300_00, less=(back, payment(5, 50_00, what=What.RETURNED)))
    one = line(-150_00, "BACS")
    (found,) = find([one], [run, back]).proposed[one.id]
    assert [pence for _, pence in found.things] == [-300_00, 100_00, 50_00] and found.confidence == 70
    assert "Run 12 is of the same amount without 2 payments that came back, expected on 24 April 2026" in found.why


def test_a_cut_reference_counts_only_where_it_begins_one_alone():
    cut = [line(-100_00, "PAID TO 000012-000")]
    assert sure(cut, [ADA]) == [(cut[0].id, [ADA.thing])]
    matched_already = payment(4, 100_00, open_pence=0)
    assert sure(cut, [ADA, matched_already]) == []
    assert sure([line(-100_00, "PAID 000012-000")], [ADA]) == []  # 15 signs: nobody cut it


def test_a_whole_key_is_surer_than_what_another_line_has_left_of_one():
    whole, cut = line(-100_00, "000012-000003"), line(-100_00, "PAID TO 000012-000", name="y")
    assert sure([whole, cut], [ADA, BEN]) == [(whole.id, [ADA.thing])]
    assert sure([whole, cut], [ADA]) == [(whole.id, [ADA.thing])]
    of_another_amount = line(-99_99, "PAID TO 000012-000", name="y")
    begun = line(-100_00, ADA.keys[0][:18])
    assert sure([begun, of_another_amount], [ADA, BEN]) == [(begun.id, [ADA.thing])]


def test_of_many_that_a_cut_reference_begins_the_amount_and_the_name_say_which_is_likely():
    things = [payment(place, 100_00 + place % 100, names=(f"Person {place}",)) for place in range(1, 1_000)]
    of_last_time = payment(1, 100_73, run=11, names=("Person 573",))
    one = line(-100_73, "PAID TO 000012-000", counterparty="PERSON 573")
    found = find([one], [*things, of_last_time])
    assert found.by_itself == () and found.proposed[one.id][0].things[0][0] == things[572].thing


def test_a_batch_that_lists_its_payments_is_matched_with_all_of_them():
    back = [payment(place, 100_00, what=What.RETURNED) for place in (3, 4)]
    named = tuple(Named(pence=100_00, texts=(one.keys[0],)) for one in back)
    one = line(200_00, "RETURNS", named=named)
    assert sure([one], back) == [(one.id, [each.thing for each in back])]
    short = line(200_00, "RETURNS", named=(named[0], Named(pence=100_00, texts=("?",))))
    assert sure([short], back) == []
    (proposal, *_) = find([short], back).proposed[short.id]
    assert proposal.things == ((back[0].thing, 100_00),) and proposal.lines == ((short.id, 100_00),)


@pytest.mark.parametrize("named", [(), (Named(pence=30_00, texts=("000012-000003",)),)])
def test_a_part_of_a_payment_is_not_proposed_as_its_return(named):
    """To accept it would take all of the payment back, though the rest never came."""
    came_in = line(30_00, "000012-000003", named=named)
    for_ada = payment(3, 100_00, what=What.RETURNED, to_record=True)
    assert find([came_in], [for_ada]).proposed == {}
    recorded = payment(3, 100_00, what=What.RETURNED)
    assert find([came_in], [recorded]).proposed[came_in.id][0].things == ((recorded.thing, 30_00),)


def test_a_batch_of_returns_takes_back_only_what_is_in_it_whole():
    ada, ben = (payment(place, 100_00, what=What.RETURNED, to_record=True) for place in (3, 4))
    named = (Named(pence=100_00, texts=ada.keys), Named(pence=30_00, texts=ben.keys))
    one = line(130_00, "RETURNS", named=named)
    assert [each.things for each in find([one], [ada, ben]).proposed[one.id]] == [((ada.thing, 100_00),)]
    twice = line(200_00, "RETURNS", named=(named[0], named[0]))
    assert find([twice], [ada]).proposed == {}


def test_amount_day_and_name_are_proposed_with_their_why():
    ben = line(-100_00, counterparty="COLE BEN", days=1)
    found = find([ben], [ADA, BEN]).proposed[ben.id]
    assert [one.things[0][0] for one in found] == [BEN.thing, ADA.thing]
    assert "“COLE BEN” is like “Ben Cole”" in found[0].why and "not the only one" in found[1].why
    assert all(0 < one.confidence < 100 for one in found)
    late = line(-100_00, counterparty="Ben Cole", days=40)
    assert [one.because for one in find([late], [ADA, BEN]).proposed[late.id]] == [Because.NAME]
    assert find([line(-100_00, counterparty="Somebody", days=40)], [ADA, BEN]).proposed == {}


def test_sums_are_proposed_where_one_choice_alone_adds_up():
    things = [payment(place, pence, run=30 + place) for place, pence in enumerate((10_01, 20_02, 40_04, 80_08))]
    one = line(-50_05)
    (proposal,) = find([one], things).proposed[one.id]
    assert [pence for _, pence in proposal.things] == [-10_01, -40_04] and proposal.because == Because.SUM
    doubled = [*things, payment(9, 40_04, run=50)]
    assert find([one], doubled).proposed == {}


def test_two_lines_that_come_to_a_run_are_proposed_together():
    halves = [line(-150_00, name="a"), line(-50_00, name="b", days=1)]
    found = find(halves, [whole_run(200_00)])
    assert found.proposed[halves[0].id] == found.proposed[halves[1].id]
    assert found.proposed[halves[0].id][0].lines == ((halves[0].id, -150_00), (halves[1].id, -50_00))


# --- properties --------------------------------------------------------------------------------------

PLACES = st.integers(1, 6)


def is_turned_down(thing):
    return thing.thing.what == What.RETURNED and thing.run == "LEEWAY-000012" and thing.open_pence == thing.pence


THINGS = st.lists(
    st.builds(
        payment,
        PLACES,
        st.sampled_from([100_00, 100_00, 250_00]),
        run=st.integers(12, 13),
        what=st.sampled_from([What.SENT, What.SENT, What.RETURNED]),
        handled=st.booleans(),
        to_record=st.booleans(),
        open_pence=st.sampled_from([None, None, 0, 50_00]),
    ),
    max_size=8,
    unique_by=lambda each: each.thing,
).map(lambda some: [*some, whole_run(300_00, less=tuple(each for each in some if is_turned_down(each)))])


@st.composite
def texts(draw):
    """What a bank may leave of a key."""
    key = payment(draw(PLACES), 1, run=draw(st.integers(12, 13))).keys[draw(st.integers(0, 1))]
    key = draw(st.sampled_from([key, "LEEWAY-000012", ""]))
    text = draw(st.sampled_from(["", "PAY ", "BACS CREDIT TO "])) + key
    return text[: draw(st.sampled_from([18, 18, 100]))]


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from([-100_00, -100_00, -250_00, -300_00, 100_00, 250_00, 200_00]),
        texts(),
        texts(),
        name=st.uuids(),
        days=st.integers(-6, 9),
        handled=st.booleans(),
        counterparty=st.sampled_from(["", "Ada Bell", "B Cole"]),
    ),
    max_size=8,
)


def names(text, key):
    """Whether a text has this key whole, or ends after 18 signs with so much of it as begins no other run or id."""
    least = 7 if key[6:7] == "-" else 16
    cut = len(text) == 18 and any(key.startswith(text[-size:]) for size in range(least, 19))
    return key in text or cut


@given(LINES, THINGS)
def test_what_is_matched_by_itself_is_named_untouched_and_of_one_amount(lines, things):
    found = find(lines, things)
    by_line, by_thing = {one.id: one for one in lines}, {one.thing: one for one in things}
    used = Counter()
    for one in found.by_itself:
        ((line_id, pence),) = one.lines
        assert by_line[line_id].pence == pence == sum(part for _, part in one.things)
        assert not by_line[line_id].handled and one.because == Because.EXACT_KEY and one.confidence == 100
        for thing, part in one.things:
            meant = by_thing[thing]
            named = any(names(text.upper(), key.upper()) for text in by_line[line_id].texts for key in meant.keys)
            assert named or any(meant in by_thing[run].less for run, _ in one.things)
            assert meant.pence == meant.open_pence == part and not meant.handled and not meant.to_record
            assert by_line[line_id].booked_on >= meant.since
        used.update([line_id, *(thing for thing, _ in one.things)])
    assert all(times == 1 for times in used.values())
    assert not set(found.proposed) & set(used)


@given(LINES, THINGS)
def test_every_proposal_balances_stays_within_and_says_why(lines, things):
    open_lines, open_things = {one.id: one.open_pence for one in lines}, {one.thing: one.open_pence for one in things}
    to_record = {one.thing for one in things if one.to_record}
    for line_id, some in find(lines, things).proposed.items():
        for one in some:
            assert sum(pence for _, pence in one.lines) == sum(pence for _, pence in one.things) != 0
            assert all(0 < pence / open_lines[each] <= 1 for each, pence in one.lines)
            assert all(0 < pence / open_things[each] <= 1 for each, pence in one.things)
            assert all(pence == open_things[each] for each, pence in one.things if each in to_record)
            assert line_id in dict(one.lines) and one.why.endswith(".") and 0 < one.confidence < 100


@given(st.lists(st.tuples(PLACES, st.sampled_from([What.SENT, What.RETURNED])), min_size=1, max_size=6, unique=True))
def test_where_the_reference_stands_all_is_matched(paid):
    things = [payment(place, 100_00 + place, what=what) for place, what in paid]
    lines = [line(one.pence, "", one.keys[0][:18], name=one.called + one.thing.what) for one in things]
    assert len(find(lines, things).by_itself) == len(things)


@given(LINES, THINGS, st.integers(1, 3))
def test_the_same_is_matched_by_itself_however_few_lines_are_looked_at_at_a_time(lines, things, size):
    in_pieces = find_sure((some, things) for some in batched(lines, size))
    assert tuple(chain.from_iterable(in_pieces)) == find(lines, things).by_itself


@given(LINES, THINGS, st.randoms())
def test_the_order_does_not_matter(lines, things, chance):
    one = find(lines, things)
    chance.shuffle(lines)
    chance.shuffle(things)
    other = find(lines, things)
    assert {(each.lines, frozenset(each.things)) for each in one.by_itself} == {
        (each.lines, frozenset(each.things)) for each in other.by_itself
    }


def test_many_lines_of_one_amount_on_one_day_are_no_quarrel_of_all_with_all():
    """Counted in what is looked at, not in time: each line looks at no more than a few."""
    things = [payment(place, 100_00) for place in range(1, 3_001)]
    lines = [line(-100_00, counterparty="Ada Bell", name=str(number)) for number in range(3_000)]
    found = find(lines, things)
    assert found.by_itself == () and max(len(some) for some in found.proposed.values()) <= 5


def test_a_debit_of_a_file_that_runs_share_is_of_its_runs_of_that_day():
    """A bank debits what a file pays on a day at once, by the file's own reference."""
    one, two, later = (
        replace(whole_run(pence, run=run), keys=(f"LEEWAY-{run:06}", "LEEWAY-000020"), on=PAY_ON + timedelta(days=days))
        for run, pence, days in ((12, 70_00, 0), (13, 30_00, 0), (14, 50_00, 3))
    )
    together, alone = line(-100_00, "BACS LEEWAY-000020", name="a"), line(-50_00, "LEEWAY-000020", name="b", days=3)
    found = find([together, alone], [one, two, later])
    assert found.by_itself == ()
    for each, things in ((together, [one, two]), (alone, [later])):
        best = found.proposed[each.id][0]
        assert [thing for thing, _ in best.things] == [thing.thing for thing in things] and best.confidence == 95
    assert "run 12 and run 13, of one file and day, and together" in found.proposed[together.id][0].why
    assert sure([alone], [later]) == [(alone.id, [later.thing])], "of the others nothing is open any more"
