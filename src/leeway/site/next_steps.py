"""What comes next in a case, and who has it: the one table behind the case page, results and every list of work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from leeway.access.models import User
from leeway.access.table import may_reach
from leeway.care.assessment.access import can_check_means
from leeway.care.assessment.queries import draft_assessment
from leeway.care.people.access import can_work_on, is_the_person, lives
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.site.case_now import CaseNow
from leeway.site.helping import next_for_helper


@dataclass(frozen=True)
class NextStep:
    """One thing to do: a sentence for staff, one for the person, and the page where it is done.

    What `starts` something is done by the button itself, for those who may: no page only asks to press another.
    """

    staff: str
    person: str
    who: str
    page: str = ""
    button: str = ""
    person_button: str = ""
    starts: str = ""

    def address_for(self, case: Case, user: User) -> str:
        """Where this user does it; nothing where it is not theirs to do."""
        if not self.page or not may_reach(user, self.page):
            return ""
        return reverse(self.page, kwargs={"case_id": case.pk})

    def start_for(self, case: Case, user: User) -> str:
        """Where this user's press of the button starts it; nothing where there is nothing to start, or not by them."""
        if not self.starts or not lives(case.person) or not MAY_START[self.starts](user, case):
            return ""
        return reverse(self.starts, kwargs={"case_id": case.pk})


#: Who starts what, as its action says.
MAY_START: dict[str, Callable[[User, Case], bool]] = {
    "assessment:start": can_work_on,
    "assessment:money_start": can_check_means,
    "planning:start": can_work_on,
}


@dataclass(frozen=True)
class Onward:
    """What comes next in a case, for one reader: the sentence, who has it, and the button with where it leads.

    `starts` says that the button itself starts it.
    """

    sentence: str
    who: str
    button: str
    address: str
    starts: bool


def _sentence(step: NextStep, case: Case, user: User) -> str:
    """The step in words for this reader: staff, the person, or whoever helps them."""
    if user.is_staff_member:
        return step.staff
    return step.person if is_the_person(user, case) else next_for_helper(case)


def onward(case: Case, user: User, *, now: CaseNow | None = None) -> Onward:
    """What comes next in a case, as this reader's pages show it. `now` is where it stands, where that was read."""
    step = next_step(now or CaseNow(case, timezone.localdate(), seen_by=user))
    own = not user.is_staff_member
    start = step.start_for(case, user)
    reads = own or (step.starts and not start)
    return Onward(
        sentence=_sentence(step, case, user),
        who="" if own else step.who,
        button=step.person_button or step.button if reads else step.button,
        address=start or step.address_for(case, user),
        starts=bool(start),
    )


WORKER, MANAGER, FINANCE, PERSON = "the worker", "the team manager", "the finance team", "the person"


def next_step(now: CaseNow) -> NextStep:
    """What comes next in a case."""
    if now.case.person.date_of_death is not None and now.case.stage != Stage.CLOSED:
        return _after_death(now.case)
    return NEXT[Stage(now.case.stage)](now)


def _after_death(case: Case) -> NextStep:
    died = f"{case.person} died on {case.person.date_of_death:%-d %B %Y}."
    return NextStep(
        f"{died} Settle what is left with whoever settles it, then close the case.",
        f"{died} We are sorry. Whoever settles what is left can ask {case.worker or case.team} anything.",
        WORKER,
        "people:close",
        "Close the case",
    )


def _request(now: CaseNow) -> NextStep:
    if now.case.worker_id is None:
        return NextStep(
            "Give the case to a worker.",
            "We have your request. A worker will be in touch.",
            MANAGER,
            "people:give",
            "Choose a worker",
        )
    return NextStep(
        "Start the assessment with the person.",
        f"{now.case.worker} will arrange to talk with you about what matters to you.",
        WORKER,
        "assessment:overview",
        "Start the assessment",
        "Read about the assessment",
        starts="assessment:start",
    )


def _assessment(now: CaseNow) -> NextStep:
    own = "Tell us in your own words what matters to you. Your worker will finish the assessment with you."
    if draft_assessment(now.case) is None:
        return NextStep(
            "Start the assessment.",
            own,
            WORKER,
            "assessment:overview",
            "Start the assessment",
            "Read about the assessment",
            starts="assessment:start",
        )
    return NextStep("Finish the assessment.", own, WORKER, "assessment:overview", "Carry on with the assessment")


def _planning(now: CaseNow) -> NextStep:
    if now.money_lacks:
        begun = now.case.financial_assessments.exists()
        return NextStep(
            now.money_lacks if begun else "Find out what the person can afford (money check).",
            "We need to know about your income and savings, to work out what you pay.",
            f"{WORKER} or {FINANCE}",
            "assessment:money",
            "Go to the money check" if begun else "Start the money check",
            "Go to the money check",
            starts="" if begun else "assessment:money_start",
        )
    person = "Plan your support with your worker, and choose how your budget is held."
    if now.open_plan is None or now.found is None:
        return NextStep(
            "Start the support plan.",
            person,
            WORKER,
            "planning:overview",
            "Start the plan",
            "Read about the plan",
            starts="planning:start",
        )
    if now.found.choice is None:
        sentence = "Work on the plan, explain the four ways to hold the budget, and record the decision."
        return NextStep(sentence, person, WORKER, "planning:overview", "Open the plan")
    if now.sent_back is not None:
        not_agreed = now.sent_back == Event.DISAGREED
        what = "was not agreed. Talk about what is wrong" if not_agreed else "was returned. Read why"
        return NextStep(
            f"The plan {what}, change it, and send it for sign-off again.",
            "Something in the plan was not right. Your worker talks with you about it, and you plan again together.",
            WORKER,
            "planning:overview",
            "Open the plan",
        )
    if now.may_go_to_sign_off:
        return NextStep("Check the plan and send it for sign-off.", person, WORKER, "planning:submit", "Check and send")
    return NextStep("Finish the support plan.", person, WORKER, "planning:overview", "Open the plan")


def _sign_off(now: CaseNow) -> NextStep:
    if now.open_plan is not None and now.found is not None and now.found.to_answer:
        return NextStep(
            "A manager looks at whether a direct payment really is too risky, before the budget is signed off.",
            "A manager looks at whether a direct payment could be made safe enough for you.",
            MANAGER,
            "planning:challenge",
            "Say what you find",
        )
    return NextStep(
        "A manager signs off the budget, or sends the plan back with reasons.",
        "Your plan is with a manager, who agrees the budget.",
        MANAGER,
        "planning:sign_off",
        "Look at the plan",
    )


def _agreement(now: CaseNow) -> NextStep:
    return NextStep(
        "The person reads the plan and the budget, and agrees or says what is wrong.",
        "Read your plan and your budget. Agree, or tell us what is wrong.",
        PERSON,
        "planning:agree",
        "Record the agreement",
        "Read and agree",
    )


def _arranging(now: CaseNow) -> NextStep:
    return NextStep(
        "Enter and approve bank details where needed, and start the budget.",
        "We are setting up the money.",
        FINANCE,
        "budgets:start",
        "Set up the money",
    )


def _active(now: CaseNow) -> NextStep:
    review = now.review_ahead
    if review is None:
        return NextStep("Support is in place.", "Your support is in place.", WORKER)
    due = f"{review.due_on:%-d %B %Y}"
    late = " It is overdue." if review.due_on < now.on else ""
    return NextStep(
        f"The next review is due on {due}.{late}",
        f"Your next review is due by {due}. You can ask for one sooner.",
        WORKER,
        "review:show",
        "Go to the review",
        person_button="See the reviews",
    )


def _review(now: CaseNow) -> NextStep:
    return NextStep(
        "Finish the review with the person.",
        "Tell us how your support is working.",
        WORKER,
        "review:show",
        "Carry on with the review",
    )


def _closed(now: CaseNow) -> NextStep:
    again = "" if now.case.person.date_of_death is not None else " If help is needed again, it can be opened again."
    return NextStep(f"The case is closed.{again}", "This is closed. You can ask for help again at any time.", "")


NEXT = {
    Stage.REQUEST: _request,
    Stage.ASSESSMENT: _assessment,
    Stage.PLANNING: _planning,
    Stage.SIGN_OFF: _sign_off,
    Stage.AGREEMENT: _agreement,
    Stage.ARRANGING: _arranging,
    Stage.ACTIVE: _active,
    Stage.REVIEW: _review,
    Stage.CLOSED: _closed,
}
assert set(NEXT) == set(Stage)

#: The same in short, for lists: what is to be done at each stage.
IN_SHORT = {
    Stage.REQUEST: "Start the assessment",
    Stage.ASSESSMENT: "Finish the assessment",
    Stage.PLANNING: "Check the money, write the plan, record the choice",
    Stage.SIGN_OFF: "A manager decides the budget",
    Stage.AGREEMENT: "The person agrees, or says what is wrong",
    Stage.ARRANGING: "Finance sets up the money",
    Stage.ACTIVE: "Support is in place",
    Stage.REVIEW: "Finish the review",
    Stage.CLOSED: "Closed",
}
assert set(IN_SHORT) == set(Stage)


#: What is to be done with a plan that came back.
AGAIN_IN_SHORT = {
    Event.DISAGREED: "Not agreed: change the plan with the person, and send it again",
    Event.PLAN_RETURNED: "Sent back: change the plan, and send it again",
}


def next_in_short(case: Case, review_due_on: date | None, on: date, *, sent_back: Event | None = None) -> str:
    """What comes next in a case on a day, in a few words. `sent_back`: how its plan came to be written again."""
    if case.closed_on is not None:
        return f"Closed on {case.closed_on:%-d %B %Y}"
    if case.person.date_of_death is not None:
        return "Settle what is left, then close"
    if case.stage == Stage.REQUEST and case.worker_id is None:
        return "Give it to a worker"
    if case.stage == Stage.ACTIVE and review_due_on is not None:
        return f"Review {'late: due ' if review_due_on < on else ''}by {review_due_on:%-d %B %Y}"
    if case.stage == Stage.PLANNING and sent_back is not None:
        return AGAIN_IN_SHORT[sent_back]
    return IN_SHORT[Stage(case.stage)]
