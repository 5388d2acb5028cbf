"""A Wiki.js of recorded answers: answers each request with the recorded body of the operation it names."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import Any

import httpx2

from support.jwt import login_token
from support.recordings import step

PAGES = step("pages-crud", "list all")
PROFILE = step("users", "profile with a user token")
GUEST = step("users", "profile as guest")
LOGIN = step("authentication", "login")


def login_body(token: str | None = None, **fields: Any) -> dict[str, Any]:
    """The recorded answer to a login, with a token in the place of `<jwt>`."""
    body = json.loads(json.dumps(LOGIN.body))
    body["data"]["authentication"]["login"] |= {"jwt": token or login_token(), **fields}
    return dict(body)


def reply(body: Any, status: int = 200, **headers: str) -> httpx2.Response:
    """An answer in JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(
        status, headers={"content-type": "application/json; charset=utf-8", **named}, content=json.dumps(body)
    )


class Wiki:
    """Recorded answers by operation name, in order, the last one for ever; counts and keeps the requests."""

    def __init__(self, delay: float = 0.0, **answers: httpx2.Response | list[httpx2.Response]) -> None:
        self.delay = delay
        self.calls: Counter[str] = Counter()
        self.requests: list[httpx2.Request] = []
        self._answers: dict[str, list[httpx2.Response]] = {
            "PagesList": [PAGES.reply()],
            "UsersProfile": [PROFILE.reply()],
            "GroupsList": [reply({"errors": [{"message": "Forbidden"}], "data": {"groups": {"list": None}}})],
            "AuthenticationLogin": [reply(login_body())],
        }
        for name, answer in answers.items():
            self._answers[name] = answer if isinstance(answer, list) else [answer]

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        name = json.loads(request.content)["operationName"]
        self.calls[name] += 1
        answers = self._answers[name]
        chosen = answers.pop(0) if len(answers) > 1 else answers[0]
        headers = {k: v for k, v in chosen.headers.items() if k != "content-length"}
        return httpx2.Response(chosen.status_code, headers=headers, content=chosen.content)

    @property
    def tokens(self) -> list[str | None]:
        """The bearer token of each request."""
        found = (request.headers.get("authorization") for request in self.requests)
        return [value.removeprefix("Bearer ") if value else None for value in found]

    def variables(self, name: str) -> list[dict[str, Any]]:
        """The variables of each request for an operation."""
        sent = [json.loads(request.content) for request in self.requests]
        return [body["variables"] for body in sent if body["operationName"] == name]

    def client(self) -> httpx2.Client:
        def handle(request: httpx2.Request) -> httpx2.Response:
            time.sleep(self.delay)
            return self.answer(request)

        return httpx2.Client(transport=httpx2.MockTransport(handle))

    def async_client(self) -> httpx2.AsyncClient:
        async def handle(request: httpx2.Request) -> httpx2.Response:
            await asyncio.sleep(self.delay)
            return self.answer(request)

        return httpx2.AsyncClient(transport=httpx2.MockTransport(handle))
