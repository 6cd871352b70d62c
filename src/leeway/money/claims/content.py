"""What a claim on an NHS body says, as a letter: references, days and amounts, and nobody's name."""

from collections.abc import Sequence

from leeway.care.letters.blocks import Amount, Heading, Letter, Paragraph, Table, bullets, cell, day, days
from leeway.law.numbers import pounds
from leeway.money.bills.actions.sending import how_to_pay
from leeway.money.claims.queries import LineNow, Standing


def claim_letter(standing: Standing, lines: Sequence[LineNow], council: str, contact: str) -> Letter:
    """One claim: what is owed and by when, line by line, how to pay, and how to query a line."""
    claim = standing.claim
    sent = getattr(claim, "sent", None)
    rows = tuple(
        (
            str(each.line.place),
            each.line.reference,
            cell(days(each.line.starts_on, each.line.ends_on)),
            pounds(each.line.amount_pence),
        )
        for each in lines
    )
    return Letter(
        title=f"Claim {claim.number}: shares of joint care packages",
        sender=council,
        addressed_to=(claim.body,),
        greeting="To whom it concerns,",
        dated=sent.sent_on if sent else claim.made_on,
        dated_text=day(sent.sent_on if sent else claim.made_on),
        reference=f"Claim {claim.number}. Its digest: {claim.digest}",
        blocks=(
            Amount("To pay", f"{pounds(claim.total_pence)}{f' by {day(sent.due_by)}' if sent else ''}"),
            Paragraph(
                f"Your share of joint packages that fell due from {day(claim.period_starts_on)} to "
                f"{day(claim.period_ends_on)}, and what had not been claimed before."
            ),
            Table("Each case, under its reference", ("Line", "Reference", "Days", "Amount"), rows),
            Heading("How to pay"),
            bullets(f"{how_to_pay()}.", f"Give this reference: {claim.reference}."),
            Heading("If you query a line"),
            bullets(
                "Name the line and what you query. Please pay the other lines meanwhile: the person’s support goes on.",
                f"Ask us: {contact}.",
            ),
        ),
        signed=("The care payments team", council),
        large_print=False,
    )
