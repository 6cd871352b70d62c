"""Payments that a test writes past the actions."""

from leeway.money.payments.models import Payment


def slip_in(run, instalment, payee, *, place=1, amount_pence=None):
    """A payment of an instalment in a run, as somebody at a console would write it."""
    part = instalment.part
    return Payment.objects.create(
        run=run, place=place, instalment=instalment, payee=payee, case=part.budget.case, part=part, way=part.way,
        kind=instalment.kind, starts_on=instalment.starts_on, ends_on=instalment.ends_on,
        account_name=payee.account_name, sort_code=payee.sort_code, account_number=payee.account_number,
        roll_number=payee.roll_number,
        amount_pence=amount_pence or instalment.amount_pence, decided="made up", digest="made up",
    )  # fmt: skip
