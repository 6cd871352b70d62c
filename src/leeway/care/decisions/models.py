"""The one table of decisions."""

import uuid

from django.db import models

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept


class DecisionKind(models.TextChoices):
    ELIGIBILITY = "eligibility", "Eligibility"
    INDICATIVE_BUDGET = "indicative_budget", "Indicative budget"
    CHARGE = "charge", "What the person pays"
    DIRECT_PAYMENT = "direct_payment", "Direct payment conditions"
    FINAL_BUDGET = "final_budget", "Personal budget"
    ENDING = "ending", "Ending of support"


#: Decisions that tell an assessment: who looks after the money alone says why before reading them.
OF_CARE = frozenset({DecisionKind.ELIGIBILITY, DecisionKind.INDICATIVE_BUDGET})


class Decision(models.Model):
    """What was decided: inputs, the law's date and the values of it that were used, steps, reasons, who and when.

    `rule` names the rule of `leeway.law.compute` that gave the result, and is empty for a decision that a person
    made without one. Rows are never changed; a later decision names the one it supersedes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=DecisionKind)
    rule = models.CharField(max_length=40, blank=True)
    law_on = models.DateField(help_text="Whose law applied; of a charge, the first day that it is for.")
    because = models.JSONField(default=list, help_text="Why there is another one from that day: what changed.")
    law_digest = models.CharField(max_length=64, blank=True)
    law_values = models.JSONField(default=dict, help_text="The dated values that the rule could read, by name.")
    software_version = models.CharField(max_length=40)
    inputs = models.JSONField()
    result = models.JSONField()
    steps = models.JSONField()
    reasons = models.JSONField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_on = models.DateField()
    decided_at = models.DateTimeField(auto_now_add=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    def is_followed_by(self, later: "Decision | None") -> bool:
        """Whether this one counts for its days, and another for those after them."""
        return later is not None and self.kind == DecisionKind.CHARGE and later.law_on > self.law_on

    @property
    def why(self) -> str:
        """Why there is another one from its first day: “because …”; empty for the first."""
        return f"because {' and '.join(self.because)}" if self.because else ""

    class Meta:
        ordering = ["-decided_on", "-decided_at"]
        indexes = [models.Index(fields=["case", "kind", "-decided_at"])]
        triggers = kept("decision_is_kept")
