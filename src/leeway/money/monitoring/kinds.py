"""The words of this room: how often an account is checked, why now, what is said of a flag, what came of it."""

from django.db.models import TextChoices

from leeway.law.monitoring import Kind


class Touch(TextChoices):
    """How often an account is checked. The light touch is everybody's, unless somebody says why not."""

    LOW = "low", "Light touch"
    MEDIUM = "medium", "More often"
    HIGH = "high", "Closely"


class Because(TextChoices):
    """Why a check is due."""

    FIRST = "first", "The first one, some weeks after the first payment"
    AGAIN = "again", "Some time has passed since the last one"


class Answer(TextChoices):
    """What whoever checks says of something pointed out."""

    EXPLAINED = "explained", "Explained"
    ASK = "ask", "Ask the person"
    FURTHER = "further", "Look further"


class Outcome(TextChoices):
    """What came of a check."""

    FINE = "fine", "All fine"
    FURTHER = "further", "Something to talk about"


#: What is pointed out, as a field of a record holds it.
KINDS = [(kind.value, kind.label) for kind in Kind]
