"""Any payments that a council might make, odd names among them."""

from hypothesis import strategies as st

from leeway.money.banking.payment import Credit, Originator

COUNCIL = Originator(
    name="Anytown Council", service_user_number="654321", sort_code="200000", account_number="12345678"
)


def names():
    """Any characters at all around one word that a bank can carry."""
    return st.builds("{} Ada {}".format, st.text(st.characters(exclude_categories=["N", "C"])), st.text(max_size=3))


def credits():
    """A list of payments, none of them there twice."""
    return st.lists(
        st.builds(
            Credit,
            reference=st.from_regex(r"[A-Z]{2} [0-9]{1,6} ?[\w'/&]{0,20}", fullmatch=True).filter(few_digits),
            name=names().filter(few_digits),
            sort_code=st.from_regex("[0-9]{6}", fullmatch=True),
            account_number=st.from_regex("[0-9]{8}", fullmatch=True),
            amount_pence=st.integers(1, 20_000_000_00),
            end_to_end_id=st.from_regex("[A-Z0-9][A-Z0-9-]{0,34}", fullmatch=True),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda credit: credit.end_to_end_id,
    )


def few_digits(text: str) -> bool:
    return sum(character.isnumeric() for character in text) < 5
