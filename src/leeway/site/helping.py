"""What comes next, as whoever helps somebody reads it: they are not the person, who reads the same as “you”."""

from leeway.care.people.models import Case
from leeway.care.people.states import Stage

#: What comes next at each stage, of whom they help.
FOR_HELPERS = {
    Stage.REQUEST: "We have the request. A worker will be in touch with {name}.",
    Stage.ASSESSMENT: "The worker finds out with {name} what matters and what help is needed.",
    Stage.PLANNING: "{name} plans the support with the worker, and chooses how the budget is held. You can write too.",
    Stage.SIGN_OFF: "The plan is with a manager, who decides the budget.",
    Stage.AGREEMENT: "{name} reads the plan and the budget, and says whether they are right.",
    Stage.ARRANGING: "We are setting up the money.",
    Stage.ACTIVE: "{name}’s support is in place. You can ask for a review sooner than planned.",
    Stage.REVIEW: "{name} and the worker look at how the support is going.",
    Stage.CLOSED: "This is closed. {name} can ask for help again at any time.",
}
assert set(FOR_HELPERS) == set(Stage)


def next_for_helper(case: Case) -> str:
    """What comes next, for whoever helps the person of a case."""
    if case.person.date_of_death is not None:
        return "Whoever settles what is left can ask the worker anything. We are sorry."
    return FOR_HELPERS[Stage(case.stage)].format(name=case.person.called)
