"""What iterating over a large wiki holds in memory, as tracemalloc counts it. The server is a function in the process."""

from __future__ import annotations

import gc
import json
import tracemalloc
from functools import cache
from typing import Any, Final

import httpx2
from measure import Result, counted
from traffic import CONTENT_TYPE, URL, page, page_list

from wikijs import WikiJSClient

FEW: Final = 10_000
MANY: Final = 100_000
_CONTENT: Final = "What to do when it does not answer.\n" * 50


def measure() -> list[Result]:
    """Peaks of iterating 100,000 pages, over what is held at the first page and over a tenth of the pages."""
    results: list[Result] = []
    for content, what in ((True, "pages with content"), (False, "entries of the list")):
        (_, few), (first, many, peak) = _held(FEW, content=content)[1:], _held(MANY, content=content)
        name = f"peak memory of iterating {MANY:,} {what}"
        results += [
            counted(many / first, f"{name}, from the first on", "at the first", 1.1),
            counted(peak / few, f"{name}, list included", f"{FEW:,}"),
        ]
        print(what, few / 1e6, first / 1e6, many / 1e6, peak / 1e6)
    return results


def _held(count: int, *, content: bool) -> tuple[int, int, int]:
    """Bytes held at the first page, the peak from then on, and the peak of all."""
    _reply(count)  # made before counting begins
    gc.collect()
    tracemalloc.start()
    with httpx2.Client(transport=httpx2.MockTransport(lambda request: _answer(request, count))) as http:
        pages = WikiJSClient(URL, http_client=http).pages.iter_all(content=content)
        next(pages)
        first, whole = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        assert sum(1 for _ in pages) == count - 1
        _, later = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return first, later, max(whole, later)


@cache
def _reply(count: int) -> bytes:
    return page_list(count)


def _answer(request: httpx2.Request, count: int) -> httpx2.Response:
    variables: dict[str, Any] = json.loads(request.content)["variables"]
    wanted = {name: value for name, value in variables.items() if name.endswith("_id")}
    data = {f"{name.removesuffix('_id')}_pages": {"single": page(value, _CONTENT)} for name, value in wanted.items()}
    reply = json.dumps({"data": data}).encode() if wanted else _reply(count)
    return httpx2.Response(200, content=reply, headers={"content-type": CONTENT_TYPE})
