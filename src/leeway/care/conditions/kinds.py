"""What a council may ask of a direct payment beside the law's own conditions, and for which reasons alone."""

from django.db.models import TextChoices


class What(TextChoices):
    """What is restricted, or asked for."""

    CARD = "card", "It is paid on a card only"
    NO_CASH = "no_cash", "No cash is taken out of it"
    THIRD_PARTY = "third_party", "A payroll firm, or somebody else, holds the account"
    LIST = "list", "It is spent with those of a list"
    NOT_WITH = "not_with", "Somebody is not paid from it"
    TELL = "tell", "Something is told or sent to the council"
    OTHER = "other", "Something else"


class Because(TextChoices):
    """The reasons for which it may be: a council's habit is none of them.

    Source: Care Act 2014, ss. 31 to 33; SI 2014/2871, reg. 4 and sch. 1; statutory guidance, ch. 12.
    """

    CHOSEN = "chosen", "They chose it themselves, of ways that were really offered"
    MANAGE = "manage", "They can manage a direct payment only so"
    COURT = "court", "A court, a licence or an order asks for it"
    MISUSED = "misused", "Money went on what meets no need, and that was talked about"
    SAFE = "safe", "It keeps them safe, after a safeguarding enquiry"
    SHOW = "show", "To see that needs are met, and no more than that takes"


#: Of what other ways have to be offered first: nobody can be made to take a card, or to give the account away.
OF_WAYS = frozenset({What.CARD, What.THIRD_PARTY})
#: What can be asked for only to see that needs are met: everything else takes a reason of the person's own case.
TO_SHOW = frozenset({What.TELL})
