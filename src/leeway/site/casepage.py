"""The case page: where things stand, what comes next, who has it, and the whole story so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.models import User
from leeway.access.table import may_reach
from leeway.care.asking.queries import askings_of
from leeway.care.circumstances.queries import beyond_direct_payment, stay_on
from leeway.care.corrections.queries import statements_about
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import that_stand
from leeway.care.letters.queries import new_letters
from leeway.care.people import queries as people
from leeway.care.people.access import can_work_on, is_the_person
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.models import PlanState
from leeway.care.planning.queries import (
    charges_of,
    past_plans,
    pays_directly,
    pays_on,
)
from leeway.care.review.models import Review
from leeway.care.review.queries import past_reviews
from leeway.money.payments.money_now import money_now
from leeway.site.case_now import CaseNow
from leeway.site.easy import in_easy_words, wants_easy_words
from leeway.site.next_steps import onward
from leeway.site.pictures import pictures

STORY_LINES_SHOWN = 8
GOES_ON, ENDED = "Goes on", "Ended"


@dataclass(frozen=True)
class Part:
    """One part of the journey with its page and how far it has come."""

    name: str
    page: str
    status: str
    done: bool


def show(request: SignedIn, case_id):
    """One case, at a glance."""
    case = people.get_case(case_id, seen_by=request.user, page="Case")
    prefetch_related_objects([case], "person__stays", "financial_assessments")  # several ask for them
    today = timezone.localdate()
    care_too = people.reads_care(case, seen_by=request.user)
    stand = that_stand(case)
    standing = {decision.kind: decision for decision in reversed(stand)}
    story = list(people.story(case, care_too=care_too).exclude(kind=Event.PAYMENT_SENT))  # they stand with the budget
    now = CaseNow(case, today, seen_by=request.user, story=story)
    budget = standing.get(DecisionKind.FINAL_BUDGET)
    decided = now.plan_of(budget) if budget else None  # the plan of the budget that is shown
    charges = charges_of(decided) if decided else []
    over = decided is not None and decided.state == PlanState.ENDED
    stay = stay_on(case.person, today)
    own_view = not request.user.is_staff_member
    you = is_the_person(request.user, case)
    journey = parts(now, standing, care_too)
    context = {
        "pictures": pictures(
            case, None if over else budget, charges, None, today, you=you, ahead=now.review_ahead, story=story
        )
        if own_view
        else None,
        "you": you,
        "easy": _in_easy_words(case, request.user, today, stand, charges, pays=_goes_on(journey)) if you else [],
        "case": case,
        "person": case.person,
        "age": case.person.birth.age(case.person.date_of_death or today) if case.person.birth else None,
        "died_on": case.person.date_of_death,
        "stay": stay,
        "beyond": beyond_direct_payment(case.person, today) if stay and pays_directly(case) else "",
        "care_too": care_too,
        "own_view": own_view,
        "next": onward(case, request.user, now=now),
        "askings": askings_of(case) if may_reach(request.user, "asking:show") and _asked_again(story) else [],
        "parts": [part for part in journey if may_reach(request.user, part.page)],
        "links": links(case, request.user, story),
        "closed": case.stage == Stage.CLOSED,
        "budget": budget,
        "over": over,
        "charges": charges,
        "pays_pence": pays_on(charges, today) if decided else None,
        "indicative": standing.get(DecisionKind.INDICATIVE_BUDGET),
        "choice": now.choice,
        "people": people.people_around(case.person, today),
        "statements": statements_about(case.person) if care_too and _is_disputed(story) else [],
        "story": story[:STORY_LINES_SHOWN],
        "older_story": story[STORY_LINES_SHOWN:],
    }
    return render(request, "site/case.jinja", context)


def _in_easy_words(
    case: Case, user: User, on: date, stand: Sequence[Decision], charges: Sequence[Decision], *, pays: bool
) -> list[str]:
    """Where things stand in easy words, as on the front page, for a person who asked for them."""
    if not wants_easy_words(user) or case.person.date_of_death is not None:
        return []
    budget = next((each for each in stand if each.kind == DecisionKind.FINAL_BUDGET), None)
    return in_easy_words(
        case,
        budget_pence=budget.result["pence_per_week"] if budget else None,
        pays_pence=pays_on(charges, on) if budget else None,
        money=money_now(case, on) if pays else None,
        letters=len(new_letters(case, on, stand=stand)),
    )


def _goes_on(journey: Sequence[Part]) -> bool:
    """Whether a budget goes on, by the parts of the journey."""
    return any(part.page == "budgets:show" and part.status == GOES_ON for part in journey)


def _is_disputed(story: list[StoryLine]) -> bool:
    """Whether the story tells of something that was not corrected, so that what was said of it stands here."""
    return any(line.kind == Event.CORRECTION_DISPUTED for line in story)


def _asked_again(story: list[StoryLine]) -> bool:
    """Whether the story tells of more than the request that a worker took down, as where one came from outside."""
    return sum(line.kind == Event.REQUEST for line in story) > 1


def parts(now: CaseNow, standing: dict[str, Decision], care_too: bool) -> list[Part]:
    """The parts of the journey in order, each with how far it has come."""
    case, plan, in_force = now.case, now.plan, now.plan_in_force
    if case.stage == Stage.CLOSED:
        return _parts_of_closed(case, standing, care_too)
    reached = list(Stage).index(Stage(case.stage))

    def at_least(stage: Stage) -> bool:
        return reached >= list(Stage).index(stage)

    def status(done: bool, started: bool) -> str:
        return "Done" if done else ("Under way" if started else "Not started")

    assessed = DecisionKind.ELIGIBILITY in standing and case.stage not in {Stage.REQUEST, Stage.ASSESSMENT}
    charged = at_least(Stage.PLANNING) and not now.money_lacks
    checked = "Counts until a new one is made" if in_force and not charged and DecisionKind.CHARGE in standing else ""
    planned = bool(plan) and plan.state != "draft"
    written = "" if in_force is None else "In force" if plan == in_force else "One in force, a new one under way"
    if case.person.date_of_death is not None and in_force:
        written = ENDED
    budgeted = at_least(Stage.ACTIVE) and DecisionKind.FINAL_BUDGET in standing
    last_days = list(case.budgets.values_list("ending__ends_on", flat=True))
    goes_on = any(last is None or last >= now.on for last in last_days)  # while another plan is made too
    money = GOES_ON if goes_on else ENDED if last_days and budgeted else status(budgeted, at_least(Stage.ARRANGING))
    return [
        Part(
            "Assessment and eligibility", "assessment:overview", status(assessed, at_least(Stage.ASSESSMENT)), assessed
        ),
        Part(
            "Money check",
            "assessment:money",
            checked or status(charged, at_least(Stage.PLANNING)),
            charged or bool(checked),
        ),
        Part(
            "Support plan and choice",
            "planning:overview",
            written or status(planned, bool(plan)),
            planned or bool(in_force),
        ),
        Part("Budget and payments", "budgets:show", money, budgeted or goes_on),
        reviews_part(case, status, now.review_ahead),
        letters_part(standing),
        files_part(case, care_too),
    ]


def _parts_of_closed(case: Case, standing: dict[str, Decision], care_too: bool) -> list[Part]:
    """How far each part had come when the case was closed, from what is on record."""
    was = {
        "assessment:overview": ("Assessment and eligibility", DecisionKind.ELIGIBILITY in standing, "Done"),
        "assessment:money": ("Money check", DecisionKind.CHARGE in standing, "Done"),
        "planning:overview": ("Support plan and choice", past_plans(case).exists(), ENDED),
        "budgets:show": ("Budget and payments", case.budgets.exists(), ENDED),
        "review:show": ("Reviews", past_reviews(case).exists(), "Done"),
    }
    journey = [Part(name, page, said if done else "There was none", done) for page, (name, done, said) in was.items()]
    return [*journey, letters_part(standing), files_part(case, care_too)]


def letters_part(standing: dict[str, Decision]) -> Part:
    """The decisions, each with its letter."""
    count = f"{len(standing)} decision{'' if len(standing) == 1 else 's'}"
    return Part("Letters", "letters:list", count if standing else "None yet", bool(standing))


def files_part(case: Case, care_too: bool) -> Part:
    """What is kept for the case: receipts, letters, photographs."""
    kept = people.files(case, care_too=care_too).count()
    return Part("Files", "people:files", f"{kept} kept" if kept else "None yet", bool(kept))


def reviews_part(case: Case, status: Callable[[bool, bool], str], ahead: Review | None) -> Part:
    """The reviews: under way, due by a day, or none ahead."""
    if case.person.date_of_death is not None:
        return Part("Reviews", "review:show", "None ahead", False)
    held = past_reviews(case).first() if ahead is None else None
    if held is not None:
        return Part("Reviews", "review:show", f"Last held on {held.held_on:%-d %B %Y}", True)
    if case.stage == Stage.REVIEW or ahead is None:
        return Part("Reviews", "review:show", status(False, case.stage == Stage.REVIEW), False)
    return Part("Reviews", "review:show", f"Due by {ahead.due_on:%-d %B %Y}", True)


def links(case: Case, user: User, story: list[StoryLine]) -> list[dict[str, str]]:
    """The other pages of the case that this user may reach and has a use for now, with their words."""
    had_money, paid_directly = (
        any(line.kind == kind for line in story) for kind in (Event.BUDGET_STARTED, Event.DIRECT_PAYMENT_DECIDED)
    )
    person, works, own = case.person, can_work_on(user, case), not user.is_staff_member
    died = person.date_of_death is not None
    goes_on = case.stage != Stage.CLOSED and not died
    may_close = case.stage not in {Stage.CLOSED, Stage.ARRANGING, Stage.ACTIVE, Stage.REVIEW}
    pages = [
        ("people:messages", "Messages from us" if own else "Messages sent", True),
        ("people:relationships", "People and what they may do", True),
        ("people:capacity", "Capacity, decision by decision", True),
        ("people:details", "Personal details", works),
        (
            "corrections:show",
            "See and correct your details" if is_the_person(user, case) else "Details on record, and corrections",
            not died,
        ),
        ("employing:show", "Being an employer" if own else f"{person} as an employer", had_money and (own or works)),
        ("people:give", "Who has the case", works and goes_on),
        ("people:invite_person", f"Invite {person} to sign in", works and goes_on and person.user_id is None),
        ("people:close", "Close the case", works and (may_close or (died and case.stage != Stage.CLOSED))),
        ("people:reopen", "Open the case again", works and case.stage == Stage.CLOSED and not died),
        ("circumstances:stays", "Hospital, care home or prison", True),
        ("circumstances:earlier_support", "Support before the budget", True),
        ("circumstances:death", "About the death" if died else "Record a death", works),
        ("bills:account", "Bills, and what was paid", had_money),
        ("spending:show", "What the direct payment was spent on", had_money and paid_directly),
        ("recovery:own", "What we asked about the direct payment", had_money and paid_directly),
        ("monitoring:show", "Checks of the direct payment", had_money and paid_directly),
        ("people:leave_given", "Who may see this record", own),
        ("people:looks", "Who has looked at this record", True),
        ("review:ask", "Ask for a review", case.stage == Stage.ACTIVE and not died),
    ]
    return [
        {"text": words, "href": reverse(page, args=[case.person_id if page == "people:looks" else case.pk])}
        for page, words, of_use in pages
        if of_use and may_reach(user, page)
    ]
