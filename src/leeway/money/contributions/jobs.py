"""What is done about contributions every night."""

from django.urls import reverse

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.contributions import actions


@nightly("shares_fallen_due", title="Contributions and NHS shares falling due")
def shares_fallen_due(job: Job) -> Result:
    """Record what has fallen due from the NHS and from people, up to today."""
    return Result(f"Fallen due: {pounds(actions.let_fall_due(on=job.asked_on))}.")


@nightly("charges_about_to_change", title="Charges about to change")
def charges_about_to_change(job: Job) -> Result:
    """Ask finance, once a case, to work out anew what somebody pays, eight weeks before it changes."""
    asked = actions.ask_for_changes(on=job.asked_on)
    sentence = f"Charges that change within eight weeks, or should have: {asked.cases:,}."
    if asked.troubled:
        cases = ", ".join(str(case) for case in asked.troubled)
        sentence += f" It did not work in {len(asked.troubled):,}, whose records have a fault: cases {cases}."
    return Result(sentence, address=reverse("contributions:changes"), link="See whose charge changes")
