"""Mobile numbers are taken however people write them, and refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upay.accounts import mobile_of
from upay.errors import Problem


@pytest.mark.parametrize(
    "written",
    [
        "9876543210",
        "+91 98765 43210",
        "+91-98765-43210",
        "0091 9876543210",
        "09876543210",
        "(0) 98765 43210",
        "९८७६५४३२१०",
        "+९१ ९८७६५ ४३२१०",
        "  9 8 7 6 5 4 3 2 1 0  ",
    ],
)
def test_every_usual_writing_is_the_same_number(written: str):
    assert mobile_of(written) == "+919876543210"


def test_a_number_that_begins_with_the_country_code_itself_stays_whole():
    assert mobile_of("9198765432") == "+919198765432"


@pytest.mark.parametrize(
    ("written", "code", "params"),
    [
        ("", "sign_in.mobile_missing", {}),
        ("मेरा नंबर", "sign_in.mobile_missing", {}),
        ("98765", "sign_in.mobile_length", {"digits": 5}),
        ("98765432101", "sign_in.mobile_length", {"digits": 11}),
        ("1234567890", "sign_in.mobile_not_mobile", {}),
        ("05812345678", "sign_in.mobile_not_mobile", {}),
    ],
)
def test_what_is_no_mobile_number_is_refused_with_its_reason(written: str, code: str, params: dict[str, int]):
    with pytest.raises(Problem) as refused:
        mobile_of(written)
    assert (refused.value.code, refused.value.params) == (code, params)


@given(st.text())
def test_whatever_is_typed_gives_a_number_or_a_reason(written: str):
    try:
        assert mobile_of(written).startswith("+91")
    except Problem as refused:
        assert refused.code.startswith("sign_in.mobile_")
