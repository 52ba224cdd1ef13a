"""Made-up staff, one for each role, with numbers in the demonstration's own range, far above its consumers'."""

from dataclasses import dataclass

from demo.plan import Fleet


@dataclass(frozen=True)
class Employee:
    """Somebody who works here. zone: the code of theirs, "" for all.  opens: the pages worth a look."""

    role: str
    name: str
    mobile: str
    zone: str
    language: str
    opens: str


def staff_of(fleet: Fleet) -> list[Employee]:
    """One of each role; officer and lineman work in the first zone."""
    zone = fleet.state.areas[0].code
    told = (
        ("administrator", "Shalini Awasthi", "", "en", "/desk/staff, /desk/tariffs, /desk/audit"),
        ("manager", "Arvind Bhargava", "", "en", "/desk/billing, /desk/tariffs, /desk/mobiles"),
        ("billing", "Nasreen Zaidi", "", "hi", "/desk/billing, /desk/consumers"),
        ("officer", "Devendra Pathak", zone, "hi", "/desk/consumers, /desk/mobiles"),
        ("lineman", "Ramkishor Pasi", zone, "hi", "/desk"),
        ("auditor", "Leela Menon", "", "en", "/desk/audit, /desk/billing"),
    )
    return [
        Employee(role, name, f"+9160009900{place:02d}", where, language, opens)
        for place, (role, name, where, language, opens) in enumerate(told, 1)
    ]
