"""How each bill stands, and which day counts."""

from datetime import date

from tests.upay.dues.test_dunning import charge, pay
from upay.db import session
from upay.dues import OpenBill, Standing, agree, standing_of

AUG, SEP, OCT = date(2026, 8, 20), date(2026, 9, 20), date(2026, 10, 20)
TODAY = date(2026, 10, 5)


def bills(connection: int) -> None:
    """₹1,000, ₹1,200 and ₹900 due on the 20th of three months."""
    for key, due, paise in (("1", AUG, 100_000), ("2", SEP, 120_000), ("3", OCT, 90_000)):
        charge(connection, paise, due, key)


def standing(connection: int) -> Standing:
    """Its bills by their place, 1 to 3."""
    with session() as db:
        found = standing_of(db, connection)
    return Standing(found.due_on, {str(int(number[:13])): left for number, left in found.bills.items()})


def test_money_settles_the_oldest_bill_and_part_of_the_next(database, connect):
    home = connect()
    bills(home)
    pay(home, 150_000, "p")
    # 1,500 paid: 1,000 of August's, 500 of September's 1,200; the day that counts is September's
    assert standing(home) == Standing(
        SEP, {"2": OpenBill(70_000, SEP, True, False), "3": OpenBill(90_000, OCT, False, False)}
    )
    pay(home, 160_000, "q")
    assert standing(home) == Standing(None, {})


def test_bills_in_a_plan_say_so_and_the_first_instalment_is_what_is_due(database, connect):
    home = connect()
    bills(home)
    with session() as db:
        parts = agree(db, home, 2, TODAY, None)
    # August's and September's 2,200 in two of 1,100; October's, due later, stays as it is and comes before them
    assert [part.paise for part in parts] == [110_000, 110_000]
    assert standing(home) == Standing(OCT, {
        "1": OpenBill(100_000, AUG, False, True),
        "2": OpenBill(120_000, SEP, False, True),
        "3": OpenBill(90_000, OCT, False, False),
    })  # fmt: skip
    pay(home, 90_000, "p")
    # with October's paid, the first instalment is next, 30 days after it was agreed, and its bills are as they were
    assert standing(home) == Standing(
        date(2026, 11, 4), {"1": OpenBill(100_000, AUG, False, True), "2": OpenBill(120_000, SEP, False, True)}
    )
    pay(home, 110_000, "q")
    # the first instalment of 1,100: August's 1,000 and 100 of September's 1,200
    assert standing(home) == Standing(date(2026, 12, 4), {"2": OpenBill(110_000, SEP, True, True)})
