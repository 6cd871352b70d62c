"""The outbox: every message, the words as sent, how it travels, and what is known of its arrival."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.guards import moves_kept, never_deleted, tracked
from leeway.messages.recipients import Channel
from leeway.messages.states import MOVES, State

WRITTEN = [
    "key",
    "person_id",
    "case_id",
    "recipient_id",
    "recipient_name",
    "address",
    "channel",
    "template",
    "data",
    "subject",
    "body",
]

ERROR_LENGTH_MAX = 300


@tracked(exclude=["data", "subject", "body"])
class Message(models.Model):
    """One message to one recipient. Its words and its address are never changed; only where it stands is.

    Whom it is about is an id without a foreign key: this room stands left of people and cases.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, help_text="What it is about, in the caller’s words: one for each event.")
    person_id = models.UUIDField(db_index=True)
    case_id = models.UUIDField(null=True, db_index=True)
    recipient_id = models.UUIDField(db_index=True)
    recipient_name = models.TextField()
    address = models.TextField(blank=True, help_text="The email address, the number, or the lines of the address.")
    needs = ArrayField(models.TextField(), default=list, blank=True)
    channel = models.CharField(max_length=5, choices=Channel)
    why_this_way = models.TextField(blank=True, help_text="Why not the way the recipient prefers.")
    template = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    subject = models.CharField(max_length=100)
    body = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)
    written_on = models.DateField()
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Nobody at night.")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=20, blank=True)
    carrier_id = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True, help_text="When it arrived, was posted, or was given up.")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_error = models.CharField(max_length=ERROR_LENGTH_MAX, blank=True)
    instead_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="sent_again")

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=["waiting", "sending"]), name="outbox_due"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="outbox_unheard"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "recipient_id"], name="message_written_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False), name="message_sent_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "stopped"]) | ~Q(last_error=""), name="message_failed_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="to_print") | Q(channel="print"), name="message_printed_is_a_letter"
            ),
        ]
        triggers = [
            *never_deleted("message_is_kept"),
            pgtrigger.ReadOnly(name="message_words_never_edited", fields=WRITTEN),
            *moves_kept("message_moves", MOVES, begins=[State.WAITING, State.TO_PRINT]),
        ]

    @property
    def did_not_arrive(self) -> bool:
        """Whether it is known that nobody had it."""
        return self.state == State.FAILED

    def __str__(self) -> str:
        return f"Message {self.pk}"  # no name and no address: this stands in logs and errors
