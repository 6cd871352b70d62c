"""Providers and what they offer: where, of what quality, and who says so. What it costs is in contracts."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Source(models.TextChoices):
    """Who says that a listing is so."""

    REGULATOR = "regulator", "The regulator (Care Quality Commission)"
    COUNCIL = "council", "The council"
    DEMO = "demo", "Made up for the demonstration"


class Kind(models.TextChoices):
    """The kinds of support that someone may look for."""

    HOME_CARE = "home_care", "Home care"
    PERSONAL_ASSISTANT = "personal_assistant", "Personal assistant"
    DAY_SUPPORT = "day_support", "Day support"
    COMMUNITY = "community", "Community group or activity"
    SUPPORTED_LIVING = "supported_living", "Supported living"
    EXTRA_CARE = "extra_care", "Extra care housing"
    SHARED_LIVES = "shared_lives", "Shared Lives"
    CARE_HOME = "care_home", "Care home"
    NURSING_HOME = "nursing_home", "Care home with nursing"
    COMMUNITY_CARE = "community_care", "Regulated care in the community, exact kind not stated"
    SERVICE_FUND = "service_fund", "Individual service fund"
    PAYROLL = "payroll", "Payroll and help with direct payments"


class RatingGiven(models.TextChoices):
    """What the regulator may say of a service."""

    OUTSTANDING = "outstanding", "Outstanding"
    GOOD = "good", "Good"
    REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
    INADEQUATE = "inadequate", "Inadequate"
    REGULATIONS_MET = "regulations_met", "Regulations met"
    REGULATIONS_NOT_MET = "regulations_not_met", "Regulations not met"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence", "Insufficient evidence to rate"
    NOT_RATED = "not_rated", "Not yet rated"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


BEST_FIRST = [
    RatingGiven.OUTSTANDING,
    RatingGiven.GOOD,
    RatingGiven.REQUIRES_IMPROVEMENT,
    RatingGiven.INADEQUATE,
]


class Domain(models.TextChoices):
    """The questions that the regulator asks, and its answer to all of them together."""

    OVERALL = "overall", "Overall"
    SAFE = "safe", "Safe"
    EFFECTIVE = "effective", "Effective"
    CARING = "caring", "Caring"
    RESPONSIVE = "responsive", "Responsive"
    WELL_LED = "well_led", "Well-led"


class Provider(models.Model):
    """An organisation or a person that gives support. Business names only; nobody's manager is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=250)
    source = models.CharField(max_length=10, choices=Source, default=Source.COUNCIL)
    external_id = models.CharField(
        max_length=40, unique=True, null=True, blank=True, help_text="The regulator’s number for it, where known."
    )

    class Meta:
        indexes = [models.Index(Lower("name"), name="provider_by_name")]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One thing that someone could choose: a listing in the directory.

    Null means that nobody has told us; it never means no.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="services")
    name = models.CharField(max_length=250)
    also_known_as = models.CharField(max_length=250, blank=True)
    description = models.TextField(blank=True)

    source = models.CharField(max_length=10, choices=Source, default=Source.COUNCIL)
    external_id = models.CharField(max_length=40, unique=True, null=True, blank=True)
    listed_in = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="The regulator’s files that list it."
    )
    last_checked_on = models.DateField(help_text="When its source last confirmed this listing.")
    no_longer_listed_on = models.DateField(null=True, blank=True)

    kinds = ArrayField(models.CharField(max_length=20, choices=Kind), default=list)
    service_types = ArrayField(models.TextField(), default=list, blank=True)
    specialisms = ArrayField(models.TextField(), default=list, blank=True)
    regulated = models.BooleanField(help_text="Whether the regulator registers and inspects it.")

    address = models.CharField(max_length=300, blank=True)
    town = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=100, blank=True, help_text="The council whose area it is in.")
    region = models.CharField(max_length=60, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    phone_since = models.DateField(
        null=True, blank=True, help_text="Since when this telephone number is on record. Null: nobody knows."
    )
    website = models.CharField(max_length=300, blank=True)
    regulator_url = models.CharField(max_length=300, blank=True)

    takes_direct_payments = models.BooleanField(null=True, blank=True)

    overall_rating = models.CharField(max_length=24, choices=RatingGiven, blank=True)
    rated_on = models.DateField(null=True, blank=True, help_text="When the overall rating was published.")
    inspected_on = models.DateField(null=True, blank=True, help_text="The regulator’s latest check.")

    words = SearchVectorField(null=True, editable=False)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="service_words"),
            GinIndex(fields=["kinds"], name="service_kinds"),
            models.Index(fields=["name", "id"], name="service_by_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="service_position_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(regulated=False) | ~Q(kinds__contains=["personal_assistant"]),
                name="service_personal_assistant_unregulated",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_labels(self) -> list[str]:
        """The kinds of support it gives, in words."""
        return [Kind(kind).label for kind in self.kinds]

    @property
    def is_personal_assistant(self) -> bool:
        return Kind.PERSONAL_ASSISTANT in self.kinds

    @property
    def is_made_up(self) -> bool:
        return self.source == Source.DEMO


class Rating(models.Model):
    """What the regulator last said of one service, for one group of people, on one question."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="ratings")
    service_group = models.CharField(max_length=120)
    domain = models.CharField(max_length=12, choices=Domain)
    rating = models.CharField(max_length=24, choices=RatingGiven)
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "service_group", "domain"], name="rating_once_a_question")
        ]
