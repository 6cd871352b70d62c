"""A line is a fact: kept once, as it was, however statements overlap; and what the bank says comes out to the penny."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from leeway.files.models import File
from leeway.money.statements import actions, queries
from leeway.money.statements.keeping import is_of
from leeway.money.statements.kinds import Otherwise, Whose
from leeway.money.statements.models import BankAccount, Statement, StatementLine
from leeway.money.statements.standing import NO_STATEMENT, ageing, days, standing
from leeway.refusal import NotAllowed, Refusal
from tests.money.statements.conftest import ON, SET_UP_ON, line, read

pytestmark = pytest.mark.django_db


def test_a_statement_is_kept_whole_with_its_file(keep, account, finn):
    kept = keep(read(line(-200_01, reference="LEEWAY-000012"), line(5_00, 25, counterparty="Ada Bell")))
    assert (kept.new, kept.known) == (2, 0)
    statement = Statement.objects.get()
    assert (statement.from_on, statement.to_on) == (date(2026, 4, 24), date(2026, 4, 25))
    assert statement.file == File.objects.get() and statement.file.owner.id == account.pk
    assert [each.amount_pence for each in account.lines.all()] == [-200_01, 5_00]
    assert list(queries.findings()) == []


def test_only_finance_keeps_statements(keep, bea):
    with pytest.raises(NotAllowed):
        keep(read(line(-1)), by=bea)


def test_overlapping_statements_double_no_line(keep, account):
    first = [line(-10_00, 1), line(-10_00, 1), line(-20_00, 2), line(30_00, 3, reference="A")]
    assert keep(read(*first)).new == 4
    again = [*first[2:], line(30_00, 3, reference="A"), line(-1_00, 4)]  # another just like it, later on the 3rd
    kept = keep(read(*again, opening=980_00, number="2"))
    assert (kept.new, kept.known) == (2, 2)
    assert sum(each.amount_pence for each in account.lines.all()) == 19_00
    stands = standing(account)
    assert stands.bank_pence == 1_019_00 == 1_000_00 + stands.unexplained_pence and stands.gaps == ()
    with pytest.raises(Refusal, match="All 4 lines of this file are kept already"):
        keep(read(*first))
    assert list(queries.findings()) == []


def test_other_amounts_on_a_day_that_is_kept_are_refused(keep, account):
    keep(read(line(-10_00, 1), line(-20_00, 2), line(-30_00, 3)))
    with pytest.raises(Refusal, match="lines of 2 April 2026 are kept already"):
        keep(read(line(-21_00, 2), line(-30_00, 3), opening=990_00))
    with pytest.raises(Refusal, match="lines of 2 April 2026"):  # a line less is no other day either
        keep(read(line(-10_00, 1), line(-30_00, 3), line(-1_00, 4), opening=1_000_00))
    assert account.lines.count() == 3


def test_the_same_days_in_another_format_are_known_by_their_amounts(keep, account):
    keep(read(line(-10_00, 1, description="FPO ADA"), line(-20_00, 2, description="FPO BEN")))
    kept = keep(read(line(-20_00, 2, description="To Ben"), line(-5_00, 3), opening=990_00), format="MT940")
    assert (kept.new, kept.known) == (1, 1)
    with pytest.raises(Refusal, match="lines of 3 April 2026"):  # no balance shows that the 3rd goes on
        keep(read(line(-5_00, 3), line(-6_00, 3), opening=None), format="OFX")
    kept = keep(read(line(-5_00, 3), line(-6_00, 3), opening=970_00), format="OFX")
    assert (kept.new, kept.known) == (1, 1) and standing(account).bank_pence == 959_00
    with pytest.raises(Refusal, match=r"£11\.00 off"):  # what is kept of the 3rd is not in it
        keep(read(line(-7_00, 3), line(-11_00, 3), opening=970_00, closing=952_00), format="CSV")


REPORTS = ("camt.052", "camt.054", "MT942")


def of_noon(*lines):
    """What a bank tells of while the day goes on: no balances."""
    return read(*lines, opening=None)


def marked(pence, day, mark, **more):
    """A line with the bank's own reference."""
    return line(pence, day, bank_reference=mark, **more)


@pytest.mark.parametrize("format", REPORTS)
def test_a_report_of_noon_and_the_statement_of_its_day_keep_every_line_once(keep, account, format):
    keep(read(line(-10_00, 1)))
    assert keep(of_noon(marked(-20_00, 2, "A", description="FPO"), marked(5_00, 2, "B")), format=format).new == 2
    assert standing(account).bank_pence == 975_00 and standing(account).as_at == date(2026, 4, 2)
    whole = [marked(-20_00, 2, "A", description="Ada"), marked(-20_00, 2, "C"), marked(5_00, 2, "B"), line(-1_00, 3)]
    kept = keep(read(*whole, opening=990_00))
    assert (kept.new, kept.known) == (2, 2)
    stands = standing(account)
    assert (stands.bank_pence, stands.began_pence, stands.gaps) == (954_00, 1_000_00, ())
    assert [day.bank_pence for day in days(stands)] == [990_00, 955_00, 954_00]
    assert sorted(each.bank_reference for each in account.lines.all()) == ["", "", "A", "B", "C"]
    with pytest.raises(Refusal, match="All 1 lines of this file are kept already"):  # a report that comes after it
        keep(of_noon(marked(-20_00, 2, "C")), format=format)
    with pytest.raises(Refusal, match="this file has others for that day"):
        keep(of_noon(marked(-7_00, 2, "D")), format=format)
    assert list(queries.findings()) == []


def test_reports_of_one_day_that_overlap_keep_every_line_once(keep, account):
    keep(of_noon(marked(-20_00, 2, "A"), marked(-20_00, 2, "B")), format="camt.052")
    kept = keep(of_noon(marked(-20_00, 2, "B"), marked(-20_00, 2, "C"), marked(-3_00, 2, "D")), format="camt.052")
    assert (kept.new, kept.known) == (2, 1)
    kept = keep(of_noon(marked(-20_00, 2, "C", description="FPO"), marked(1_00, 5, "E")), format="camt.054")
    assert (kept.new, kept.known) == (1, 1)
    with pytest.raises(Refusal, match="nothing says surely"):
        keep(of_noon(line(-3_00, 2, end_to_end_id="E1")), format="MT942")
    every = [marked(-20_00, 2, mark) for mark in "ABC"]
    assert keep(read(*every, marked(-3_00, 2, "D"))).known == 4
    assert standing(account).gaps == () and standing(account).bank_pence == 938_00  # and 5 April so far
    assert keep(read(line(-1_00, 4), marked(1_00, 5, "E"), opening=937_00)).known == 1
    assert standing(account).gaps == () and standing(account).bank_pence == 937_00
    assert account.lines.count() == 6


def test_reports_do_not_go_together_with_several_statements_a_day(keep, account):
    """In which page of a day a report's line is told nobody could say: refused before anything is kept twice."""
    keep(of_noon(marked(-20_00, 2, "A"), marked(-30_00, 2, "E")), format="camt.052")
    pages = (read(marked(-20_00, 2, "A")), read(marked(-30_00, 2, "E"), opening=980_00))
    for some in (pages, [read(marked(-20_00, 2, "A"), is_page=True)]):
        with pytest.raises(Refusal, match="several statements of one day, such as 2 April 2026"):
            keep(*some)
    assert keep(read(marked(-20_00, 2, "A"), marked(-30_00, 2, "E"))).known == 2  # for the balances that it brings
    assert standing(account).bank_pence == 950_00 and account.lines.count() == 2
    keep(read(line(-1_00, 3), opening=950_00), read(line(-2_00, 3), opening=949_00))
    with pytest.raises(Refusal, match="several statements of one day, such as 3 April 2026"):
        keep(of_noon(marked(-20_00, 4, "B")), format="camt.052")
    assert account.lines.count() == 4 and list(queries.findings()) == []


def test_a_statement_in_other_words_has_what_reports_told_by_amount_or_is_refused(keep, account):
    keep(of_noon(marked(-20_00, 2, "A", counterparty="Ada"), marked(-30_00, 2, "B")), format="camt.052")
    twice = [line(-20_00, 2, description="To Ada"), line(-30_00, 2), line(-20_00, 2, description="To Ben")]
    with pytest.raises(Refusal, match=r"£20\.00 out on 2 April 2026 may be one that is kept already"):
        keep(read(*twice), format="CSV")
    with pytest.raises(
        Refusal, match=r"£30\.00 out on 2 April 2026 is kept from a report of the bank’s, and this file does not"
    ):
        keep(read(line(-20_00, 2), line(-31_00, 2)), format="CSV")
    assert account.lines.count() == 2
    named = [line(-20_00, 2, counterparty="Ben"), line(-30_00, 2), line(-20_00, 2, counterparty="Ada")]
    assert keep(read(*named), format="CSV").known == 2
    assert sorted(each.counterparty for each in account.lines.all()) == ["", "Ada", "Ben"]


def test_what_a_report_told_of_and_the_statement_books_on_another_day_is_kept_once(keep, account):
    keep(read(line(-10_00, 1)))
    keep(of_noon(marked(-30_00, 2, "A"), marked(-20_00, 2, "B")), format="camt.054")
    with pytest.raises(Refusal, match="give one statement that has both days"):
        keep(read(marked(-20_00, 2, "B"), opening=990_00))
    for wrong in (marked(-31_00, 3, "A"), line(-30_00, 3), marked(-30_00, 3, "C")):  # nothing says that it is the same
        with pytest.raises(Refusal, match="give one statement that has both days"):
            keep(read(marked(-20_00, 2, "B"), wrong, opening=990_00))
    kept = keep(read(marked(-20_00, 2, "B"), marked(-30_00, 3, "A"), line(-1_00, 3), opening=990_00))
    assert (kept.new, kept.known) == (1, 2) and account.lines.count() == 4
    stands = standing(account)
    assert (stands.bank_pence, stands.unexplained_pence, stands.gaps) == (939_00, -61_00, ())
    assert list(queries.findings()) == []


def test_what_a_report_told_of_is_kept_once_where_the_day_after_alone_has_it(keep, account):
    keep(read(line(-10_00, 1)))
    keep(of_noon(marked(-30_00, 2, "A")), format="camt.054")
    kept = keep(read(marked(-30_00, 3, "A"), line(-1_00, 3), opening=990_00))
    assert (kept.new, kept.known) == (1, 1) and account.lines.count() == 3
    assert (standing(account).bank_pence, standing(account).gaps) == (959_00, ())


def test_a_day_that_the_statement_books_as_one_amount_stays_as_reports_told_it_and_the_balances_prove_it(keep, account):
    keep(read(line(-10_00, 1)))
    keep(of_noon(marked(5_00, 2, "A"), marked(6_00, 2, "B")), format="camt.054")
    with pytest.raises(Refusal, match="or give the statements from the day after on"):
        keep(read(line(11_00, 2), line(-2_00, 2), opening=990_00))
    assert keep(read(line(-1_00, 3), opening=1_001_00)).new == 1
    assert standing(account).gaps == () and standing(account).bank_pence == 1_000_00
    keep(read(line(-3_00, 4), opening=998_00))  # of 2 £ that went out in between nothing was told: that is missing
    assert [gap.pence for gap in standing(account).gaps] == [-2_00]
    assert account.lines.count() == 5 and list(queries.findings()) == []


@pytest.mark.parametrize("format", REPORTS)
def test_a_report_that_no_statement_could_be_held_against_is_not_kept(keep, account, format):
    with pytest.raises(Refusal, match="Give the statement of that day instead"):
        keep(of_noon(marked(-20_00, 2, "A"), line(-30_00, 2)), format=format)
    assert not account.lines.exists() and not File.objects.exists()


def test_a_line_that_only_looks_known_is_found_by_the_balance(keep):
    """Two parts of one day, each with a payment that the bank wrote alike: the second would be lost."""
    keep(read(line(-10_00, 1)))
    with pytest.raises(Refusal, match=r"the balance would be £10\.00 off"):
        keep(read(line(-10_00, 1), line(-3_00, 2), opening=990_00))


def by_day(account):
    """What the bank had at the end of each day, and how much of all until then is not explained."""
    return [(each.on.day, each.bank_pence, each.unexplained_pence) for each in days(standing(account))]


def aged(account, on=date(2026, 4, 17)):
    """What is not explained by its age, which comes to the unexplained balance."""
    stands = standing(account)
    ages = [(age.words, age.came_in.pence + age.went_out.pence) for age in ageing(stands, on)]
    assert sum(pence for _, pence in ages) == stands.unexplained_pence
    return [(words, pence) for words, pence in ages if pence]


def test_a_gap_is_listed_and_not_hidden(keep, account, finn):
    keep(read(line(-10_00, 1)))
    keep(read(line(-5_00, 10), opening=900_00))
    stands = standing(account)
    assert [gap.pence for gap in stands.gaps] == [-90_00]
    assert stands.bank_pence == 895_00 and stands.unexplained_pence == -105_00
    (said,) = queries.gaps()
    assert "-9000 pence apart" in said
    assert by_day(account) == [(1, 990_00, -10_00), (10, 895_00, -105_00)]
    assert aged(account) == [("Up to a week", -5_00), ("8 to 30 days", -10_00), (NO_STATEMENT, -90_00)]
    first = account.lines.get(booked_on__day=1)
    actions.explain(line=first, kind=Otherwise.CHARGES, words="Charges of April", amount_pence=4_00, by=finn, on=ON)
    assert by_day(account) == [(1, 990_00, -6_00), (10, 895_00, -101_00)]
    assert aged(account) == [("Up to a week", -5_00), ("8 to 30 days", -6_00), (NO_STATEMENT, -90_00)]
    keep(read(line(-90_00, 5), opening=990_00))  # what was missing comes later
    assert standing(account).gaps == () and list(queries.gaps()) == []
    assert by_day(account) == [(1, 990_00, -6_00), (5, 900_00, -96_00), (10, 895_00, -101_00)]
    assert aged(account) == [("Up to a week", -5_00), ("8 to 30 days", -96_00)]


def test_balances_that_do_not_add_up_are_refused(keep):
    with pytest.raises(Refusal, match=r"its lines come to −£10\.00"):
        keep(read(line(-10_00), closing=995_00))
    assert not Statement.objects.exists() and not File.objects.exists()


def test_a_statement_of_another_account_or_currency_is_refused(keep):
    with pytest.raises(Refusal, match="of another account: 11-22-33 44556677"):
        keep(read(line(-1), account="11-22-33 44556677"))
    with pytest.raises(Refusal, match="in EUR"):
        keep(read(line(-1), currency="EUR"))
    kept = keep(read(line(-1)), read(line(-1), account="11-22-33 44556677"))
    assert kept.new == 1 and kept.left_out == ("11-22-33 44556677",)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("", True),
        ("87654321", True),
        ("GB29NWBK12345687654321", True),
        ("12345687654322", False),
        ("654321", False),
        ("99345687654321", False),
    ],
)
def test_which_account_a_statement_names(said, same):
    assert is_of(BankAccount(identifier="12345687654321"), said) is same


def test_statements_of_one_file_and_lines_of_no_amount(keep, account):
    kept = keep(read(line(-1_00, 1), line(0, 1)), read(line(-1_00, 1), opening=999_00, number="2"))
    assert kept.new == 2 and account.lines.count() == 2  # written alike, and two: they are of one file
    assert standing(account).bank_pence == 998_00


def test_statements_of_one_day_join_in_whichever_order_they_were_kept(keep, account):
    """Pages of a day come as they come, and the machine's clock may have been put back between them."""
    keep(read(line(-30_00), opening=900_00))
    keep(read(line(-10_00), opening=870_00))
    keep(read(line(-100_00), opening=1_000_00))
    stands = standing(account)
    assert (stands.gaps, stands.began_pence, stands.bank_pence) == ((), 1_000_00, 860_00)
    assert stands.unexplained_pence == -140_00 and [each.bank_pence for each in days(stands)] == [860_00]


def test_the_database_keeps_lines_as_they_are(keep):
    keep(read(line(-1_00)))
    for change in (
        lambda: StatementLine.objects.update(amount_pence=-2_00),
        lambda: StatementLine.objects.all().delete(),
        lambda: Statement.objects.update(number="9"),
        lambda: BankAccount.objects.update(name="Mine"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_account_is_known_once_and_belongs_to_somebody(account, case, finn):
    for same in ("123456 87654321", "GB42 NWBK 1234 5687 6543 21", "87654321"):
        with pytest.raises(Refusal, match="read already: “Care payments”"):
            actions.open_bank_account(whose=Whose.COUNCIL, name="Again", identifier=same, by=finn, on=ON)
    with pytest.raises(Refusal, match="belongs to a case"):
        actions.open_bank_account(whose=Whose.DEDICATED, name="Ada", identifier="11112222", by=finn, on=ON)
    with pytest.raises(Refusal, match="check digits do not fit"):
        mistyped = "GB29 NWBK 6016 1331 9268 18"
        actions.open_bank_account(whose=Whose.COUNCIL, name="Mistyped", identifier=mistyped, by=finn, on=ON)
    with pytest.raises(Refusal, match="8 to 34"):
        actions.open_bank_account(whose=Whose.COUNCIL, name="Short", identifier="1234", by=finn, on=ON)


def test_of_an_ordinary_account_only_what_is_picked_is_kept(keep, case, finn):
    own = actions.open_bank_account(
        whose=Whose.ORDINARY, name="Ada’s", identifier="11112222", case=case, by=finn, on=SET_UP_ON
    )
    said = read(line(-40_00, 1, description="Taxi"), line(-99_00, 2, description="Private"), account="11112222")
    with pytest.raises(Refusal, match="only the lines that are picked"):
        keep(said, of=own)
    actions.keep_picked(account=own, lines=said.lines, format="OFX", places=[1], by=finn, on=ON)
    assert [each.description for each in own.lines.all()] == ["Taxi"]
    statement = Statement.objects.get()
    assert (statement.file, statement.opening_balance_pence, statement.read_pence) == (None, None, -40_00)
    assert not File.objects.exists() and list(queries.findings()) == []
    actions.keep_picked(account=own, lines=said.lines, format="OFX", places=[1, 2], by=finn, on=ON)
    assert own.lines.count() == 2
