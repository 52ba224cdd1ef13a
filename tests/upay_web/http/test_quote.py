"""What would I pay, over HTTP: open to all, and never an error of ours."""
import pytest

USE = {"tariff": "up-lmv1-urban", "kwh": "350", "load": "2", "month": "2026-06"}


def test_anybody_gets_a_quote_in_both_languages_beside_the_other_tariffs(web):
    told = web.get("/api/v1/quote", params=USE).json()
    assert told["total_paise"] == 238_350 == sum(line["paise"] for line in told["lines"])
    assert told["lines"][0]["how"] == {"en": "150 units × ₹5.50", "hi": "150 यूनिट × ₹5.50"}
    assert [each["tariff"] for each in told["compared"] if each["chosen"]] == ["up-lmv1-urban"]
    assert {rate["confidence"] for rate in told["rates"]} == {"A", "C"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tariff": "up"}, "tariff.unknown"),
        ({"kwh": "-1"}, "tariff.negative_energy"),
        ({"kwh": "x"}, "tariff.bad_number"),
        ({"load": "0"}, "tariff.absurd_load"),
        ({"month": "2026-13"}, "tariff.bad_number"),
        ({"month": "2020-01"}, "tariff.nothing_in_force"),
        ({"solar": "70", "peak": "40"}, "tariff.bad_shares"),
        ({"solar": "170"}, "http.bad_request"),
    ],
)
def test_what_cannot_be_priced_is_said(web, change, code):
    answer = web.get("/api/v1/quote", params=USE | change)
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == code
