"""Mobile numbers, however people write them."""

import phonenumbers
from phonenumbers import PhoneNumberType

from upay.errors import Problem

# A trunk prefix or the country code may stand before the ten digits.
_NATIONAL_DIGITS = 10


def mobile_of(text: str) -> str:
    """The E.164 form (+919876543210) of an Indian mobile number.

    Takes +91, 0091, a leading 0, spaces, dashes, brackets and Devanagari digits.
    Raises Problem: sign_in.mobile_missing, sign_in.mobile_length {digits}, sign_in.mobile_not_mobile.
    """
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if not digits:
        raise Problem("sign_in.mobile_missing")
    national = _without_prefix(digits)
    if len(national) != _NATIONAL_DIGITS:
        raise Problem("sign_in.mobile_length", {"digits": len(national)})
    number = phonenumbers.parse(national, "IN")
    # A number may be valid without being a mobile's; codes go to mobiles only.
    if phonenumbers.number_type(number) is not PhoneNumberType.MOBILE:
        raise Problem("sign_in.mobile_not_mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _without_prefix(digits: str) -> str:
    for prefix in ("0091", "091", "91", "0"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= _NATIONAL_DIGITS:
            return digits[len(prefix) :]
    return digits
