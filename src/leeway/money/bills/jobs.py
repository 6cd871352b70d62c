"""What is done about bills every night: made, sent, reminded of, and plans that were paid ended."""

from django.urls import reverse

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.bills import actions


@nightly("bills_made", title="Bills made and sent")
def bills_made(job: Job) -> Result:
    """Make everybody's bill for the last pay period that is over, and send those that nothing stops."""
    made = actions.make_bills(on=job.asked_on)
    sent = actions.send_bills(on=job.asked_on)
    sentence = f"Bills made: {made:,}. Sent: {sent.sent:,}."
    if sent.late or sent.stopped:
        sentence += f" Late, and waiting for why: {sent.late:,}. Stopped: {sent.stopped:,}."
    return Result(sentence, address=reverse("bills:home"), link="See the bills")


@nightly("bills_reminded", title="Reminders of bills")
def bills_reminded(job: Job) -> Result:
    """End the payment plans that were paid, and remind whoever is late with a bill and nothing stops."""
    ended = actions.end_paid_plans(on=job.asked_on)
    reminded = actions.remind(on=job.asked_on)
    return Result(
        f"Reminded: {reminded:,}. Payment plans paid: {ended:,}.", address=reverse("bills:home"), link="See them"
    )
