"""Questions asked together: one look for all that wait, never an answer from before the question."""

import asyncio
import threading

from state.together import Together


class Register:
    """What a look finds, and the questions of each look. `closed` holds looks up until it is opened."""

    def __init__(self) -> None:
        self.facts: dict[str, int] = {}
        self.looks: list[set[str]] = []
        self.begun, self.closed = threading.Event(), threading.Event()
        self.closed.set()

    def look(self, _db, questions) -> dict[str, int]:
        self.looks.append(set(questions))
        found = {question: self.facts[question] for question in questions if question in self.facts}
        self.begun.set()
        assert self.closed.wait(10)
        return found


async def test_each_is_given_its_own_answer_and_a_stranger_none(sqlite):
    register = Register()
    register.facts = {"a": 1, "b": 2}
    asked = Together[str, int](register.look)
    assert await asyncio.gather(asked.ask("a"), asked.ask("b"), asked.ask("c")) == [1, 2, None]


async def test_those_who_wait_share_a_look(sqlite):
    register = Register()
    asked = Together[str, int](register.look)
    await asyncio.gather(*(asked.ask(question) for question in "abcab"))
    assert register.looks == [{"a", "b", "c"}]


async def test_a_look_that_has_begun_answers_nobody_who_asks_later(sqlite):
    register = Register()
    register.facts["a"] = 1
    asked = Together[str, int](register.look)
    register.closed.clear()
    early = asyncio.create_task(asked.ask("a"))
    await asyncio.to_thread(register.begun.wait, 10)
    register.facts.clear()
    late = asyncio.create_task(asked.ask("a"))
    await asyncio.sleep(0)
    register.closed.set()
    assert (await early, await late) == (1, None)
    assert register.looks == [{"a"}, {"a"}]


async def test_one_who_stops_waiting_leaves_the_others_their_answer(sqlite):
    register = Register()
    register.facts["a"] = 1
    asked = Together[str, int](register.look)
    gone, stays = asyncio.create_task(asked.ask("a")), asyncio.create_task(asked.ask("a"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 1


async def test_what_goes_wrong_is_told_to_all_who_asked_and_the_next_are_answered(sqlite):
    broken = True

    def look(_db, questions):
        if broken:
            raise ConnectionError("away")
        return dict.fromkeys(questions, 1)

    asked = Together[str, int](look)
    for told in await asyncio.gather(asked.ask("a"), asked.ask("b"), return_exceptions=True):
        assert isinstance(told, ConnectionError)
    broken = False
    assert await asked.ask("a") == 1


async def test_nothing_is_remembered(sqlite):
    register = Register()
    asked = Together[str, int](register.look)
    for number in range(3):
        register.facts["a"] = number
        assert await asked.ask("a") == number
