"""A view of a Django project that shows what is new in the wiki, with one client for the whole process.

    path("news/", django_view.news)          # in urls.py

The client connects at the first request and is kept; its answers are kept for a minute. Needs `pip install django`.
"""

from __future__ import annotations

import os
from functools import cache

from django.http import HttpRequest, JsonResponse  # type: ignore[import-untyped]

from wikijs import WikiJSClient
from wikijs.cache import MemoryCache
from wikijs.exceptions import WikiJSException


@cache
def wiki() -> WikiJSClient:
    """The client of this process."""
    return WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"], cache=MemoryCache(ttl=60))


def news(request: HttpRequest) -> JsonResponse:
    """The ten pages that changed last."""
    try:
        pages = wiki().pages.list(order_by="updated", descending=True, published=True)[:10]
    except WikiJSException as error:
        return JsonResponse({"error": error.message}, status=503)
    return JsonResponse({"pages": [{"path": page.path, "title": page.title} for page in pages]})
