"""The recorded requests to a real Wiki.js 2.5.314 and its answers (see recordings/README.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from .echo import without_nonces

FOLDER = Path(__file__).parents[1] / "recordings"


@dataclass(frozen=True)
class Step:
    """One request and its answer; `status` is None where the server never answered."""

    scenario: str
    name: str
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def status(self) -> int | None:
        status: int | None = self.response["status"]
        return status

    @property
    def body(self) -> Any:
        return self.response["body"]

    @property
    def is_graphql(self) -> bool:
        return bool(self.request["method"] == "POST" and self.request["path"] == "/graphql")

    @property
    def is_json(self) -> bool:
        return str(self.response.get("content_type", "")).startswith("application/json")

    def reply(self, **headers: str) -> httpx2.Response:
        """The recorded answer as the HTTP library hands it out."""
        assert self.status is not None
        return httpx2.Response(
            self.status,
            headers={
                "content-type": self.response["content_type"],
                **{k: v for k, v in self.response["headers"].items() if k != "content-length"},
                **headers,
            },
            content=json.dumps(self.body) if self.is_json else str(self.body),
        )

    def __str__(self) -> str:
        return f"{self.scenario}: {self.name}"


@cache
def steps() -> tuple[Step, ...]:
    """All recorded steps, in order."""
    return tuple(
        Step(path.stem, step["step"], step["request"], step["response"])
        for path in sorted(FOLDER.glob("*.json"))
        for step in json.loads(path.read_text(encoding="utf-8"))["steps"]
    )


def step(scenario: str, name: str) -> Step:
    """One recorded step."""
    (found,) = [step for step in steps() if (step.scenario, step.name) == (scenario, name)]
    return found


class Replay:
    """Answers requests with the given replies, in order, the last one for ever; keeps the requests."""

    def __init__(self, *replies: httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]) -> None:
        self.requests: list[httpx2.Request] = []
        self._replies = list(replies)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply(request) if callable(reply) else _copy(reply)

    @property
    def sent(self) -> list[Any]:
        """The JSON bodies of the requests, without the keys by which answers are known."""
        return [json.loads(without_nonces(request.content)) for request in self.requests]

    def client(self, **options: Any) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self), **options)

    def async_client(self, **options: Any) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self), **options)


def _copy(reply: httpx2.Response) -> httpx2.Response:
    return httpx2.Response(reply.status_code, headers=_plain(reply.headers.items()), content=reply.content)


def _plain(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name not in {"content-length", "transfer-encoding"}]
