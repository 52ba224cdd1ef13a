"""The bill in print: whole, light, the same each time, and readable by machines in both languages."""

import re
from datetime import date

import pypdfium2
import pytest

from tests.upay.billing.town import NOV, bill, build, closed, used
from upay.billing import Bill, Sheet, bill_file, bills_of, sheet
from upay.db import session
from upay.network import Connection

FIRST, LAST = date(2025, 11, 1), date(2025, 11, 30)


def billed(**terms) -> Sheet:
    """One urban home of 2 kW that used 350 units in November 2025, billed."""
    build(1, **terms)
    used({1: 350_000}, FIRST, LAST)
    closed(FIRST, LAST)
    bill(NOV)
    return shown()


def shown(connection_id: int = 1) -> Sheet:
    with session() as db:
        return sheet(db, bills_of(db, connection_id)[0])


def text_of(content: bytes) -> str:
    """What a machine reads, without blanks: renderers place them as they like."""
    document = pypdfium2.PdfDocument(content)
    told = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s+", "", told)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Amount to pay", "Energy, units 1 to 150", "150 units × ₹5.50", "Is this bill genuine?"]),
        ("hi", ["देय राशि", "ऊर्जा प्रभार", "नियत प्रभार", "कुल देय", "क्या यह बिल असली है?"]),
    ],
)
def test_the_text_of_a_bill_can_be_read_out_of_the_print(sqlite: None, language: str, sentences: list[str]):
    found = billed()
    name, content = bill_file(found, language)
    told = text_of(content)
    assert name == f"bill-{found.bill.number}.pdf"
    assert found.bill.number in told
    assert [sentence for sentence in sentences if re.sub(r"\s+", "", sentence) not in told] == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_bill_weighs_little_fills_one_page_and_is_the_same_each_time(sqlite: None, language: str):
    found = billed()
    _, content = bill_file(found, language)
    assert len(content) <= 150_000
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    document.close()
    assert bill_file(found, language)[1] == content


def test_the_lines_in_print_add_up_to_what_is_to_be_paid(sqlite: None):
    found = billed()
    lines = [line for part in found.parts for line in part.lines] + list(found.beside)
    assert sum(line.paise for line in lines) == found.bill.payable_paise


def test_a_name_is_never_markup(sqlite: None):
    build(1)
    with session() as db:
        home = db.get_one(Connection, 1)
        home.consumer_name = '#panic("no") *bold* $x$ <a> "'
        db.add(home)
    used({1: 90_000}, FIRST, LAST)
    closed(FIRST, LAST)
    bill(NOV)
    assert '#panic("no")*bold*$x$<a>"' in text_of(bill_file(shown(), "en")[1])


def test_thirteen_months_stand_in_the_chart_and_those_without_a_bill_say_so(sqlite: None):
    months = billed().months
    assert len(months) == 13
    assert [month.units_wh for month in months] == [None] * 12 + [350_000]
    assert months[0].cycle == date(2024, 11, 1)


def test_nothing_to_pay_asks_for_no_upi_payment(sqlite: None, monkeypatch: pytest.MonkeyPatch):
    from upay.billing.printed import printed
    from upay.settings import settings

    monkeypatch.setenv("UPAY_UPI_ADDRESS", "office@bank")
    settings.cache_clear()
    owing = printed(billed(), "en")
    assert [code["plain"] for code in owing["codes"]] == ["office@bank", ""]
    free = shown()
    object.__setattr__(free, "bill", Bill(**free.bill.model_dump() | {"payable_paise": 0}))
    assert [code["plain"] for code in printed(free, "en")["codes"]] == [""]


def test_a_upi_link_names_the_amount_to_the_paisa_and_the_bill(sqlite: None, monkeypatch: pytest.MonkeyPatch):
    from upay.billing.printed import upi_address
    from upay.settings import settings

    monkeypatch.setenv("UPAY_UPI_ADDRESS", "office@bank")
    settings.cache_clear()
    found = billed().bill
    link = upi_address(found)
    assert link.startswith("upi://pay?pa=office@bank&pn=UPAY%20%C2%B7%20Uttar%20Pradesh&")
    assert f"am={found.payable_paise // 100}.00" in link and f"tr={found.number}" in link and "cu=INR" in link
