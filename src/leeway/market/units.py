"""What one pays for, and how often: the words of prices, plans and money checks. What they are in weeks: `weeks`."""

from django.db.models import TextChoices


class Unit(TextChoices):
    """What one price buys."""

    HOUR = "hour", "hour"
    DAY = "day", "day"
    SESSION = "session", "session"
    NIGHT = "night", "night"
    WEEK = "week", "week"
    ITEM = "item", "item"

    @property
    def with_article(self) -> str:
        """As one says it of a price: £18.00 “an hour”, £90.00 “a night”."""
        return f"{'an' if self in {Unit.HOUR, Unit.ITEM} else 'a'} {self.label}"


class Frequency(TextChoices):
    """How often something is bought, paid or received."""

    WEEKLY = "weekly", "a week"
    FORTNIGHTLY = "fortnightly", "a fortnight"
    FOUR_WEEKLY = "four_weekly", "every four weeks"
    MONTHLY = "monthly", "a month"
    QUARTERLY = "quarterly", "a quarter"
    YEARLY = "yearly", "a year"
    ONCE = "once", "once only"


#: For what comes or goes again and again.
REGULAR = [choice for choice in Frequency.choices if choice[0] != Frequency.ONCE]
