"""Runs flows without a network and without waiting: requests are answered from a script, pauses only noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wikijs.core.flow import Exclusive, Flow, Gather, Send, Sleep

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    content: bytes = b"{}"
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


class Script:
    """A server that gives prepared answers in order, and a clock that moves when somebody waits."""

    def __init__(self, answers: Iterable[Answer | Exception | Callable[[Send], Answer]] = ()) -> None:
        self.answers = list(answers)
        self.sent: list[Send] = []
        self.waited: list[float] = []
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def run(self, flow: Flow[T]) -> T:
        try:
            step = next(flow)
            while True:
                try:
                    answer = self._perform(step)
                except Exception as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _perform(self, step: Any) -> Any:
        match step:
            case Send():
                self.sent.append(step)
                answer = self.answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer(step) if callable(answer) else answer
            case Sleep(seconds):
                self.waited.append(seconds)
                self.now += seconds
                return None
            case Exclusive(_, flow):
                return self.run(flow)
            case Gather(flows):
                return [self._outcome(flow) for flow in flows]
            case _:
                raise NotImplementedError(step)

    def _outcome(self, flow: Flow[Any]) -> Any:
        try:
            return self.run(flow)
        except Exception as error:
            return error
