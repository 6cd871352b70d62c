"""Where analysts and commissioners begin."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.access.table import may_reach

ROOMS = [
    {
        "name": "insight:explore",
        "title": "The published returns",
        "words": "Take-up, outcomes and spending of every council in England since 2000-01: over time, on the map, in "
        "order, and beyond what chance explains.",
    },
    {
        "name": "insight:own",
        "title": "Our own records",
        "words": "Take-up, who holds what, two tiers, old care under new labels, cost and waiting, from the council’s "
        "own cases.",
    },
    {
        "name": "insight:targets",
        "title": "Targets",
        "words": "What was to be reached and by when, the pace it takes, and the chance of getting there.",
    },
    {
        "name": "insight:question",
        "title": "What does a direct payment go with?",
        "words": "Council spending beside the number of direct payments, 2000-01 to 2012-13, asked in every defensible "
        "way at once.",
    },
    {
        "name": "insight:money",
        "title": "Whom the spending was for",
        "words": "Shares, growth and rank by client group, for England and every council, from the published returns.",
    },
    {
        "name": "insight:programmes",
        "title": "Programmes",
        "words": "What Putting People First and other programmes gave, beside the take-up that they were to bring.",
    },
    {
        "name": "insight:changes",
        "title": "What changed budgets, and why",
        "words": "Each change of a person’s budget in the last four quarters: need, price, policy, charge, other "
        "payers.",
    },
    {
        "name": "themes:home",
        "title": "How budgets are managed",
        "words": "Eight themes after the Audit Commission, each beside the council’s own figures, and a risk register.",
    },
    {
        "name": "insight:publish",
        "title": "Publish the local account",
        "words": "The council’s own figures for everyone, small numbers hidden, with open data.",
    },
    {
        "name": "insight:account",
        "title": "The local account",
        "words": "What everyone can read of it.",
    },
    {
        "name": "insight:waves",
        "title": "Surveys",
        "words": "Ask practitioners, or people who draw on support, and see what their answers can and cannot say.",
    },
]


@require_safe
def home(request: SignedIn):
    """The parts of insight that this user may enter."""
    mine = [room for room in ROOMS if may_reach(request.user, room["name"])]
    return render(request, "insight/home.jinja", {"rooms": mine})
