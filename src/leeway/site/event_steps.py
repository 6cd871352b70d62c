"""What the table of events asks of a line of the story, and does after it: one small question or step each."""

from django.db.models import Q, QuerySet

from leeway.care.circumstances.queries import detained_in, stay_on
from leeway.care.people.actions import finish_message_tasks, open_tasks_again
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Relationship, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.actions import end_plan, set_aside
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.models import LineChange
from leeway.care.planning.queries import has_direct_payment, offers_and_choice, open_plan, plan_in_force
from leeway.law.direct_payment_codes import DETAINED_IN, PERHAPS_DETAINED_IN
from leeway.messages.queries import in_need_of_somebody
from leeway.messages.states import State
from leeway.money.budgets.actions import go_on_after, wait_after
from leeway.money.budgets.models import WHILE_AWAY, Hold, HoldKind
from leeway.money.disputes.actions import ask_what_took_its_place
from leeway.money.funders import actions as funders
from leeway.money.payees.models import Holder
from leeway.money.payees.states import State as PayeeState


def said_by_another(line: StoryLine) -> bool:
    """Whether somebody else than the case's worker said it, so that the worker, or else the manager, learns of it."""
    return line.by_id != line.case.worker_id


def is_asked_again(line: StoryLine) -> bool:
    """Whether this is another request, told in a case whose worker did not take it down."""
    return line.case.worker_id is not None and said_by_another(line)


def no_correction_waits(line: StoryLine) -> bool:
    return not line.case.corrections.filter(settled_on=None).exists()


def goes_on(line: StoryLine) -> bool:
    """Whether the person lives and support goes on, so that payments that wait leave a gap to fill."""
    return line.case.person.date_of_death is None and line.case.stage != Stage.CLOSED


def has_running_budget(line: StoryLine) -> bool:
    """Whether a budget runs, or was to run on after that day."""
    return line.case.budgets.filter(Q(ending=None) | Q(ending__ends_on__gt=line.happened_on)).exists()


def every_budget_has_its_end(line: StoryLine) -> bool:
    return not line.case.budgets.filter(ending=None).exists()


def money_is_over(line: StoryLine) -> bool:
    """Whether no budget runs any more, and none is about to take its place."""
    return line.case.stage != Stage.ARRANGING and not has_running_budget(line)


def waits_while_away(line: StoryLine) -> bool:
    """Whether payments wait because the person is somewhere else for a time."""
    return Hold.objects.filter(budget__case=line.case_id, kind__in=WHILE_AWAY, lifted_on=None).exists()


def nothing_waits(line: StoryLine) -> bool:
    return not Hold.objects.filter(budget__case=line.case_id, lifted_on=None).exists()


def waits_no_more_while_away(line: StoryLine) -> bool:
    """Whether payments that waited because the person was away were just let go."""
    lifted = Hold.objects.filter(budget__case=line.case_id, kind__in=WHILE_AWAY, lifted_on=line.happened_on)
    return lifted.exists() and not waits_while_away(line)


def no_line_is_to_end(line: StoryLine) -> bool:
    """Whether the budget goes on without all that ends or stops by itself."""
    waiting = LineChange.objects.filter(line__plan__case=line.case_id, carried_out_on=None, taken_back_on=None)
    return not waiting.exclude(kind=LineChangeKind.RESUMES).exists()


def looked_at(line: StoryLine) -> bool:
    """Whether finance has looked at what came back: no hold for it is left."""
    left = Hold.objects.filter(budget__case=line.case_id, kind=HoldKind.RETURNED, lifted_on=None)
    return not left.exists()


def is_offered_again(line: StoryLine) -> bool:
    """Whether a manager, asked if a direct payment is too risky, wants it offered again."""
    plan = open_plan(line.case)
    return plan is not None and offers_and_choice(plan).to_offer_again


def is_at_home(line: StoryLine) -> bool:
    return stay_on(line.case.person, line.happened_on) is None


def is_barred(line: StoryLine) -> bool:
    """Whether the person is where nobody has a direct payment, and has one or is about to."""
    return detained_in(line.case.person, line.happened_on) in DETAINED_IN and has_direct_payment(line.case)


def is_perhaps_barred(line: StoryLine) -> bool:
    """Whether nobody knows if the person was convicted, and they have a direct payment or are about to."""
    return detained_in(line.case.person, line.happened_on) in PERHAPS_DETAINED_IN and has_direct_payment(line.case)


def nothing_is_paid_direct(line: StoryLine) -> bool:
    return not has_direct_payment(line.case)


def settling(line: StoryLine) -> QuerySet[Relationship]:
    return line.case.person.relationships.filter(authority=Authority.REPRESENTATIVE)


def somebody_settles(line: StoryLine) -> bool:
    return settling(line).exclude(ends_on__lt=line.happened_on).exists()


def nobody_settles(line: StoryLine) -> bool:
    return not somebody_settles(line)


def settles_no_more(line: StoryLine) -> bool:
    """Whether whoever settled what the person left does so no longer."""
    died = line.case.person.date_of_death is not None
    return died and line.case.stage != Stage.CLOSED and settling(line).exists() and nobody_settles(line)


def everybody_else_was_reached(line: StoryLine) -> bool:
    """Whether no message failed but those to the person."""
    failed = in_need_of_somebody([line.case_id]).filter(state=State.FAILED)
    return not failed.exclude(recipient_id=line.case.person_id).exists()


def wait_after_death(line: StoryLine) -> None:
    reason = f"{line.sentence} Nothing more falls due after that day."
    wait_after(case=line.case, kind=HoldKind.DEATH, reason=reason, by=line.by, on=line.happened_on)


def go_on_after_death(line: StoryLine) -> None:
    go_on_after(case=line.case, kind=HoldKind.DEATH, by=line.by, on=line.happened_on)


def wait_after_ending(line: StoryLine) -> None:
    wait_after(case=line.case, kind=HoldKind.ENDED, reason=line.sentence, by=line.by, on=line.happened_on)


def take_over_who_pays(line: StoryLine) -> None:
    funders.take_over_who_pays(case=line.case, by=line.by, on=line.happened_on)


def ask_about_disputes(line: StoryLine) -> None:
    ask_what_took_its_place(case=line.case, on=line.happened_on)


def end_the_plan(line: StoryLine) -> None:
    plan = plan_in_force(line.case)
    if plan is not None:
        end_plan(plan=plan, by=line.by, on=line.happened_on)


def set_the_draft_aside(line: StoryLine) -> None:
    plan = open_plan(line.case)
    if plan is not None:
        set_aside(plan=plan, why="needs are not eligible.", by=line.by, on=line.happened_on)


def no_letter_left(line: StoryLine) -> None:
    """Letters to the person were stopped: nobody is asked to post them."""
    finish_message_tasks(case=line.case, by=line.by, on=line.happened_on)


def take_up_again(line: StoryLine) -> None:
    """What the death had ended is to be done after all, where nothing else has ended it since."""
    open_tasks_again(case=line.case, ended_by=Event.DIED)


def holds_no_longer(line: StoryLine) -> bool:
    """Whether the bank details in use are of somebody who may hold the money no longer, or not for long."""
    in_use = line.case.payee_accounts.filter(state=PayeeState.APPROVED)
    return in_use.filter(relationship__ends_on__isnull=False).exists()


def somebody_may_hold_it(line: StoryLine) -> bool:
    return not holds_no_longer(line)


def representative_holds(line: StoryLine) -> bool:
    """Whether bank details stand that were meant for after the death."""
    stand = line.case.payee_accounts.filter(state__in=[PayeeState.APPROVED, PayeeState.ENTERED])
    return stand.filter(holder=Holder.REPRESENTATIVE).exists()
