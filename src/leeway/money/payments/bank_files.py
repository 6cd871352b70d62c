"""The files of a payment run that a bank takes: Bacs Standard 18 and pain.001. The same run gives the same bytes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from leeway.money.banking import bacs18, iso20022
from leeway.money.banking.payment import Credit, Originator
from leeway.money.banking.working_days import bacs_processing_day
from leeway.money.payments.models import PaymentRun, Rail, named_as_payment


@dataclass(frozen=True)
class Credits(Collection[Credit]):
    """The payments of some runs as a bank file carries them, in their order, read anew each time that it is asked."""

    runs: Sequence[PaymentRun]

    def __len__(self) -> int:
        return sum(run.payments_count for run in self.runs)

    def __iter__(self) -> Iterator[Credit]:
        facts = ("place", "account_name", "sort_code", "account_number", "amount_pence", "pk", "roll_number")
        for run in self.runs:
            rows = run.payments.order_by("place").values_list(*facts)
            for place, name, sort_code, account_number, pence, pk, roll_number in rows.iterator(chunk_size=5000):
                yield Credit(
                    reference=named_as_payment(run.number, place),
                    name=name,
                    sort_code=sort_code,
                    account_number=account_number,
                    amount_pence=pence,
                    end_to_end_id=pk.hex,
                    roll_number=roll_number,
                )

    def __contains__(self, credit: object) -> bool:
        return any(credit == each for each in self)


def bacs_file(run: PaymentRun) -> str:
    """The Bacs Standard 18 file of an approved run. The same run gives the same bytes every time."""
    return bacs18.write(
        Credits([run]),
        Originator(**run.originator),
        processing_day=bacs_processing_day(run.pay_on),
        created_on=run.approved_on,
        serial_number=run.number,
    )


def iso_file(run: PaymentRun) -> Iterator[str]:
    """The pain.001.001.09 message of an approved run, in pieces. The same run gives the same bytes every time."""
    return iso20022.write(
        Credits([run]),
        Originator(**run.originator),
        message_id=run.reference,
        created_at=datetime.combine(run.approved_on, time()),
        execute_on=run.pay_on,
        faster=run.rail == Rail.FASTER,
    )
