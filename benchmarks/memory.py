"""What iterating over a large wiki holds in memory, as tracemalloc counts it. The server is a function."""

from __future__ import annotations

import gc
import json
import tracemalloc
from functools import cache
from itertools import islice
from typing import Any, Final

import httpx2
from measure import Result, counted
from traffic import CONTENT_TYPE, URL, page, page_list

from wikijs import WikiJSClient

FEW: Final = 10_000
MANY: Final = 100_000
_PAGE: Final = json.dumps(page(0, "What to do when it does not answer.\n" * 50))


def measure() -> list[Result]:
    """Once the list is there memory must not grow; the list itself is one reply, and grows with the wiki."""
    results: list[Result] = []
    for content, what in ((True, "pages with content"), (False, "entries of the list")):
        begin, rest, most = _held(MANY, content=content)
        name = f"peak memory of iterating {MANY:,} {what}"
        results += [
            counted(rest / begin, f"{name}, last nine tenths", "first tenth", 1.1),
            counted(most / _held(FEW, content=content)[-1], f"{name}, list included", f"{FEW:,}"),
            counted(most / MANY / 1000, f"the same for each page of the list, {what}", "(bytes)", unit="kB"),
        ]
    return results


def _held(count: int, *, content: bool) -> tuple[int, int, int]:
    """Bytes at the peaks of the first tenth of the pages, of the rest, and of all with the list."""
    _reply(count)  # made before counting begins
    gc.collect()
    tracemalloc.start()
    with httpx2.Client(transport=httpx2.MockTransport(lambda request: _answer(request, count))) as http:
        pages = WikiJSClient(URL, http_client=http).pages.iter_all(content=content)
        next(pages)
        peaks = [_peak()]
        for _ in islice(pages, count // 10):
            pass
        peaks.append(_peak())
        for _ in pages:
            pass
        peaks.append(_peak())
    tracemalloc.stop()
    return peaks[1], peaks[2], max(peaks)


def _peak() -> int:
    """Bytes held at most since this was asked last."""
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    return peak


@cache
def _reply(count: int) -> bytes:
    return page_list(count)


def _answer(request: httpx2.Request, count: int) -> httpx2.Response:
    variables: dict[str, Any] = json.loads(request.content)["variables"]
    wanted = {name: value for name, value in variables.items() if name.endswith("_id")}
    entries = (f'"{name.removesuffix("_id")}_pages":{{"single":{_page(i)}}}' for name, i in wanted.items())
    reply = f'{{"data":{{{",".join(entries)}}}}}'.encode() if wanted else _reply(count)
    return httpx2.Response(200, content=reply, headers={"content-type": CONTENT_TYPE})


def _page(i: int) -> str:
    """JSON of a page; made by replacement, because encoding 100,000 of them would take longer than what is measured."""
    return _PAGE.replace('"id": 0', f'"id": {i}', 1)
