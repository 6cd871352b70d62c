"""What is done about disputes every night."""

from django.urls import reverse

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.disputes import actions


@nightly("disputes_recharged", title="Recharges after disputes over who pays")
def disputes_recharged(job: Job) -> Result:
    """Recharge months that are over, of what was paid otherwise than a dispute ended."""
    done = actions.recharge_what_is_over(on=job.asked_on)
    sentence = f"Recharged to the NHS: {pounds(done.nhs_pence)}."
    if done.troubled:
        sentence += f" It did not work in {len(done.troubled):,}: cases {', '.join(map(str, done.troubled))}."
    return Result(sentence, address=reverse("disputes:home"), link="See the disputes")


@nightly("disputes_overdue", title="Disputes over who pays whose next step is overdue")
def disputes_overdue(job: Job) -> Result:
    """Ask finance to take disputes further that have waited too long."""
    late = actions.ask_for_steps(on=job.asked_on)
    return Result(f"Disputes with an overdue step: {late:,}.", address=reverse("disputes:home"), link="See them")
