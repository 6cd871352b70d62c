"""pain.001.001.09 messages: what ISO's schema accepts, with totals that are right."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings

from leeway.money.banking import iso20022
from leeway.money.banking.payment import CannotBePaid, Credit
from leeway.money.banking.working_days import BankDayRefused

from .strategies import COUNCIL, credits

ADA = Credit(
    reference="PB 2026/14",
    name="Ada Łovelaçe & Son",
    sort_code="100000",
    account_number="00000003",
    amount_pence=912_45,
    end_to_end_id="RUN14-ADA",
)
DOT = replace(ADA, name="Dot O'Neill", amount_pence=5, end_to_end_id="RUN14-DOT", reference="PB 2026/15")
IN = {"": iso20022.NAMESPACE}


@cache
def schema_at(path) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(path)


@pytest.fixture
def schema(published):
    return schema_at(published("banking/iso20022/xsd/pain.001.001.09.xsd"))


def written(*paid, **changes):
    given = {
        "message_id": "ANYTOWN-RUN14",
        "created_at": datetime(2026, 4, 1, 9, 30, 5, 999, tzinfo=UTC),
        "execute_on": date(2026, 4, 7),
    }
    return "".join(iso20022.write(paid, COUNCIL, **(given | changes)))


def texts(message: str, path: str) -> list[str]:
    return [element.text for element in ET.fromstring(message).findall(f".//{path}", IN)]


def test_a_message_that_pays_ada_and_dot(schema):
    message = written(ADA, DOT)
    schema.validate(message)
    assert texts(message, "GrpHdr/MsgId") == ["ANYTOWN-RUN14"]
    assert texts(message, "GrpHdr/CreDtTm") == ["2026-04-01T09:30:05+00:00"]
    assert texts(message, "NbOfTxs") == ["2", "2"]
    assert texts(message, "CtrlSum") == ["912.50", "912.50"]
    assert texts(message, "ReqdExctnDt/Dt") == ["2026-04-07"]
    assert texts(message, "EndToEndId") == ["RUN14-ADA", "RUN14-DOT"]
    assert texts(message, "InstdAmt") == ["912.45", "0.05"]
    assert texts(message, "Cdtr/Nm") == ["Ada Lovelace & Son", "Dot O'Neill"]
    assert texts(message, "Ustrd") == ["PB 2026/14", "PB 2026/15"]
    assert texts(message, "ClrSysId/Cd") == ["GBDSC"] * 3
    assert texts(message, "MmbId") == ["200000", "100000", "100000"]
    assert texts(message, "Othr/Id") == ["654321", "654321", "12345678", "00000003", "00000003"]


def test_the_elements_are_those_of_a_published_bacs_message(published):
    sample = published("banking/iso20022/gb_market_corpus/bacs-direct-credit/gb.bacs.supplier-run.pain.001.001.09.xml")
    theirs = {element.tag for element in ET.parse(sample).iter()}
    ours = {element.tag for element in ET.fromstring(written(ADA)).iter()}
    postal_address_and_bic = {"PstlAdr", "PstCd", "TwnNm", "Ctry", "AdrLine", "BICFI"}
    assert {tag.split("}")[1] for tag in theirs - ours} == postal_address_and_bic
    assert ours - theirs == set()


def test_the_same_payments_give_the_same_message():
    assert written(ADA, DOT) == written(ADA, DOT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(paid=credits())
def test_any_payments_make_a_message_that_the_schema_accepts(schema, paid):
    message = written(*paid)
    schema.validate(message)
    pounds, pence = divmod(sum(credit.amount_pence for credit in paid), 100)
    assert texts(message, "CtrlSum") == [f"{pounds}.{pence:02}"] * 2
    assert texts(message, "NbOfTxs") == [str(len(paid))] * 2
    assert texts(message, "EndToEndId") == [credit.end_to_end_id for credit in paid]
    assert all(1 <= len(name) <= 70 for name in texts(message, "Nm"))


def test_names_keep_the_signs_that_iso_carries(schema):
    signs = 'A & B <C> [D] {E}; "F" #1 50% *_=^~|@$!\\ (G) H/I'
    message = written(replace(ADA, name=signs))
    schema.validate(message)
    assert texts(message, "Cdtr/Nm") == [signs]
    assert texts(written(replace(ADA, name="Zoë £5 明\u202e")), "Cdtr/Nm") == ["Zoe 5"]


def test_a_roll_number_stands_where_bacs_has_it(schema):
    message = written(replace(ADA, roll_number="A/1234567890ABC"), DOT)
    schema.validate(message)
    assert texts(message, "Ustrd") == ["A/1234567890ABC", "PB 2026/15"]


@pytest.mark.parametrize("identifier", ["", "A" * 36, "RUN 14", "/RUN14", "RUN14/", "RUN//14", "RÜN14", "RUN14\n"])
def test_an_identifier_that_a_bank_would_change_is_refused(identifier):
    with pytest.raises(iso20022.BadIdentifier, match="cannot identify a payment"):
        written(replace(ADA, end_to_end_id=identifier))
    with pytest.raises(iso20022.BadIdentifier, match="cannot identify a payment"):
        written(ADA, message_id=identifier)


def test_an_identifier_of_35_characters_is_accepted():
    assert texts(written(replace(ADA, end_to_end_id="A" * 35)), "EndToEndId") == ["A" * 35]


def test_what_no_bank_would_take_is_refused():
    with pytest.raises(CannotBePaid, match="nobody to pay"):
        written()
    with pytest.raises(CannotBePaid, match="at least one penny"):
        written(replace(ADA, amount_pence=0))
    with pytest.raises(BankDayRefused, match="Monday 6 April 2026 is not a bank working day"):
        written(ADA, execute_on=date(2026, 4, 6))
