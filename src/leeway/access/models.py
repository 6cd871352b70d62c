"""Who signs in, and the record of who looked at whose record."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from leeway.access.roles import APART, WHO_CAN, Capability, Role, capabilities_of, in_words
from leeway.access.states import State
from leeway.guards import kept, kept_but, kept_once, tracked


class Team(models.Model):
    """A group of staff who share a caseload."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email, password=None, *, name, roles, **rest):
        """A user; without a password, one who cannot sign in until they have set it."""
        user = self.model(email=self.normalize_email(email), name=name, roles=list(roles), **rest)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def who_can(self, capability: Capability) -> models.QuerySet["User"]:
        """Everyone who may sign in and has a role that lets them do this."""
        return self.filter(is_active=True, roles__overlap=list(WHO_CAN[capability]))


def _apart() -> models.CheckConstraint:
    """Nobody holds two roles that are kept apart, whatever writes to the database."""
    pairs = sorted(sorted(pair) for pair in APART)
    together = Q()
    for pair in pairs:
        together |= Q(roles__contains=pair)
    return models.CheckConstraint(condition=~together, name="user_roles_kept_apart")


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """Someone who signs in with an email address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=250)  # a person's first and last name, whole
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True)
    job_title = models.CharField(max_length=100, blank=True)
    sign_off_limit_pence_per_week = models.BigIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    _as_read: dict[str, object] | None = None  # its columns, as they stood when it was last read or saved

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "roles"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_off_limit_pence_per_week__gte=0), name="user_sign_off_limit_positive"
            ),
            models.CheckConstraint(
                condition=Q(roles__len__gt=0, roles__contained_by=list(Role.values)), name="user_has_known_roles"
            ),
            _apart(),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db, field_names, values, **options):
        user = super().from_db(db, field_names, values, **options)
        user._note_as_read()
        return user

    def refresh_from_db(self, using=None, fields=None, **options):
        """Read the row anew, and what a save compares with."""
        super().refresh_from_db(using, fields, **options)
        self._note_as_read(fields)

    def save(self, *, update_fields=None, **options):
        """A save that names no columns writes those that were changed since the row was read.

        Libraries for signing in write users back whole, while an administrator may be stopping them.
        """
        if update_fields is None and self._as_read is not None:
            update_fields = [name for name, value in self._as_read.items() if getattr(self, name) != value]
        super().save(update_fields=update_fields, **options)
        self._note_as_read(update_fields)

    def _note_as_read(self, names: Iterable[str] | None = None) -> None:
        """Note what these columns, or all, hold: a list by a copy, so that a change in place is seen."""
        chosen = None if names is None else set(names)
        noted = dict(self._as_read or {})
        for field in self._meta.concrete_fields:
            if field.attname in self.__dict__ and (chosen is None or chosen & {field.name, field.attname}):
                value = self.__dict__[field.attname]
                noted[field.attname] = list(value) if isinstance(value, list) else value
        self._as_read = noted

    @property
    def is_staff_member(self) -> bool:
        """Whether this user works for the council."""
        return self.can(Capability.WORK_FOR_COUNCIL)

    @property
    def comes_as(self) -> str:
        """What they come to do, in words: their roles, one after another."""
        return in_words(self.roles)

    def can(self, capability: Capability) -> bool:
        """Whether one of this user's roles lets them do this."""
        return capability in capabilities_of(self.roles)


class SignIn(models.Model):
    """That a member of staff signed in, and a digest of the device: nothing from which the device can be known."""

    user = models.ForeignKey(User, models.PROTECT, related_name="sign_ins")
    device = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = kept("sign_in_is_kept")


class ProposalKind(models.TextChoices):
    """What one administrator may only ask for, and another does by approving it."""

    ADD = "add", "Let somebody sign in"
    CHANGE = "change", "Change what somebody may do"
    LET_IN = "let_in", "Let somebody in again"
    SECOND_STEP = "second_step", "Forget somebody’s second step"


class Proposal(models.Model):
    """Something weighty about who signs in: who asked for it, what and why, and who decided. Never edited or deleted.

    `roles`, `team` and the limit are as they would be; `roles_before` and `limit_before` as they were then.
    What the operator did at the command line has no user, and the name of the operator's account on the server.
    """

    kind = models.CharField(max_length=11, choices=ProposalKind)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="proposals", help_text="Empty: not yet.")
    email = models.EmailField()
    name = models.CharField(max_length=250)
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    job_title = models.CharField(max_length=100, blank=True)
    sign_off_limit_pence_per_week = models.BigIntegerField(default=0)
    roles_before = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    limit_before = models.BigIntegerField(default=0)
    why = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    operator = models.CharField(max_length=100, blank=True, help_text="Whose account on the server settled it.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=Q(state=State.WAITING), name="proposal_one_a_person"),
            models.CheckConstraint(condition=~Q(why=""), name="proposal_says_why"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, settled_at=None, settled_by=None, operator="")
                | (~Q(state=State.WAITING) & Q(settled_at__isnull=False)),
                name="proposal_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED, State.TURNED_DOWN])
                | Q(settled_by=None, operator__gt="")
                | (
                    Q(settled_by__isnull=False, operator="", proposed_by__isnull=False)
                    & ~Q(settled_by=F("proposed_by"))
                ),
                name="proposal_two_administrators",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(user=None) | ~Q(settled_by=F("user")),
                name="proposal_not_by_whom_it_is_of",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | Q(settled_by=F("proposed_by")),
                name="proposal_withdrawn_by_its_own",
            ),
        ]
        triggers = [
            *kept_but("proposal_is_kept", "user", "state", "settled_by", "settled_at", "answer", "operator"),
            kept_once("proposal_is_settled_once", "settled_at")[0],
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class Look(models.Model):
    """One look at a person's record, or over many at once. Holds no foreign keys: it never blocks and never vanishes.

    Over many it is one row: of a list it holds whom the list named, of a thing with many people in it (a payment run)
    that thing, and how many they were.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    viewer_id = models.BigIntegerField()
    viewer_name = models.TextField()
    person_id = models.UUIDField(db_index=True, null=True)
    named = ArrayField(models.UUIDField(), null=True, help_text="Whom a list named, by their keys.")
    thing_id = models.UUIDField(db_index=True, null=True, help_text="What they are all in, such as a payment run.")
    people_count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now_add=True)
    page = models.CharField(max_length=200)
    own = models.BooleanField(help_text="Whether the case was the viewer’s own.")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = kept("look_is_kept")
        indexes = [models.Index(fields=["viewer_id", "person_id", "-at"]), GinIndex(fields=["named"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(person_id__isnull=False, named=None, thing_id=None)
                | Q(person_id=None, named__isnull=False, named__len__gt=0, thing_id=None)
                | Q(person_id=None, named=None, thing_id__isnull=False),
                name="look_is_at_one_or_over_many",
            ),
            models.CheckConstraint(condition=Q(own=True) | ~Q(reason=""), name="look_outside_own_cases_has_reason"),
        ]
