"""The bill in print: its sheet said in the reader's language, laid out by `bill.typ`."""

from datetime import datetime, time
from typing import Any
from urllib.parse import quote, urlencode

from upay.billing.genuine import verify_address
from upay.billing.models import Bill, RegisterQuality
from upay.billing.sheet import Sheet, SheetLine, grouped, remarks
from upay.clock import IST
from upay.documents import day, days, money, pdf, qr_svg, units
from upay.packs import pack
from upay.settings import settings
from upay.text import say

_READINGS = {
    RegisterQuality.READ: "bills.register_read",
    RegisterQuality.DERIVED: "bills.register_derived",
    RegisterQuality.SELF: "bills.register_self",
    RegisterQuality.UNKNOWN: "bills.register_unknown",
}


def bill_file(shown: Sheet, language: str) -> tuple[str, bytes]:
    """The bill's file name and PDF, in `hi` or `en`. The same bill gives the same bytes. Asks no database."""
    made_at = datetime.combine(shown.bill.issued_on, time(12), IST)
    return f"bill-{shown.bill.number}.pdf", pdf("billing/bill.typ", printed(shown, language), made_at)


def printed(shown: Sheet, language: str) -> dict[str, Any]:
    """What `bill.typ` asks for."""
    bill, contact = shown.bill, pack().contact

    def told(key: str, **params: str | int) -> str:
        return say(f"bills.{key}", language, **params)

    month = day(bill.cycle, language, "month")
    return {
        "language": language,
        "title": told("print_title", month=month, number=bill.number),
        "utility": pack().utility[language],
        "kind": told("print_kind_final" if bill.final else "print_kind", month=month),
        "footer": told("print_footer", number=bill.number, connection=shown.connection.number),
        "number_label": told("number"),
        "number": grouped(bill.number),
        "about": _about(shown, language),
        "due": _due(shown, language),
        "remarks": [say(code, language, **params) for code, params in remarks(shown)],
        "readings": _readings(shown, language),
        "lines": {
            "title": told("lines_title"),
            "head": [told("line"), told("how"), told("amount")],
            "rows": _rows(shown, language),
        },
        "chart": _chart(shown, language),
        "codes": _codes(shown, language),
        "help": {
            "title": told("help_title"),
            "lines": [
                told("help_call", phone=contact["phone"]),
                told("help_web", address=settings().public_url),
                told("help_steps"),
            ],
        },
    }


def _about(shown: Sheet, language: str) -> list[list[str]]:
    bill, connection = shown.bill, shown.connection
    values = {
        "consumer": connection.consumer_name,
        "connection": connection.number,
        "address": connection.address or "–",
        "tariff": f"{shown.parts[-1].tariff_name[language]} ({bill.category})",
        "load": f"{units(bill.load_w)} kW",
        "period": days(bill.first, bill.last, language),
        "issued": day(bill.issued_on, language),
        "meter": ", ".join(shown.serials) or "–",
    }
    return [[say(f"bills.{key}", language), value] for key, value in values.items()]


def _due(shown: Sheet, language: str) -> dict[str, Any]:
    """The one number: what is to be paid, or what the prepaid balance has paid."""
    bill = shown.bill
    owed = bill.payable_paise > 0
    taken = bill.prepaid and not owed
    if owed:
        by = say("bills.pay_by", language, day=day(bill.due_on, language)) if bill.due_on else ""
    else:
        by = say("bills.nothing_due", language)
    note = say("bills.in_credit", language, amount=money(-bill.payable_paise)) if bill.payable_paise < 0 else ""
    return {
        "label": say("bills.taken" if taken else "bills.amount_due", language),
        "amount": money(bill.wallet_paise if taken else max(0, bill.payable_paise)),
        "by": by,
        "owed": owed,
        "note": note,
    }


def _readings(shown: Sheet, language: str) -> dict[str, Any]:
    bill = shown.bill

    def register(wh: int | None, quality: int) -> str:
        if wh is None:
            return say("bills.register_unknown", language)
        return f"{units(wh, '#,##,##0.000')} · {say(_READINGS[RegisterQuality(quality)], language)}"

    head = ["period", "previous", "present", "units"] + (["exported"] if bill.export_wh else [])
    row = [
        days(bill.first, bill.last, language),
        register(bill.register_from_wh, bill.from_quality),
        register(bill.register_to_wh, bill.to_quality),
        units(bill.units_wh),
    ]
    return {
        "title": say("bills.readings_title", language),
        "head": [say(f"bills.{key}", language) for key in head],
        "rows": [row + ([units(bill.export_wh)] if bill.export_wh else [])],
    }


def _rows(shown: Sheet, language: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for part in shown.parts:
        if len(shown.parts) > 1:
            rows.append([days(part.first, part.last, language), f"{units(part.units_wh)}", ""])
        rows += [_row(line, language) for line in part.lines]
    rows += [_row(line, language) for line in shown.beside]
    return [*rows, [say("bills.payable", language), "", money(shown.bill.payable_paise)]]


def _row(line: SheetLine, language: str) -> list[str]:
    (code, params), how = line.title, line.how
    return [say(code, language, **params), say(how[0], language, **how[1]) if how else "", money(line.paise)]


def _chart(shown: Sheet, language: str) -> dict[str, Any]:
    known = [month for month in shown.months if month.units_wh is not None]
    return {
        "title": say("bills.months_title", language),
        "alt": "; ".join(
            f"{day(month.cycle, language, 'month')}: {units(month.units_wh or 0, '#,##,##0')}" for month in known
        ),
        "bars": [
            {
                "label": day(month.cycle, language, "month_short"),
                "value": max(0, month.units_wh or 0),
                "text": "–" if month.units_wh is None else units(month.units_wh, "#,##,##0"),
                "now": month.cycle == shown.bill.cycle,
                "provisional": month.provisional,
            }
            for month in shown.months
        ],
    }


def _codes(shown: Sheet, language: str) -> list[dict[str, str]]:
    """To pay by UPI, where the utility has an address and something is due; and to see that the bill is genuine."""
    bill, found = shown.bill, list[tuple[str, str, str]]()
    if settings().upi_address and bill.payable_paise > 0:
        found.append(("upi", upi_address(bill), settings().upi_address))
    found.append(("verify", verify_address(bill), ""))
    return [
        {
            "title": say(f"bills.{kind}_title", language),
            "text": say(f"bills.{kind}_text", language),
            "plain": plain,
            "svg": qr_svg(address),
            "alt": say(f"bills.{kind}_alt", language),
        }
        for kind, address, plain in found
    ]


def upi_address(bill: Bill) -> str:
    """The UPI link of a bill. Source: NPCI, UPI linking specification 1.6."""
    query = {
        "pa": settings().upi_address,
        "pn": pack().utility["en"],
        "tr": bill.number,
        "tn": f"Electricity bill {bill.number}",
        "am": f"{bill.payable_paise // 100}.{bill.payable_paise % 100:02d}",
        "cu": "INR",
    }
    return f"upi://pay?{urlencode(query, quote_via=quote, safe='@')}"
