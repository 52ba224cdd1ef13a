"""A row as a form writes it: every row of every pack can be taken apart and put together again."""
import json

import pytest

from upay.tariffs import as_row, can_grow, draft_of, grown, leaves, pack_book, shrunk, with_values
from upay.tariffs.standing import row_of

ROWS = [
    pytest.param(topic, row, id=f"{tariff.id}-{topic}-{row.source.since}")
    for tariff in pack_book().tariffs.values()
    for topic, rows in tariff.rows.items()
    for row in rows
]


@pytest.mark.parametrize(("topic", "row"), ROWS)
def test_a_form_of_a_row_sent_as_it_is_makes_the_same_row(topic, row):
    draft = draft_of(row.table)
    sent = {leaf.path: leaf.value for leaf in leaves(draft)}
    again = row_of(topic, as_row(with_values(draft, sent)))
    assert (again.part, again.source, again.last) == (row.part, row.source, row.last)


@pytest.mark.parametrize(("topic", "row"), [each for each in ROWS if can_grow(draft_of(each.values[1].table))])
def test_one_row_more_and_one_less_can_stand(topic, row):
    draft = grown(draft_of(row.table))
    assert row_of(topic, as_row(draft)).part != row.part
    assert json.loads(as_row(shrunk(draft))) == draft_of(row.table)


def test_an_end_left_empty_is_open_and_unknown_paths_are_ignored():
    draft = draft_of({"slabs": [{"from": 0, "to": 50, "rate": "4"}]})
    made = with_values(draft, {"slabs.0.to": "", "slabs.0.rate": "5", "slabs.7.rate": "9"})
    assert made == {"slabs": [{"from": 0, "rate": "5"}]}
