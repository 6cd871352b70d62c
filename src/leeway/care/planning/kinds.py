"""The kinds of what changes of one line of a plan by itself."""

from django.db import models


class LineChangeKind(models.TextChoices):
    """What changes of one line by itself."""

    ENDS = "ends", "It ends"
    PRICE = "price", "It goes on at another price"
    PAUSES = "pauses", "It stops for a time"
    RESUMES = "resumes", "It goes on again"
