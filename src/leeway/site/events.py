"""What follows from each thing: kind → what money does → which tasks are over → whose task it is → who is told.

Care tells a line of the story with its kind; `follow` is called in the transaction of that line, so that all of it
happens or none. Every kind has a row: “nothing follows” is written down too.
"""

from dataclasses import replace
from datetime import timedelta

from leeway.care.people.actions import end_tasks, set_task
from leeway.care.people.events import Event
from leeway.care.people.models import StoryLine, Whose
from leeway.money.recovery.actions import give_less_back
from leeway.money.recovery.queries import nothing_is_asked
from leeway.money.spending.actions import hold_again
from leeway.site import event_steps as steps
from leeway.site.doubts import (
    review_after_authority,
    review_after_capacity,
    review_after_change_of_mind,
    review_after_hold,
    review_after_receiver,
)
from leeway.site.following import Follows, Over, ToDo
from leeway.site.telling import (
    Notice,
    amount_that_came_back,
    ask_to_speak_with_carers,
    ask_to_speak_with_carers_again,
    condole,
    condoled_by_mistake,
    decided,
    from_worker,
    from_worker_who_answers,
    stop_condoling,
    stop_writing,
    tell_person,
    what_is_left_out,
    why_payments_wait,
)


def follow(line: StoryLine) -> None:
    """Do what follows from a line of the story, in its transaction."""
    row = EVENTS[Event(line.kind)]
    for act in row.then:
        act(line)
    for over in row.over:
        if over.only(line):
            end_tasks(case=line.case, kinds=over.kinds, whose=over.whose, line=line)
    for task in row.tasks:
        if task.only(line):
            set_task(
                case=line.case,
                kind=Event(line.kind),
                what=task.what.format(person=line.case.person),
                whose=task.whose,
                due_on=line.happened_on + timedelta(days=task.days),
                on=line.happened_on,
            )
    for notice in row.notices:
        tell_person(line, notice)


NOTHING = Follows()
#: What has finance work out anew what somebody pays.
CHARGES = (Event.CHARGE_CHANGES, Event.DISPUTE_ENDED)
LOOKED_FOR = (Event.DIED, Event.RELATIONSHIP)
FIND_WHO_SETTLES = "Find out who settles what {person} leaves, and record them."
#: What is over once the plan is written again, a stay is, the money is, support is, and the person's life is.
WITH_PLAN = Over((Event.PLAN_RETURNED, Event.DISAGREED, Event.TAKEN_BACK, Event.CHOICE, Event.CHALLENGE_ANSWERED))
#: Whoever finishes an assessment or a plan has read what the person wrote in it.
WORDS_READ = Over((Event.OWN_WORDS,))
MIND_MADE_UP = Over((Event.MIND_CHANGED, Event.MIND_REFUSED))
WITH_STAY = Over((Event.STAY, Event.STAY_ENDED, Event.STAY_UNDONE))
END_THE_BUDGET = (Event.SUPPORT_ENDED, Event.CLOSED, Event.DIED)
WITH_MONEY = (
    Over(END_THE_BUDGET, (Whose.FINANCE,), only=steps.every_budget_has_its_end),
    Over((*WITH_STAY.kinds, Event.HELD, Event.DEATH_UNDONE), only=steps.money_is_over),
)
WITH_LINE = Over((Event.LINE_ENDS,), only=steps.no_line_is_to_end)
WITH_WAITING = Over((Event.PAYMENT_LATE,), (Whose.FINANCE,))
WITH_SUPPORT = (
    WITH_PLAN,
    WITH_STAY,
    Over(
        (
            Event.CHALLENGED,
            *MIND_MADE_UP.kinds,
            Event.OWN_WORDS,
            Event.REVIEW_DUE,
            Event.REVIEW_ASKED,
            Event.REVIEW_NEEDED,
            Event.LINE_ENDS,
            Event.CHARGE_CHANGES,
            Event.HELD,
            Event.AUTHORITY_ENDED,
            *LOOKED_FOR,
            Event.DEATH_UNDONE,
            Event.CARED_FOR_DIED,
        )
    ),
)
WITH_LIFE = (
    *WITH_SUPPORT,
    Over((Event.SUPPORT_ENDED, Event.CLOSED, Event.REQUEST, Event.CORRECTION_ASKED)),
    Over((Event.MESSAGE_FAILED,), only=steps.everybody_else_was_reached),
    WITH_WAITING,
)
#: What is to be done while money of a direct payment is asked about.
RECOVERING = (Event.RECOVERY_ANSWERED, Event.RECOVERY_PROPOSED, Event.RECOVERY_WRITTEN, Event.RECOVERY_CHALLENGED)
#: What somebody says is done when it is: no event tells.
BY_HAND = frozenset({Event.FILE, Event.CORRECTION_DISPUTED, Event.WHO_PAYS, Event.RECOVERY_GIVEN_BACK})


def _asks(*tasks: ToDo) -> Follows:
    return Follows(tasks=tasks)


def _decides(what: str) -> Follows:
    return Follows(notices=(Notice("decision_ready", decided(what)),))


EVENTS: dict[Event, Follows] = {
    Event.REQUEST: _asks(
        ToDo(
            Whose.WORKER,
            "{person} asked for help again: read what for, and speak with them.",
            only=steps.is_asked_again,
        )
    ),
    Event.OWN_WORDS: _asks(ToDo(Whose.WORKER, "Read what {person}, or who helps them, wrote in their own words.")),
    Event.GIVEN: NOTHING,
    Event.DETAILS: NOTHING,
    Event.CORRECTION_ASKED: _asks(
        ToDo(Whose.WORKER, "A correction of what is on record of {person} was asked for. Look at it, and answer.")
    ),
    Event.CORRECTION_SETTLED: Follows(
        over=(Over((Event.CORRECTION_ASKED,), only=steps.no_correction_waits),),
        notices=(Notice("correction_answered", from_worker_who_answers),),
    ),
    Event.CORRECTION_DISPUTED: _asks(
        ToDo(Whose.WORKER, "{person}’s record was not corrected, and that is not agreed. Read what stands with it now.")
    ),
    Event.EMPLOYER: NOTHING,
    Event.CONDITION_SET: NOTHING,  # whoever sets it writes to the person
    Event.CONDITION_CHALLENGED: _asks(
        ToDo(Whose.MANAGER, "{person} challenges a condition of the direct payment. Answer with reasons.", days=14)
    ),
    Event.CONDITION_ANSWERED: Follows(over=(Over((Event.CONDITION_CHALLENGED,)),)),
    Event.ASSESSMENT_STARTED: NOTHING,
    Event.ELIGIBLE: replace(_decides("the care and support you can have"), over=(WORDS_READ,)),
    Event.NOT_ELIGIBLE: replace(
        _decides("the help you asked for"), then=(steps.set_the_draft_aside,), over=(WORDS_READ,)
    ),
    Event.MONEY_CHECK_STARTED: NOTHING,
    Event.MONEY_CHECK_DONE: replace(  # what is still to do about the charge, the night asks anew
        _decides("what you pay towards your support"), over=(Over((Event.CHARGE_CHANGES,), (Whose.FINANCE,)),)
    ),
    Event.RELATIONSHIP: Follows(
        then=(condole,),
        over=(Over(LOOKED_FOR, (Whose.WORKER,), only=steps.somebody_settles),),
        tasks=(ToDo(Whose.WORKER, FIND_WHO_SETTLES, only=steps.settles_no_more),),
    ),
    Event.AUTHORITY_ENDED: Follows(
        then=(review_after_authority,),
        tasks=(
            ToDo(
                Whose.FINANCE,
                "The authority of whoever holds {person}’s money ends. Enter the bank details of whoever holds it "
                "then.",
                days=2,
                only=steps.holds_no_longer,
            ),
            ToDo(
                Whose.WORKER,
                "The authority of whoever holds {person}’s money ends. Agree who holds it then, and record them.",
                days=2,
                only=steps.holds_no_longer,
            ),
        ),
    ),
    Event.CAPACITY: Follows(then=(review_after_capacity,)),
    Event.LEAVE: NOTHING,
    Event.INVITED: NOTHING,
    Event.FILE: _asks(ToDo(Whose.WORKER, "Look at what was added to {person}’s files.", only=steps.said_by_another)),
    Event.PLAN_STARTED: NOTHING,
    Event.WAYS_EXPLAINED: Follows(over=(Over((Event.CHALLENGE_ANSWERED,)),)),
    Event.CHOICE: Follows(  # a challenge stays the manager's, whatever is chosen afterwards
        over=(MIND_MADE_UP,),
        tasks=(ToDo(Whose.WORKER, "{person} has chosen how to hold the budget.", only=steps.said_by_another),),
    ),
    Event.MIND_CHANGED: Follows(
        then=(review_after_change_of_mind,),
        tasks=(
            ToDo(
                Whose.WORKER,
                "{person} may want the budget to be held in another way: read what was asked, and get in touch.",
            ),
        ),
    ),
    Event.MIND_SETTLED: Follows(over=(MIND_MADE_UP,), notices=(Notice("another_way", from_worker_who_answers),)),
    Event.MIND_REFUSED: Follows(
        over=(MIND_MADE_UP,),
        tasks=(
            ToDo(
                Whose.MANAGER,
                "{person} does not agree that the budget stays as it is held. Read the answer, and speak with them.",
            ),
        ),
        notices=(Notice("another_way", from_worker_who_answers),),
    ),
    Event.CHALLENGED: _asks(
        ToDo(
            Whose.MANAGER,
            "A direct payment was said to be too risky for {person}. Look at what would make it safe enough.",
        )
    ),
    Event.CHALLENGE_ANSWERED: Follows(
        over=(Over((Event.CHALLENGED,)),),
        tasks=(
            ToDo(
                Whose.WORKER,
                "Offer {person} a direct payment again, with what would make it safe enough.",
                only=steps.is_offered_again,
            ),
        ),
    ),
    Event.CHARGE_CHANGES: NOTHING,  # a task of the night, and no line of the story
    Event.CHARGE_DECIDED: replace(
        _decides("what you pay towards your support"), over=(Over(CHARGES, (Whose.FINANCE,)),)
    ),
    Event.CHARGE_UPRATED: NOTHING,  # the batch ends the tasks of all, and its letters are a step of its own
    Event.LINE_ENDS: _asks(
        ToDo(
            Whose.FINANCE,
            "Something in the plan of {person} ends or stops by itself: have the budget go on without it.",
        )
    ),
    Event.LINE_STAYS: Follows(over=(WITH_LINE,)),
    Event.LINE_ENDED: replace(_decides("your personal budget"), over=(WITH_LINE,)),
    Event.LINE_AGAIN: NOTHING,  # it is decided together with that the line stops, and told with it
    Event.LINE_REPRICED: _decides("your personal budget"),
    Event.BUDGET_UPRATED: NOTHING,  # its letters are a step of the batch
    Event.DIRECT_PAYMENT_DECIDED: _decides("your direct payment"),
    Event.PLAN_SUBMITTED: Follows(over=(WITH_PLAN, WORDS_READ)),
    Event.SIGNED_OFF: Follows(notices=(Notice("plan_to_agree", from_worker),)),
    Event.PLAN_RETURNED: Follows(
        tasks=(ToDo(Whose.WORKER, "{person}’s plan came back: read why, and change it."),),
        notices=(Notice("plan_returned", from_worker),),
    ),
    Event.DISAGREED: _asks(ToDo(Whose.WORKER, "{person}’s plan is not agreed. Talk about what is wrong.")),
    Event.AGREED: Follows(over=(Over((Event.STAY,), (Whose.WORKER,), only=steps.nothing_is_paid_direct),)),
    Event.TAKEN_BACK: _asks(
        ToDo(
            Whose.WORKER, "{person}’s agreed plan could not start. Read why, tell {person}, and write it again.", days=2
        )
    ),
    Event.PLAN_SET_ASIDE: Follows(over=(WITH_PLAN, Over((Event.CHALLENGED,)))),
    Event.REVIEW_DUE: NOTHING,
    Event.REVIEW_ASKED: Follows(
        over=(Over((Event.REVIEW_DUE,), only=steps.said_by_another),),
        tasks=(ToDo(Whose.WORKER, "Agree a day for {person}’s review.", only=steps.said_by_another),),
    ),
    Event.REVIEW_NEEDED: _asks(
        ToDo(Whose.WORKER, "Review {person}’s direct payment: its page says what has come up.", days=14)
    ),
    Event.REVIEW_STARTED: Follows(over=(Over((Event.REVIEW_ASKED, Event.REVIEW_NEEDED)),)),
    Event.REVIEW_HELD: Follows(over=(Over((Event.REVIEW_DUE, Event.REVIEW_ASKED, Event.REVIEW_NEEDED)),)),
    Event.SUPPORT_ENDED: Follows(
        then=(steps.end_the_plan, steps.wait_after_ending),
        over=WITH_SUPPORT,
        tasks=(ToDo(Whose.FINANCE, "{person}’s support has ended. End the budget.", only=steps.has_running_budget),),
    ),
    Event.CLOSED: Follows(
        then=(steps.end_the_plan, steps.wait_after_ending),
        over=WITH_SUPPORT,
        tasks=(ToDo(Whose.FINANCE, "{person}’s case is closed. End the budget.", only=steps.has_running_budget),),
    ),
    Event.REOPENED: NOTHING,
    Event.DIED: Follows(
        then=(steps.wait_after_death, ask_to_speak_with_carers, stop_writing, steps.no_letter_left, condole),
        over=WITH_LIFE,
        tasks=(
            ToDo(Whose.FINANCE, "{person} has died. End the budget.", only=steps.has_running_budget),
            ToDo(Whose.WORKER, FIND_WHO_SETTLES, only=steps.nobody_settles),
        ),
    ),
    Event.DEATH_UNDONE: Follows(
        then=(steps.go_on_after_death, ask_to_speak_with_carers_again, stop_condoling, steps.take_up_again),
        over=(Over(LOOKED_FOR),),
        tasks=(
            ToDo(Whose.FINANCE, "{person} has not died. Check that payments go on.", days=1),
            ToDo(
                Whose.FINANCE,
                "The bank details are of whoever was to settle what {person} leaves. Enter {person}’s own again, for "
                "another officer to approve.",
                days=1,
                only=steps.representative_holds,
            ),
            ToDo(Whose.WORKER, "{person} was recorded as dead by mistake. Check what stopped.", days=1),
            ToDo(
                Whose.WORKER,
                "A letter of condolence for {person}, who lives, was sent. Speak with whoever had it, and apologise.",
                days=1,
                only=condoled_by_mistake,
            ),
        ),
    ),
    Event.CARED_FOR_DIED: NOTHING,
    Event.EARLIER_SUPPORT: NOTHING,
    Event.STAY: Follows(
        over=(WITH_STAY,),
        tasks=(
            ToDo(Whose.FINANCE, "Decide what is paid while {person} is away.", days=2, only=steps.has_running_budget),
            ToDo(
                Whose.WORKER,
                "{person} cannot have a direct payment where they are. Change how the budget is held.",
                days=2,
                only=steps.is_barred,
            ),
            ToDo(
                Whose.WORKER,
                "Find out whether {person} was convicted. Until it is known, no direct payment is made.",
                days=2,
                only=steps.is_perhaps_barred,
            ),
        ),
    ),
    Event.STAY_ENDED: Follows(
        over=(WITH_STAY,),
        tasks=(
            ToDo(Whose.FINANCE, "{person} is back. Check that payments go on.", days=2, only=steps.has_running_budget),
        ),
    ),
    Event.STAY_UNDONE: Follows(
        over=(replace(WITH_STAY, only=steps.is_at_home),),
        tasks=(
            ToDo(
                Whose.FINANCE,
                "{person} was recorded as away by mistake. Check that payments go on.",
                days=2,
                only=steps.has_running_budget,
            ),
        ),
    ),
    Event.BANK_DETAILS: Follows(
        then=(review_after_receiver,), over=(Over((Event.AUTHORITY_ENDED,), only=steps.somebody_may_hold_it),)
    ),
    Event.BUDGET_STARTED: Follows(
        then=(steps.take_over_who_pays, steps.ask_about_disputes),
        over=(Over((Event.DEATH_UNDONE, *CHARGES), (Whose.FINANCE,)),),
    ),
    Event.BUDGET_ENDED: Follows(over=WITH_MONEY),
    Event.BUDGET_GOES_ON: NOTHING,  # what is paid, CHARGE_DECIDED tells
    Event.LAST_COST: NOTHING,
    Event.INTERIM_ASKED: _asks(
        ToDo(
            Whose.MANAGER,
            "{person} is to have money on account before the budget is set up. Say yes or no, under “Money on account” "
            "on your page.",
            days=1,
        )
    ),
    Event.INTERIM_SETTLED: Follows(over=(Over((Event.INTERIM_ASKED,)),)),
    Event.HOLD_EXTENDED: NOTHING,
    Event.DAYS_LEFT_OUT: Follows(
        over=(Over((Event.STAY_ENDED, Event.STAY_UNDONE), (Whose.FINANCE,)),),
        notices=(Notice("days_left_out", what_is_left_out),),
    ),
    Event.RECOVERY_ASKED: NOTHING,
    Event.RECOVERY_ANSWERED: _asks(
        ToDo(Whose.FINANCE, "{person} answered what was asked about the direct payment. Read it, and go on from there.")
    ),
    Event.RECOVERY_PROPOSED: Follows(
        over=(Over((Event.RECOVERY_ANSWERED,)),),
        tasks=(ToDo(Whose.APPROVER, "Look as a second person at what {person} would be asked to give back."),),
    ),
    Event.RECOVERY_WRITTEN: Follows(
        over=(Over((Event.RECOVERY_PROPOSED,)),),
        tasks=(
            ToDo(Whose.WORKER, "{person} is asked to give money back. Help them to read the letter and to answer."),
        ),
    ),
    Event.RECOVERY_CHALLENGED: _asks(
        ToDo(Whose.MANAGER, "{person} challenges that money is asked back. Answer with reasons.", days=28)
    ),
    Event.RECOVERY_CHALLENGE_ANSWERED: Follows(over=(Over((Event.RECOVERY_CHALLENGED,)),)),
    Event.RECOVERY_DECIDED: Follows(over=(Over((Event.RECOVERY_ANSWERED,)),)),
    Event.RECOVERY_GIVEN_BACK: NOTHING,
    Event.RECOVERY_SETTLED: Follows(
        over=(Over(RECOVERING, only=lambda line: nothing_is_asked(line.case, line.happened_on)),)
    ),
    Event.HELD: Follows(
        then=(review_after_hold,),
        over=(Over((Event.STAY,), (Whose.FINANCE,), only=steps.waits_while_away), WITH_WAITING),
        tasks=(
            ToDo(Whose.WORKER, "{person}’s payments wait. Make sure that support goes on.", days=2, only=steps.goes_on),
        ),
        notices=(Notice("payment_held", why_payments_wait),),
    ),
    Event.HOLD_LIFTED: Follows(
        over=(
            Over((Event.PAYMENT_RETURNED,), only=steps.looked_at),
            Over((Event.HELD,), only=steps.nothing_waits),
            Over((Event.STAY_ENDED, Event.STAY_UNDONE), only=steps.waits_no_more_while_away),
        ),
    ),
    Event.PAYMENT_SENT: NOTHING,  # of many at once: whoever sends ends its tasks, and the night tells people
    Event.PAYMENT_LATE: NOTHING,  # a task of the night, and no line of the story
    Event.PAYMENT_RETURNED: Follows(
        then=(hold_again, give_less_back),
        tasks=(
            ToDo(
                Whose.FINANCE,
                "{person}’s payment came back. Find out why, see to the bank details, and lift the hold.",
                days=1,
            ),
        ),
        notices=(Notice("payment_returned", amount_that_came_back),),
    ),
    Event.PAYMENT_FAILED: NOTHING,  # not for anything of the person's: it is due again, and told where it comes late
    Event.SHARE_RECEIVED: NOTHING,
    Event.WHO_PAYS: NOTHING,
    Event.FUNDER_ENDS: NOTHING,  # a task of the night, and no line of the story
    Event.DISPUTE_OPENED: NOTHING,  # the action itself asks for what is to do
    Event.DISPUTE_ENDED: Follows(
        over=(Over((Event.DISPUTE_OPENED,), (Whose.FINANCE,)),), notices=(Notice("who_pays_settled", from_worker),)
    ),
    Event.BILLS: NOTHING,  # whoever is asked to do something is asked by the action itself
    Event.SPENDING_ASKED: NOTHING,  # the same
    Event.SPENDING_ANSWERED: NOTHING,
    Event.ACCOUNT_CHECK: NOTHING,
    Event.ACCOUNT_ANSWERED: NOTHING,
    Event.FUND_STATEMENT: NOTHING,  # what is to be done about a fund is asked by night
    Event.MESSAGE_FAILED: NOTHING,
    Event.LETTER_TO_POST: NOTHING,
}
