"""Something in Ada's account that was asked about, asked back, and challenged: nothing goes on until it is answered."""

from datetime import date, timedelta

from django.db import connection

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.money.recovery import actions, queries
from leeway.money.spending.queries import PAGE, entries, get_account
from leeway.site.demo.playing import Staff

PAYEE = "FAIRBOURNE COLLEGE"
ASKED, ANSWERED, PROPOSED, WRITTEN, CHALLENGED = (timedelta(days=days) for days in (16, 14, 12, 11, 3))
WHY = "Lunch at college is not in the plan. We would like to know how it helps with what was agreed."
SAYS = "Jo comes with me to college and helps me to eat. I pay her lunch, as she cannot go home for it."
TALKED = "I rang her. She says the same, and that nobody had told her that it was not meant."
PROPOSAL = "The plan pays for the assistant’s time, and not for what she eats."
AGAINST = "If I do not pay her lunch she cannot come with me, and then I cannot go to college. That is in my plan."


def challenge(staff: Staff, manager: User, person: User, today: date) -> None:
    """Have one payment be asked about and asked back, and Ada challenge that."""
    case = Case.objects.filter(person__user=person).earliest("opened_on")
    get_account(case.pk, seen_by=staff.finance)
    _looked_in_time(case)
    line = next((each.line for each in entries(case, today - timedelta(30), today) if each.payee == PAYEE), None)
    if line is None:
        return
    item = actions.ask_about(
        case=case, line=line, because="not_for_needs", pence=-line.amount_pence, what="Lunch for an assistant",
        day=None, reason=WHY, by=staff.finance, on=today - ASKED,
    )  # fmt: skip
    actions.answer(item=item, words=SAYS, by=person, on=today - ANSWERED)
    talked_on, found = today - PROPOSED, item.recovery
    actions.talk(recovery=found, reached=True, happened_on=talked_on, words=TALKED, by=staff.finance, on=talked_on)
    now = queries.standing(found, talked_on)
    if not queries.weigh(now).result["back_pence"]:
        return
    actions.propose(recovery=found, words=PROPOSAL, seen=now.seen, by=staff.finance, on=talked_on)
    written_on = today - WRITTEN
    seen = queries.standing(found, written_on).seen
    actions.approve(recovery=found, seen=seen, by=manager, on=written_on)
    actions.challenge(recovery=found, words=AGAINST, by=person, on=today - CHALLENGED)


#: A look is noted with the moment it happens, which of a made-up council is today for all of them.
LOOKED = """
    INSERT INTO access_look (id, viewer_id, viewer_name, person_id, people_count, page, own, reason, at)
    SELECT gen_random_uuid(), look.viewer_id, look.viewer_name, look.person_id, 1, look.page, look.own, look.reason,
           statement.kept_on + INTERVAL '3 days 10 hours'
      FROM access_look AS look, statements_statement AS statement
      JOIN statements_bankaccount AS account ON account.id = statement.account_id
     WHERE account.case_id = %s AND look.person_id = %s AND look.page = %s
       AND statement.kept_on + INTERVAL '3 days' < CURRENT_DATE
"""


def _looked_in_time(case: Case) -> None:
    """Have somebody of finance have looked at each statement within days, so that nothing waited for the council."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, [case.pk, case.person_id, PAGE])
