"""Imports and the first call, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from measure import Result, compare

ROUNDS: Final = 15
FLOOR: Final = "import httpx2, pydantic"
CLIENTS: Final = "from wikijs import WikiJSClient, AsyncWikiJSClient"

_TRANSPORT = """
import httpx2
reply = b'{"data":{"pages":{"list":[]}}}'
transport = httpx2.MockTransport(
    lambda request: httpx2.Response(200, content=reply, headers={"content-type": "application/json"})
)
"""
_FIRST_CALL = f"""{CLIENTS}{_TRANSPORT}
with WikiJSClient("http://wiki.test", http_client=httpx2.Client(transport=transport)) as client:
    assert client.pages.list() == []
"""
# What a careful person writes who needs this one call and no library: the same fields, the same types.
_BY_HAND = f"""import datetime, pydantic{_TRANSPORT}
class Summary(pydantic.BaseModel):
    id: int
    path: str
    locale: str
    title: str | None
    description: str | None
    content_type: str = pydantic.Field(alias="contentType")
    is_published: bool = pydantic.Field(alias="isPublished")
    is_private: bool = pydantic.Field(alias="isPrivate")
    created_at: datetime.datetime = pydantic.Field(alias="createdAt")
    updated_at: datetime.datetime = pydantic.Field(alias="updatedAt")
    tags: list[str]
class Pages(pydantic.BaseModel):
    list: list[Summary]
class Data(pydantic.BaseModel):
    pages: Pages
class Reply(pydantic.BaseModel):
    data: Data
with httpx2.Client(transport=transport) as client:
    answer = client.post("http://wiki.test/graphql", json={{"query": "..."}})
    assert Reply.model_validate_json(answer.content).data.pages.list == []
"""
_PROGRAMS: Final = {
    "floor": FLOOR,
    "package": "import wikijs",
    "clients": CLIENTS,
    "first call": _FIRST_CALL,
    "by hand": _BY_HAND,
}


def measure() -> list[Result]:
    """CPU of each program, without the start of the interpreter itself."""
    for program in _PROGRAMS.values():  # compiles everything to bytecode, as an installer does
        _cpu_of(program)
    samples: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    for _ in range(ROUNDS):
        for name, program in _PROGRAMS.items():
            samples[name].append(_cpu_of(program))
    return [
        compare(samples, "package", "floor", "import wikijs", FLOOR, 0.15),
        compare(samples, "clients", "floor", "import both clients", FLOOR, 1.25),
        compare(samples, "first call", "floor", "import and first call", FLOOR, 1.35),
        compare(samples, "by hand", "floor", "the same by hand (httpx2 and 4 models)", FLOOR),
        compare(samples, "first call", "by hand", "import and first call", "the same by hand", 1.15),
    ]


def _cpu_of(program: str) -> float:
    timed = f"import time\nstarted = time.process_time()\n{program}\nprint(time.process_time() - started)"
    run = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True, timeout=60)
    return float(run.stdout)
