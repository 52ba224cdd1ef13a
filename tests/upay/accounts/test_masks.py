"""Names are shown to strangers in part only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upay.accounts.masks import grouped, masked_mobile, masked_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Sunita Verma", "S••••a V••••a"),
        ("Om Prakash", "O•••• P••••h"),
        ("Pal General Store", "P•••• G••••l S••••e"),
        ("सुनीता वर्मा", "सु••••"),
        ("", ""),
    ],
)
def test_a_name_is_told_by_its_ends(name: str, shown: str):
    assert masked_name(name).startswith(shown)


def test_a_devanagari_sign_is_not_torn_from_its_letter():
    # सु + नी + ता is three signs: the first alone is shown; क्षमाशीलता is six, क्ष being one.
    assert masked_name("सुनीता क्षमाशीलता") == "सु•••• क्ष••••ता"


@given(st.text(alphabet="aeirstnk", min_size=3, max_size=12))
def test_a_mask_shows_two_letters_of_a_word_at_most(word: str):
    begun, ended = masked_name(word).split("••••")
    assert len(begun + ended) <= 2 and word.startswith(begun) and word.endswith(ended)


def test_a_mobile_number_is_told_by_its_last_two_digits():
    assert masked_mobile("+919876543210") == "••••10"


def test_a_number_is_read_in_groups():
    assert grouped("1048217730") == "10 4821 7730"
