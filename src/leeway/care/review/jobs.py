"""What is done about reviews every night."""

from leeway.care.review import actions
from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job


@nightly("reviews_falling_due", title="Reviews falling due")
def reviews_falling_due(job: Job) -> Result:
    """Ask each worker to hold the reviews that fall due within four weeks."""
    asked = actions.ask_for_due_reviews(on=job.asked_on)
    sentence = f"Tasks set: {asked.new:,}, for reviews that fall due within four weeks or are late."
    if asked.troubled:
        cases = ", ".join(str(case) for case in asked.troubled)
        sentence += f" It did not work in {len(asked.troubled):,}, whose records have a fault: cases {cases}."
    return Result(sentence)
