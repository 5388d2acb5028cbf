"""Trouble on demand: slow answers and failing ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from random import Random

from ..clock import seconds
from .messages import Response, text_response


class FaultError(Exception):
    """A latency or failure that is not understood; the message is one sentence for the user."""


@dataclass(frozen=True)
class Failure:
    """Answer this share of requests with this status instead of serving them."""

    status: int
    share: float

    def strikes(self, random: Random) -> bool:
        """Whether the next request fails."""
        return random.random() < self.share

    def response(self) -> Response:
        """The page a proxy would show."""
        phrase = HTTPStatus(self.status).phrase
        html = f"<html><head><title>{self.status} {phrase}</title></head><body>{self.status} {phrase}</body></html>"
        return text_response(html, self.status, "text/html")


def parse_failure(text: str) -> Failure:
    """`502:0.1`: one request in ten is answered with 502."""
    match = re.fullmatch(r"([45]\d\d):(0|1|0?\.\d+|1\.0+)", text.strip())
    if match is None or int(match[1]) not in set(HTTPStatus):
        raise FaultError(f"A failure is a status and a share from 0 to 1, such as 502:0.1; {text!r} is not.")
    return Failure(int(match[1]), float(match[2]))


def parse_latency(text: str | float) -> float:
    """`25ms` or `0.5s` in seconds; a number counts seconds."""
    if isinstance(text, int | float):
        if text >= 0:
            return float(text)
    elif re.fullmatch(r"\d*\.?\d+ ?(ms|s|m)|0", text.strip()):
        return seconds(text) or 0.0
    raise FaultError(f"A latency is a time such as 25ms or 0.5s; {text!r} is not.")
