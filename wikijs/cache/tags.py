"""What an answer tells of, and what a write may change: the two sides of invalidation, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from wikijs.core.operations import Operation

from .base import ALL

PAGES: Final = "pages"
"""Answers about many pages: lists, tree, search, tags, links."""
EACH_PAGE: Final = "each-page"
"""Answers about a single page. Creating, moving or deleting one changes others, which link to it."""

_KEPT_NAMESPACES: Final = frozenset({"assets", "comments", "contribute", "groups", "pages", "users"})
_NEVER_KEPT: Final = frozenset(
    {"comments.providers", "pages.checkConflicts", "pages.conflictLatest", "users.lastLogins", "users.profile"}
)


@cache
def is_kept(server_field: str) -> bool:
    """Whether answers of a query are kept: not those about the moment, about the caller, or about settings."""
    return server_field.partition(".")[0] in _KEPT_NAMESPACES and server_field not in _NEVER_KEPT


_OF_ONE_PAGE: Final = frozenset({"single", "singleByPath", "history", "version"})
_CHANGES_ONE_PAGE: Final = frozenset({"update", "convert", "render", "restore"})
_CHANGES_BESIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "users": ("groups", PAGES, EACH_PAGE),  # deleting a user gives its pages to another
    "groups": ("users",),
    "authentication": ("users", "groups"),
    "localization": (PAGES, EACH_PAGE, "navigation"),
    "rendering": (EACH_PAGE,),
    "storage": (PAGES, EACH_PAGE, "assets"),  # an import writes both
    "search": (PAGES,),
}
"""What writes of a namespace change outside it."""


def of_answer(operation: Operation[Any], leaf: Any) -> frozenset[str]:
    """Tags of an answer: it must be dropped when any of them is invalidated."""
    namespace, _, field = operation.spec.server_field.partition(".")
    if namespace != PAGES:
        return frozenset({namespace})
    if operation.spec.custom:
        return frozenset({PAGES, EACH_PAGE})  # its variables do not tell which page it is about
    if field not in _OF_ONE_PAGE:
        return frozenset({PAGES})
    variables = operation.variables
    page_id = variables.get("id", variables.get("pageId", _part(leaf, "id")))
    if page_id is None:  # a query of a user's own that does not tell which page it read: any write to a page drops it
        return frozenset({EACH_PAGE, PAGES})
    tags = {EACH_PAGE, f"page:{page_id}"}
    path, locale = _part(leaf, "path", variables.get("path")), _part(leaf, "locale", variables.get("locale"))
    if path is not None and locale is not None:
        tags.add(f"path:{locale}/{path}")
    return frozenset(tags)


def _part(leaf: Any, name: str, default: Any = None) -> Any:
    """A part of an answer, which is a model or, for queries put together at run time, plain JSON."""
    return leaf.get(name, default) if isinstance(leaf, Mapping) else getattr(leaf, name, default)  # pyright: ignore


def of_write(operation: Operation[Any]) -> frozenset[str]:
    """Tags that a write invalidates, whether it succeeded, failed, or nobody knows."""
    namespace, _, field = operation.spec.server_field.partition(".")
    if namespace == PAGES and field in _CHANGES_ONE_PAGE and not operation.spec.custom:
        return frozenset({PAGES, f"page:{operation.variables.get('id', operation.variables.get('pageId'))}"})
    if namespace == PAGES:
        return frozenset({PAGES, EACH_PAGE, "comments"})
    if operation.spec.custom and namespace not in _KEPT_NAMESPACES | _CHANGES_BESIDES.keys():
        return frozenset({ALL})  # nobody knows what it changes
    return frozenset({namespace, *_CHANGES_BESIDES.get(namespace, ())})
