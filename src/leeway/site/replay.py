"""Working everything out again that was worked out, from the command line: rules, final budgets, schedules, splits."""

from dataclasses import dataclass, field

import click

from leeway.commandline import show_json
from leeway.start import start_django


@dataclass
class Found:
    """What came of working everything out again, and of checking the seal."""

    recomputed: int = 0
    budgets: int = 0
    bent: list = field(default_factory=list)
    corrected: list = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seal: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything was bent or is gone. What the law has corrected since is work, and nothing wrong."""
        return bool(self.bent or self.missing or self.seal)


def work_everything_out_again() -> Found:
    """Go through everything that was worked out and everything that must be there."""
    from leeway.care.decisions import replay as decisions
    from leeway.care.planning import replay as plans
    from leeway.money.budgets import replay as budgets
    from leeway.seal import queries as seal

    found = Found()
    answers = [*decisions.replay(), *plans.replay()]
    of_budgets = list(budgets.replay())
    found.recomputed, found.budgets = len(answers), len(of_budgets)
    for answer in [*answers, *of_budgets]:
        if isinstance(answer, decisions.Bent):
            found.bent.append(answer)
        elif isinstance(answer, decisions.Corrected):
            found.corrected.append(answer)
    found.bent.sort(key=lambda one: (one.decision_id, one.rule))
    found.corrected.sort(key=lambda one: (one.decision_id, one.rule))
    for room in (decisions, plans):
        found.missing += room.missing()
    found.seal = seal.findings()
    return found


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def replay(as_json: bool) -> None:
    """Work out again all that was worked out, from what was stored with it.

    Status 1 where something does not follow from its own facts and the values of the law that it kept, or is gone.
    What follows from them, and would come out otherwise by today's corrected law, is listed as work: decide anew.

    Example: leeway law replay
    """
    start_django()
    found = work_everything_out_again()
    if as_json:
        show_json(
            {
                "recomputed": found.recomputed,
                "budgets": found.budgets,
                "differences": [
                    {"decision": one.decision_id, "rule": one.rule, "differs": one.sentence} for one in found.bent
                ],
                "corrected": [
                    {
                        "decision": one.decision_id,
                        "rule": one.rule,
                        "sentence": one.sentence,
                        "refund_pence_per_week": one.refund_pence_per_week,
                    }
                    for one in found.corrected
                ],
                "missing": found.missing,
                "seal": found.seal,
            }
        )
    else:
        _tell(found)
    raise click.exceptions.Exit(1 if found.is_wrong else 0)


def _tell(found: Found) -> None:
    for one in found.bent:
        click.echo(f"{one.decision_id} ({one.rule}) differs: {one.sentence}")
    for sentence in [*found.missing, *found.seal]:
        click.echo(sentence)
    for one in found.corrected:
        click.echo(f"To do: {one.decision_id} ({one.rule}), as the law was corrected since: {one.sentence}.")
    bent, missing, corrected = (len(some) or "none" for some in (found.bent, found.missing, found.corrected))
    click.echo(
        f"{found.recomputed} decisions and {found.budgets} budgets worked out again, {bent} with a difference, "
        f"{missing} missing, {corrected} to decide anew."
    )
