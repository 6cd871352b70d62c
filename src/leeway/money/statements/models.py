"""Bank accounts, their statements, and what was said of each line: facts, matches, and matches undone."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.files.models import File
from leeway.guards import kept
from leeway.money.banking.readers.mapping import title_of
from leeway.money.contributions.models import Receipt
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.statements.kinds import Because, Otherwise, What, Whose
from leeway.money.statements.relations import ADDED, guard


class BankAccount(models.Model):
    """An account whose statements are read: the council's own, or one of a person's.

    `identifier` is how its statements name it, in capitals and digits alone: a sort code and number, an IBAN, a card.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    whose = models.CharField(max_length=9, choices=Whose)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="bank_accounts")
    name = models.CharField(max_length=60)
    identifier = models.CharField(max_length=34)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_on = models.DateField(help_text="The day on which its statements began to be read.")

    class Meta:
        ordering = ["whose", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["identifier"], name="bank_account_known_once"),
            models.CheckConstraint(condition=Q(identifier__regex="^[0-9A-Z]{8,34}$"), name="bank_account_in_capitals"),
            models.CheckConstraint(
                condition=Q(whose=Whose.COUNCIL, case=None) | ~Q(whose=Whose.COUNCIL) & Q(case__isnull=False),
                name="bank_account_is_somebodys",
            ),
        ]
        triggers = kept("bank_account_is_kept")

    def __str__(self) -> str:
        return f"{self.name}, {self.masked}"

    @property
    def masked(self) -> str:
        """Its number with all but the last three signs hidden."""
        return f"•••••{self.identifier[-3:]}"


class ColumnMapping(models.Model):
    """Which column of a table is what, as an officer described it. Never edited: a later version takes its place.

    `described` has the words of a mapping's YAML file. The latest version of a name is in use until it has an ending.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    described = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="mapping_version_once"),
            models.CheckConstraint(
                condition=Q(name__regex="^[a-z0-9]+(-[a-z0-9]+)*$", version__gte=1), name="mapping_has_a_name"
            ),
        ]
        triggers = kept("column_mapping_is_kept")

    @property
    def title(self) -> str:
        """Its name as people read it: “Our card”."""
        return title_of(self.name)

    @property
    def is_ended(self) -> bool:
        """Whether it is offered no longer."""
        return hasattr(self, "ending")


class MappingEnding(models.Model):
    """That a mapping is offered no longer, from which day and by whom."""

    mapping = models.OneToOneField(ColumnMapping, models.PROTECT, primary_key=True, related_name="ending")
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_on = models.DateField()

    class Meta:
        triggers = kept("mapping_ending_is_kept")


class Statement(models.Model):
    """One statement of an account, as it was read from a file. `known_pence` is of lines that were kept before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    file = models.ForeignKey(
        File, models.PROTECT, null=True, blank=True, related_name="+", help_text="None, where only some lines are kept."
    )
    format = models.CharField(max_length=20)
    place = models.PositiveIntegerField(help_text="Its place in its file.")
    number = models.CharField(max_length=60, blank=True)
    from_on = models.DateField()
    to_on = models.DateField()
    opening_balance_pence = models.BigIntegerField(null=True, blank=True)
    closing_balance_pence = models.BigIntegerField(null=True, blank=True)
    read_pence = models.BigIntegerField(help_text="What all of its lines come to.")
    read_count = models.PositiveIntegerField()
    known_pence = models.BigIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_on = models.DateField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["account", "to_on", "from_on", "kept_at", "place"]
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="statement_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(known_count__lte=F("read_count")), name="statement_knows_its_own"),
            models.CheckConstraint(
                condition=Q(opening_balance_pence=None)
                | Q(closing_balance_pence=None)
                | Q(closing_balance_pence=F("opening_balance_pence") + F("read_pence")),
                name="statement_balances",
            ),
        ]
        triggers = kept("statement_is_kept")

    @property
    def called(self) -> str:
        """What an officer calls it: “statement 14, 1 to 30 April 2026”."""
        days = f"{self.to_on:%-d %B %Y}"
        if self.from_on != self.to_on:
            days = f"{self.from_on:%-d %B %Y} to {days}"
        return f"statement {self.number}, {days}" if self.number else f"statement of {days}"


class StatementLine(models.Model):
    """One line as the bank wrote it: money in is positive, money out negative. Never edited, never deleted.

    `fingerprint` is of all that the bank wrote, and `occurrence` tells lines apart that it wrote alike.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField(help_text="Its place in its statement.")
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    amount_pence = models.BigIntegerField()
    reference = models.TextField(blank=True)
    description = models.TextField(blank=True)
    end_to_end_id = models.TextField(blank=True)
    counterparty = models.TextField(blank=True)
    counterparty_account = models.TextField(blank=True)
    bank_reference = models.TextField(blank=True)
    return_reason = models.TextField(blank=True)
    details = models.JSONField(default=list, help_text="The payments that one line stands for, where the bank says.")
    fingerprint = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()

    class Meta:
        ordering = ["booked_on", "statement", "place"]
        constraints = [
            models.UniqueConstraint(fields=["account", "fingerprint", "occurrence"], name="line_kept_once"),
            models.CheckConstraint(condition=~Q(amount_pence=0), name="line_moves_money"),
        ]
        indexes = [models.Index(fields=["account", "booked_on"], name="line_by_day")]
        triggers = kept("line_is_kept")


class Match(models.Model):
    """That lines and what they stand for belong together, and why. Undone by a later record, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="matches")
    because = models.CharField(max_length=12, choices=Because)
    why = models.TextField()
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of 100; none where made by hand.")
    matched_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Nobody, where it matched by itself."
    )
    matched_on = models.DateField()
    matched_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-matched_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="match_says_why"),
            models.CheckConstraint(
                condition=Q(matched_by__isnull=False) | Q(because=Because.EXACT_KEY, confidence=100),
                name="match_by_itself_only_at_an_exact_key",
            ),
            models.CheckConstraint(
                condition=Q(because=Because.BY_HAND, confidence=None)
                | ~Q(because=Because.BY_HAND) & Q(confidence__gte=1, confidence__lte=100),
                name="match_is_so_sure",
            ),
        ]
        triggers = kept("match_is_kept")


class Undoing(models.Model):
    """That a match was mistaken, who said so and why. Whatever else was matched stays."""

    match = models.OneToOneField(Match, models.PROTECT, primary_key=True, related_name="undoing")
    reason = models.TextField()
    undone_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="undone_for_a_reason")]
        triggers = kept("undoing_is_kept")


class Part(models.Model):
    """One side's share in a match: so much of a line, or so much of a thing. Signed as on the statement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    match = models.ForeignKey(Match, models.PROTECT, related_name="parts")
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, blank=True, related_name="parts")
    what = models.CharField(max_length=9, choices=What, blank=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="+")
    run = models.ForeignKey(PaymentRun, models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=9, choices=Otherwise, blank=True)
    words = models.TextField(blank=True)
    amount_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match", "line", "what", "payment", "run", "receipt"],
                condition=~Q(what=What.OTHERWISE),
                nulls_distinct=False,
                name="part_once_a_match",
            ),
            models.CheckConstraint(
                condition=Q(what="", line__isnull=False, payment=None, run=None, receipt=None, kind="", words="")
                | Q(what=What.RUN, run__isnull=False, line=None, payment=None, receipt=None, kind="", words="")
                | Q(what=What.RECEIVED, receipt__isnull=False, line=None, payment=None, run=None, kind="", words="")
                | Q(
                    what__in=[What.SENT, What.ARRIVED, What.RETURNED],
                    payment__isnull=False,
                    line=None,
                    run=None,
                    receipt=None,
                    kind="",
                    words="",
                )
                | Q(what=What.OTHERWISE, line=None, payment=None, run=None, receipt=None) & ~Q(kind="") & ~Q(words=""),
                name="part_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(what__in=["", What.OTHERWISE]) & ~Q(amount_pence=0)
                | Q(what__in=[What.SENT, What.RUN], amount_pence__lt=0)
                | Q(what__in=[What.ARRIVED, What.RETURNED, What.RECEIVED], amount_pence__gt=0),
                name="part_goes_its_way",
            ),
        ]
        triggers = [
            *kept("part_is_kept"),
            pgtrigger.Trigger(
                name="match_is_within",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                declare=[("refusal", "TEXT"), *((name, "UUID[]") for name in ADDED)],
                func=guard(),
            ),
        ]
