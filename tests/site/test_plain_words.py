"""What the person reads, and whoever helps them: no office words, and each is spoken to as who they are.

Every page that is made from a record is opened in every story, as the person and as somebody who helps them.
"""

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.access.table import may_reach
from leeway.care.people.models import Case, Relationship
from tests.site.test_doors import LEAD_TO_PEOPLE, filled, record_of

pytestmark = pytest.mark.django_db
STORIES = ["Ada", "Edith", "Kofi", "Pat", "Rani", "Harold", "Joan", "Iris", "Liam", "Marcia", "Graham", "Doreen"]
#: Words of the office, of which nobody outside it knows what they mean. “The person” is “you”, or has a name.
OFFICE = re.compile(
    r"\b[Tt]he person\b(?! (?:they|you|who|whom)\b)|\bCommitted\b|\bBudget \d|\b[Ss]ign-off\b|\b[Ss]igned off\b"
    r"|\b[Cc]aseloads?\b|\b[Pp]ayees?\b|\b[Ii]nstal?lments?\b|\b[Ll]edger\b|\b[Rr]econcil\w+|\b[Ss]uperseded?\b"
    r"|\bstage\b|\bAdult who draws on support\b|\b[Tt]he case(?:’s)?\b|\b[Ss]ervice user\b|\b[Cc]lient\b"
    r"|^(?:None|True|False|null)$|\b\w+_\w+\b"
)
#: How the person is spoken to, and never whoever helps them.
TO_THE_PERSON = re.compile(
    r"\b[Yy]our (?:journey|request|(?:personal )?budget|support|plan|needs|payments?|reviews?|next review|life|details"
    r"|account|care|money|aims|charge)\b|\b[Yy]ou (?:pay|agree|agreed|chose|told us|asked for help|said what)\b"
)
#: Letters, statements, and messages that were sent, are shown to a helper as the person has them.
AS_SENT = ("letters:", "bills:statement", "people:message", "outbox:")
#: A question of the council's table is shown as it was asked of the person.
ASKED = re.compile(r"^How much support do you need\b.*")


def words_of(page: str) -> str:
    """What a page says of its own, line by line: not what people wrote, which stands as they wrote it."""
    main = re.search(r"<main.*?</main>", page, re.S)
    said = re.sub(
        r"<blockquote.*?</blockquote>|<(script|style|textarea)\b.*?</\1>", "", main[0] if main else "", flags=re.S
    )
    said = re.sub(r"</(?:p|li|h\d|t[hdr]|d[td]|div|label|legend|summary|caption|option|desc|title)>", "\n", said)
    return html.unescape(re.sub(r"<[^>]+>", " ", said))


def quoted(line: str) -> str:
    """A line without what stands in it as somebody's words."""
    return re.sub(ASKED, "", re.sub(r"“[^”]*”", "", " ".join(line.split())))


@pytest.fixture
def readers(case_of, request):
    """The case of a story, its person as one who signs in, and somebody who helps them."""
    case = case_of(request.param)
    person = case.person
    if person.user_id is None:
        person.user = User.objects.create_user("own@home.example", name=str(person), roles=[Role.PERSON])
        person.save(update_fields=["user"])
    helper = User.objects.create_user("hal@home.example", name="Hal Ward", roles=[Role.PERSON])
    Relationship.objects.create(
        person=person, name="Hal Ward", kind="friend", starts_on=timezone.localdate(), may_see_record=True, user=helper
    )
    return case, person.user, helper


def pages(case: Case, user: User):
    """Every page made from the record that this reader may open, with its words."""
    client, record = Client(), record_of(case)
    client.force_login(user)
    mine = [(name, filled(route, record)) for name, route in LEAD_TO_PEOPLE if may_reach(user, name)]
    for name, address in [("home", "/home/"), *mine]:
        answer = client.get(address)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            yield name, words_of(answer.content.decode())


def found_in(shown, pattern):
    return sorted(
        {
            (name, re.search(pattern, quoted(line))[0], " ".join(line.split())[:160])
            for name, words in shown
            for line in words.splitlines()
            if re.search(pattern, quoted(line))
        }
    )


@pytest.mark.parametrize("readers", STORIES, indirect=True)
def test_the_person_and_whoever_helps_are_spoken_to_as_who_they_are_and_not_as_the_office_speaks(readers):
    case, person, helper = readers
    own, to_helper = list(pages(case, person)), list(pages(case, helper))
    assert len({name for name, _ in own}) > 12, "the pages were found"
    assert found_in(own, OFFICE) == []
    assert found_in(to_helper, OFFICE) == []
    written_to_helper = [(name, words) for name, words in to_helper if not name.startswith(AS_SENT)]
    assert found_in(written_to_helper, TO_THE_PERSON) == []
    assert any(case.person.called in words for name, words in written_to_helper if name == "home")
    assert found_in(own, TO_THE_PERSON), "the person is"
