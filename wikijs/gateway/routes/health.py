"""Whether the gateway lives, whether it can work, and its figures."""

from __future__ import annotations

import asyncio
import ipaddress

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from wikijs.exceptions import WikiJSException

from ..access.checks import missing
from ..door import gateway_of, route
from ..http.encoding import answer
from ..runtime import Gateway
from .pages.models import Out


class Health(Out):
    """How the gateway is."""

    status: str
    problems: list[str]


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(router, "GET", "/healthz", scope=None, answers={200: (Health, "The process lives.")})
    async def healthz() -> Response:
        """Say that the process lives."""
        return answer({"status": "ok", "problems": []})

    @route(
        router, "GET", "/readyz", scope=None,
        answers={200: (Health, "It can work."), 503: (Health, "It cannot; `problems` says why.")},
    )  # fmt: skip
    async def readyz(request: Request) -> Response:
        """Say whether requests can be served: the database, the wiki, its credentials."""
        problems = await _problems(gateway_of(request))
        if problems:
            return answer({"status": "not ready", "problems": problems}, 503, {"Retry-After": "5"})
        return answer({"status": "ready", "problems": []})

    @route(
        router, "GET", "/metrics", scope=None,
        answers={200: (None, "Figures for Prometheus.")}, media={200: "text/plain"},
    )  # fmt: skip
    async def metrics(request: Request) -> Response:
        """Give figures for Prometheus: to this machine, or to a key with the scope `metrics`."""
        gateway = gateway_of(request)
        address = request.state.address
        if not (gateway.settings.metrics == "loopback" and _is_loopback(address)):
            caller = await gateway.authenticator.authenticate(request.headers.get("authorization"), address)
            if "metrics" not in caller.scopes:
                raise missing("metrics")
        return Response(_figures(gateway), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _problems(gateway: Gateway) -> list[str]:
    if gateway.draining:
        return ["The gateway is stopping."]
    problems: list[str] = []
    try:
        states = await asyncio.to_thread(gateway.credentials.all)
    except WikiJSException as error:
        return [error.message]
    if not states:
        problems.append("There is no credential of the wiki yet.")
    problems += [f"The credential {each.name!r}: {each.problem}" for each in states if each.problem]
    now = gateway.clock()
    if gateway.looked_at + 5.0 < now:  # who asks often does not ask the wiki often
        gateway.looked_at = now
        gateway.unreachable = await gateway.reach()
    if gateway.unreachable:
        problems.append(gateway.unreachable)
    return problems


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address in {"testclient", "unknown"}


def _figures(gateway: Gateway) -> str:
    lines = [
        "# HELP wikijs_gateway_requests_total Requests by method, route and status.",
        "# TYPE wikijs_gateway_requests_total counter",
    ]
    counts = sorted(gateway.counts.items())
    for name, index in (("requests_total", 0), ("request_seconds_total", 1), ("response_bytes_total", 2)):
        if index:
            meaning = {1: "Time spent on requests.", 2: "Bytes of answers."}[index]
            lines += [f"# HELP wikijs_gateway_{name} {meaning}", f"# TYPE wikijs_gateway_{name} counter"]
        for (method, place, status), numbers in counts:
            labels = f'method="{method}",route="{place}",status="{status}"'
            lines.append(f"wikijs_gateway_{name}{{{labels}}} {numbers[index]:g}")
    lines += [
        "# HELP wikijs_gateway_writes_waiting Page writes that wait or are under way.",
        "# TYPE wikijs_gateway_writes_waiting gauge",
        f"wikijs_gateway_writes_waiting {gateway.queue.waiting}",
        "# HELP wikijs_gateway_keys Keys that are taken.",
        "# TYPE wikijs_gateway_keys gauge",
        f"wikijs_gateway_keys {sum(key.problem(gateway.clock()) is None for key in gateway.keys.all())}",
    ]
    return "\n".join(lines) + "\n"
