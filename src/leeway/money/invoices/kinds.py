"""What a visit can have been, what it is matched to, what an invoice's line is found to be, and why a dispute ends."""

from django.db.models import TextChoices

from leeway.market.units import Unit


class Happened(TextChoices):
    """What became of a visit."""

    DELIVERED = "delivered", "Delivered"
    CUT_SHORT = "cut_short", "Cut short"
    MISSED = "missed", "Missed by the provider"
    CANCELLED_IN_TIME = "cancelled_in_time", "Cancelled in time"
    CANCELLED_LATE = "cancelled_late", "Cancelled late"
    UNPLANNED = "unplanned", "Not planned, and delivered"


#: What one visit is one of, where it is not priced by the hour.
A_VISIT_EACH = (Unit.DAY, Unit.SESSION, Unit.NIGHT)
#: Somebody was there.
DELIVERED = (Happened.DELIVERED, Happened.CUT_SHORT, Happened.UNPLANNED)


class Result(TextChoices):
    """What matching made of a visit. Nothing is dropped: what fits nowhere waits for somebody."""

    MATCHED = "matched", "Matched to an agreed line"
    NOTHING_DUE = "nothing_due", "Nothing is due for it"
    UNALLOCATED = "unallocated", "Not allocated yet"
    TAKEN_BACK = "taken_back", "Taken back with its file"


class Because(TextChoices):
    """Why a visit is where it is, a code for its sentence."""

    FITS = "fits", "Fits an agreed line"
    NOT_GIVEN = "not_given", "No visit was given"
    NOBODY = "nobody", "Nobody on record is named so"
    SEVERAL_PEOPLE = "several_people", "Several people are named so"
    NO_LINE = "no_line", "Nothing was agreed with this provider for that day"
    SEVERAL_LINES = "several_lines", "Several agreed lines may be meant"
    NO_LENGTH = "no_length", "How long it was is not said"
    MORE_THAN_AGREED = "more_than_agreed", "More than was agreed for the week"
    NOT_BY_THE_VISIT = "not_by_the_visit", "Its line is not priced by the visit"
    UNPLANNED = "unplanned", "It was not planned: somebody decides"
    BY_HAND = "by_hand", "Somebody decided"
    TAKEN_BACK = "taken_back", "Its file was taken back"


class Finding(TextChoices):
    """What an invoice's line is found to be."""

    FITS = "fits", "As delivered and agreed"
    OVER_BILLED = "over_billed", "More than is due"
    WRONG_RATE = "wrong_rate", "Another price than was agreed"
    NOT_DELIVERED = "not_delivered", "Not delivered"
    NOT_ALLOCATED = "not_allocated", "Its visit fits no agreed line yet"
    DUPLICATE = "duplicate", "Billed already"
    NOT_FOUND = "not_found", "No visit is on record for it"


class Answered(TextChoices):
    """How a dispute about a line ends."""

    PROVIDER_ACCEPTS = "provider_accepts", "The provider accepts that it is not due"
    COUNCIL_ACCEPTS = "council_accepts", "The provider showed that it is due"
    PART = "part", "A part of it is due"


class TableOf(TextChoices):
    """What a provider's table tells of."""

    VISITS = "visits", "Visits"
    INVOICE = "invoice", "Lines of an invoice"
