"""Who signs in, and the record of who looked at whose record."""

import uuid

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    """What a user comes to do. One role each: a person with two jobs has two sign-ins."""

    PERSON = "person", "Person or supporter"
    ASSESSOR = "assessor", "Social worker or assessor"
    MANAGER = "manager", "Team manager"
    FINANCE = "finance", "Finance officer"
    COMMISSIONER = "commissioner", "Commissioner"
    ANALYST = "analyst", "Analyst"
    PROVIDER = "provider", "Provider"
    ADMINISTRATOR = "administrator", "Administrator"


STAFF = frozenset(Role) - {Role.PERSON, Role.PROVIDER}


class Team(models.Model):
    """A group of staff who share a caseload."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, *, name, role, **rest):
        """A user; without a password, one who cannot sign in until they have set it."""
        user = self.model(email=self.normalize_email(email), name=name, role=role, **rest)
        user.set_password(password)
        user.save(using=self._db)
        return user


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """Someone who signs in with an email address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=20, choices=Role)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True)
    job_title = models.CharField(max_length=100, blank=True)
    sign_off_limit_pence_per_week = models.BigIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sign_off_limit_pence_per_week__gte=0), name="user_sign_off_limit_positive"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff_member(self) -> bool:
        """Whether this user works for the council."""
        return self.role in STAFF


class Look(models.Model):
    """One look at a person's record. Holds no foreign keys, so that it never blocks and never vanishes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    viewer_id = models.BigIntegerField()
    viewer_name = models.CharField(max_length=150)
    person_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    page = models.CharField(max_length=200)
    own = models.BooleanField(help_text="Whether the case was the viewer's own.")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="look_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["viewer_id", "person_id", "-at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(own=True) | ~models.Q(reason=""), name="look_outside_own_cases_has_reason"
            )
        ]
