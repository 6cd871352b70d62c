"""A request for help as it came from outside, and what the council did about it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept

#: A reference is written in two halves of so many letters and numbers.
HALF = 5


class ForWhom(models.TextChoices):
    """Who the help is for."""

    SELF = "self", "Me"
    CARER = "carer", "I look after somebody, and need help with that"
    OTHER = "other", "Somebody else"


class AskerIs(models.TextChoices):
    """Who asks for another."""

    FAMILY = "family", "Family"
    CARER = "carer", "Their unpaid carer"
    FRIEND = "friend", "A friend or neighbour"
    PROFESSIONAL = "professional", "Somebody who works with them, like a nurse or a landlord"
    OTHER = "other", "Somebody else"


class Knows(models.TextChoices):
    """Whether the person knows that somebody asks for them. No answer bars the request."""

    YES = "yes", "Yes, and they want it"
    AGAINST = "against", "Yes, and they do not want it"
    NO = "no", "No"
    CANNOT = "cannot", "They cannot understand or say"


class Urgent(models.TextChoices):
    """What cannot wait."""

    DANGER = "danger", "Somebody is in danger or is being hurt"
    NOTHING_LEFT = "nothing_left", "There is no food, heating or medicine, or no safe place to be"
    HOSPITAL = "hospital", "Somebody is in hospital and is to go home soon"
    NOBODY_LEFT = "nobody_left", "Whoever helps now cannot go on"


class Asking(models.Model):
    """One request for help, in the words in which it came. Written once, never changed.

    `id` is made of the form and all that was typed into it, so that sending it again makes no second one.
    """

    id = models.UUIDField(primary_key=True)
    reference = models.CharField(max_length=12, unique=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_on = models.DateField()
    answer_by = models.DateField(help_text="The day by which whoever asked was told that they hear from us.")
    for_whom = models.CharField(max_length=10, choices=ForWhom)
    words = models.TextField()
    urgent = ArrayField(models.CharField(max_length=20, choices=Urgent), default=list, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="Who needs the help. Empty: they did not say.")
    born = models.CharField(max_length=60, blank=True, help_text="As it was typed.")
    lives_at = models.CharField(max_length=400, blank=True)
    cared_for = models.CharField(max_length=200, blank=True, help_text="Whom a carer looks after.")
    asker_name = models.CharField(max_length=200, blank=True, help_text="Who asks, where it is for another.")
    asker_is = models.CharField(max_length=20, choices=AskerIs, blank=True)
    knows = models.CharField(max_length=20, choices=Knows, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    other_way = models.CharField(max_length=400, blank=True)
    careful = models.TextField(blank=True, help_text="What to know before getting in touch.")
    own_view = models.JSONField(default=list, blank=True, help_text="Parts of life as the asker sees them.")

    class Meta:
        ordering = ["answer_by", "asked_at"]
        triggers = kept("asking_is_kept")

    def __str__(self) -> str:
        return self.reference

    @property
    def by_the_person(self) -> bool:
        """Whether the words are those of whoever the help is for."""
        return self.for_whom != ForWhom.OTHER

    @property
    def who_asks(self) -> str:
        """Who wrote it, in words."""
        if self.by_the_person:
            return self.name or "somebody who did not give a name"
        is_to_them = f" ({self.get_asker_is_display().lower()})" if self.asker_is else ""
        return f"{self.asker_name or 'somebody who did not give a name'}{is_to_them}"

    @property
    def urgent_words(self) -> list[str]:
        """What cannot wait, in words."""
        return [Urgent(one).label for one in self.urgent]


class Answer(models.Model):
    """What came of a request: a case, or what was said and done without one. Written once, never changed."""

    asking = models.OneToOneField(Asking, models.PROTECT, primary_key=True, related_name="answer")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="askings")
    words = models.TextField(blank=True, help_text="Why there is no case, and what whoever asked was told.")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_on = models.DateField()
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, words="") | (Q(case=None) & ~Q(words="")),
                name="answer_is_a_case_or_words",
            )
        ]
        triggers = kept("answer_is_kept")


class KeptWords(models.Model):
    """What somebody wrote and has not sent, sealed with a code that only they have. It names nobody.

    Taken away when it is sent, when whoever has the code says so, and after its last day.
    """

    place = models.CharField(max_length=64, primary_key=True, help_text="A fingerprint of the code.")
    sealed = models.TextField()
    until = models.DateField()


def new_id(form_id: uuid.UUID, typed: str) -> uuid.UUID:
    """The key of a request: the same form with the same words is the same request, and with others another."""
    return uuid.uuid5(form_id, typed)
