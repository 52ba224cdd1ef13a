"""Many pages ask, one look at the database answers: questions that wait at the same time are asked together.

Nothing is remembered. An answer comes from a look that began after the question was asked, so a session that ended or a
link that was removed counts from the next event on; and under load a look costs each of the askers next to nothing,
where a look of its own for every event would cost more than all that the event does.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

from sqlmodel import Session

from upay.db import session

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """Asks `look` for all that wait, in a thread; while it looks, the next questions gather."""

    def __init__(self, look: Callable[[Session, Collection[Question]], Mapping[Question, Answer]]) -> None:
        self._look = look
        self._waiting: list[tuple[Question, asyncio.Future[Answer | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer | None:
        """The answer, as it stands after this moment; None where there is none. Raises what the look raised."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append((question, waiter))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await waiter

    async def _run(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                answers = await asyncio.to_thread(self._answers, {question for question, _ in asked})
            except Exception as error:
                for _, waiter in asked:
                    if not waiter.done():
                        waiter.set_exception(error)
                continue
            for question, waiter in asked:
                if not waiter.done():
                    waiter.set_result(answers.get(question))

    def _answers(self, questions: Collection[Question]) -> Mapping[Question, Answer]:
        with session() as db:
            return self._look(db, questions)
