"""What can happen in a case. Care says it once, with its kind; `site.events` has what follows from each kind.

Care knows nothing of money or messages: the site hands it one function at start, called in the transaction of the line.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices


class Event(TextChoices):
    """The kind of a line of the story."""

    REQUEST = "request", "Asked for help"
    OWN_WORDS = "own_words", "Wrote in their own words"
    GIVEN = "given", "Given to a worker"
    DETAILS = "details", "Details changed"
    CORRECTION_ASKED = "correction_asked", "Correction asked for"
    CORRECTION_SETTLED = "correction_settled", "Correction answered or taken back"
    CORRECTION_DISPUTED = "correction_disputed", "Not corrected, and not agreed"
    EMPLOYER = "employer", "As an employer"
    CONDITION_SET = "condition_set", "Condition of the direct payment"
    CONDITION_CHALLENGED = "condition_challenged", "Condition of the direct payment challenged"
    CONDITION_ANSWERED = "condition_answered", "Challenge of a condition answered"
    ASSESSMENT_STARTED = "assessment_started", "Assessment started"
    ELIGIBLE = "eligible", "Assessed: eligible"
    NOT_ELIGIBLE = "not_eligible", "Assessed: not eligible"
    MONEY_CHECK_STARTED = "money_check_started", "Money check started"
    MONEY_CHECK_DONE = "money_check_done", "Money check done"
    RELATIONSHIP = "relationship", "Somebody around the person"
    AUTHORITY_ENDED = "authority_ended", "Nobody holds the money for them any more"
    CAPACITY = "capacity", "Capacity decided"
    LEAVE = "leave", "Who may see the record"
    INVITED = "invited", "Invited to sign in"
    FILE = "file", "File added"
    PLAN_STARTED = "plan_started", "Plan started"
    WAYS_EXPLAINED = "ways_explained", "Ways explained"
    CHOICE = "choice", "Choice made"
    MIND_CHANGED = "mind_changed", "Another way to hold the budget asked for"
    MIND_SETTLED = "mind_settled", "Another way: settled"
    MIND_REFUSED = "mind_refused", "Another way: not agreed that it stays"
    CHALLENGED = "challenged", "A direct payment said to be too risky"
    CHALLENGE_ANSWERED = "challenge_answered", "Too risky? A manager looked"
    CHARGE_CHANGES = "charge_changes", "What is paid is about to change"
    CHARGE_DECIDED = "charge_decided", "What is paid decided anew"
    CHARGE_UPRATED = "charge_uprated", "What is paid decided anew with many others"
    DIRECT_PAYMENT_DECIDED = "direct_payment_decided", "Direct payment decided"
    PLAN_SUBMITTED = "plan_submitted", "Plan sent for sign-off"
    SIGNED_OFF = "signed_off", "Plan signed off"
    PLAN_RETURNED = "plan_returned", "Plan sent back"
    DISAGREED = "disagreed", "Plan not agreed"
    AGREED = "agreed", "Plan agreed"
    TAKEN_BACK = "taken_back", "Agreed plan taken back"
    PLAN_SET_ASIDE = "plan_set_aside", "Plan set aside"
    LINE_ENDS = "line_ends", "One thing in the plan is to stop"
    LINE_STAYS = "line_stays", "One thing in the plan stays after all"
    LINE_ENDED = "line_ended", "The budget goes on without one thing in the plan"
    LINE_AGAIN = "line_again", "The budget goes on with one thing in the plan again"
    LINE_REPRICED = "line_repriced", "The budget goes on at a new price"
    BUDGET_UPRATED = "budget_uprated", "The budget decided at new prices with many others"
    REVIEW_DUE = "review_due", "Review due"
    REVIEW_ASKED = "review_asked", "Review asked for"
    REVIEW_NEEDED = "review_needed", "Review needed soon"
    REVIEW_STARTED = "review_started", "Review started"
    REVIEW_HELD = "review_held", "Review held"
    SUPPORT_ENDED = "support_ended", "Support ended"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"
    DIED = "died", "Died"
    DEATH_UNDONE = "death_undone", "Not dead after all"
    CARED_FOR_DIED = "cared_for_died", "Somebody whom they looked after died"
    STAY = "stay", "Somewhere else for a time"
    STAY_ENDED = "stay_ended", "Back again"
    STAY_UNDONE = "stay_undone", "Not away after all"
    EARLIER_SUPPORT = "earlier_support", "Support before the budget"
    BANK_DETAILS = "bank_details", "Bank details"
    BUDGET_STARTED = "budget_started", "Budget started"
    BUDGET_ENDED = "budget_ended", "Budget ended"
    BUDGET_GOES_ON = "budget_goes_on", "Budget goes on at another charge"
    INTERIM_ASKED = "interim_asked", "Money on account asked for"
    INTERIM_SETTLED = "interim_settled", "Money on account decided"
    LAST_COST = "last_cost", "Something still owed after the end"
    RECOVERY_ASKED = "recovery_asked", "Something in the account asked about"
    RECOVERY_ANSWERED = "recovery_answered", "What was asked about the account, answered"
    RECOVERY_PROPOSED = "recovery_proposed", "Giving money back proposed"
    RECOVERY_WRITTEN = "recovery_written", "Asked to give money back"
    RECOVERY_CHALLENGED = "recovery_challenged", "Giving money back challenged"
    RECOVERY_CHALLENGE_ANSWERED = "recovery_settled_challenge", "Challenge answered"
    RECOVERY_DECIDED = "recovery_decided", "Giving money back decided"
    RECOVERY_GIVEN_BACK = "recovery_given_back", "Money given back"
    RECOVERY_SETTLED = "recovery_settled", "Nothing asked back after all"
    HELD = "held", "Payments on hold"
    HOLD_EXTENDED = "hold_extended", "Payments on hold for longer"
    DAYS_LEFT_OUT = "days_left_out", "Days that are not paid or charged"
    HOLD_LIFTED = "hold_lifted", "Payments no longer on hold"
    PAYMENT_SENT = "payment_sent", "Payment sent"
    PAYMENT_LATE = "payment_late", "Payment not sent in time"
    PAYMENT_RETURNED = "payment_returned", "Payment came back"
    PAYMENT_FAILED = "payment_failed", "Payment not carried out"
    SHARE_RECEIVED = "share_received", "Share received"
    WHO_PAYS = "who_pays", "Who pays"
    FUNDER_ENDS = "funder_ends", "A funder ends"
    DISPUTE_OPENED = "dispute_opened", "Who pays is in dispute"
    DISPUTE_ENDED = "dispute_ended", "Settled who pays"
    BILLS = "bills", "Bills and what is owed"
    SPENDING_ASKED = "spending_asked", "Asked about a payment"
    SPENDING_ANSWERED = "spending_answered", "Answered about a payment"
    ACCOUNT_CHECK = "account_check", "The account of the direct payment"
    ACCOUNT_ANSWERED = "account_answered", "Answered about the account"
    FUND_STATEMENT = "fund_statement", "Statement of an individual service fund"
    MESSAGE_FAILED = "message_failed", "A message did not arrive"
    LETTER_TO_POST = "letter_to_post", "A letter to print and post"


#: What whoever looks after the money needs to know of a case. Other lines may say what a person told in confidence.
OF_MONEY = frozenset(
    {
        Event.MONEY_CHECK_STARTED, Event.MONEY_CHECK_DONE, Event.CHARGE_CHANGES, Event.CHARGE_DECIDED,
        Event.CHARGE_UPRATED,
        Event.DIRECT_PAYMENT_DECIDED, Event.AUTHORITY_ENDED, Event.AGREED, Event.SUPPORT_ENDED,
        Event.LINE_ENDS, Event.LINE_STAYS, Event.LINE_ENDED, Event.LINE_AGAIN,
        Event.LINE_REPRICED, Event.BUDGET_UPRATED,
        Event.DIED, Event.DEATH_UNDONE, Event.STAY, Event.STAY_ENDED, Event.STAY_UNDONE,
        Event.BANK_DETAILS, Event.BUDGET_STARTED, Event.BUDGET_ENDED, Event.BUDGET_GOES_ON, Event.INTERIM_ASKED,
        Event.INTERIM_SETTLED, Event.LAST_COST, Event.HELD, Event.HOLD_EXTENDED, Event.DAYS_LEFT_OUT, Event.HOLD_LIFTED,
        Event.PAYMENT_SENT, Event.PAYMENT_LATE, Event.PAYMENT_RETURNED, Event.PAYMENT_FAILED, Event.SHARE_RECEIVED,
        Event.WHO_PAYS, Event.FUNDER_ENDS,
        Event.DISPUTE_OPENED, Event.DISPUTE_ENDED,
        Event.BILLS,
        Event.SPENDING_ASKED, Event.SPENDING_ANSWERED,
        Event.ACCOUNT_CHECK, Event.ACCOUNT_ANSWERED,
        Event.FUND_STATEMENT,
    }
)  # fmt: skip

_followers: list[Callable[[Any], None]] = []


def let_follow(function: Callable[[Any], None]) -> None:
    """Have a function called with each line of the story, in its transaction. Called once, by the site at start."""
    _followers[:] = [function]


def follow(line: Any) -> None:
    """Let the rest of the house do what follows from a line of the story."""
    assert _followers, "the site has not said what follows from an event"
    _followers[0](line)
