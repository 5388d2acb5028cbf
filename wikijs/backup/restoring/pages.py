"""Pages of a backup and pages of a wiki."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath
from wikijs.resources.pages.values.models import read_state
from wikijs.transfer.format import PageFile
from wikijs.transfer.plan import changes

from ..store import Store
from .model import RestoreOptions, RestorePlan, Step
from .target import Target

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.pages.values.models import PageState

AT_ONCE: Final = 200


def plan_pages(
    client: WikiJSClient,
    store: Store,
    pages: Sequence[dict[str, Any]],
    target: Target,
    plan: RestorePlan,
    options: RestoreOptions,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Compare the pages of a backup with those of a wiki at the same paths."""
    ids = {(page["path"], page["locale"]): page["id"] for page in target.state.pages.values()}
    folder = options.folder.strip("/")
    wanted = [
        page
        for page in pages
        if page["head"]["locale"] in target.locales and paths.is_below(page["head"]["path"], folder)
    ]
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        there = [page for page in some if _place(page) in ids]
        outcomes = client.batch(*(read_state(ids[_place(page)]) for page in there), return_exceptions=True)
        now = {page["id"]: outcome for page, outcome in zip(there, outcomes, strict=True)}
        for page in some:
            found = now.get(page["id"])
            if isinstance(found, exc.PageNotFoundError):
                found = None
            name = "/".join(reversed(_place(page)))
            data = {"id": page["id"], "object": page["object"], "missing": page.get("missing", [])}
            step = Step(kind="pages", name=name, action="create" if found is None else "update", data=data)
            if found is not None and not isinstance(found, Exception):
                if not changes(page_file(store, step.data)[1], found):
                    plan.same("pages")
                    continue
                if not options.update:
                    plan.left.append(f"pages: {name}")
                    continue
            plan.steps.append(step)
        if progress is not None:
            progress(start + len(some), len(wanted))


def _place(page: Mapping[str, Any]) -> tuple[str, str]:
    return page["head"]["path"], page["head"]["locale"]


def page_file(store: Store, data: Mapping[str, Any]) -> tuple[PagePath, PageFile]:
    """A page of a backup: where it is, and what it is. What the backup does not know is None, what it knows to be
    nothing an empty text.

    Raises:
        FileRefusedError: It is damaged.
    """
    fields = store.get_json(data["object"])
    missing = set(data.get("missing", ()))

    def text(name: str, ours: str) -> str | None:
        return None if ours in missing else fields.get(name) or ""

    page = PageFile(
        content=fields["content"],
        content_type=fields["contentType"],
        title=fields.get("title") or "",
        description=fields.get("description") or "",
        is_published=fields.get("isPublished"),
        tags=tuple(fields.get("tags") or ()),
        editor=fields.get("editor"),
        publish_start_date=text("publishStartDate", "publish_start_date"),
        publish_end_date=text("publishEndDate", "publish_end_date"),
        script_css=text("scriptCss", "script_css"),
        script_js=text("scriptJs", "script_js"),
    )
    return PagePath(fields["path"], fields["locale"]), page


def page_at(client: WikiJSClient, place: PagePath) -> PageState | None:
    """The page of a wiki at a place, read whole; None where there is none."""
    try:
        found = client.pages.get_by_path(place.path, locale=place.locale, content=False)
    except exc.PageNotFoundError:
        return None
    return client.execute(read_state(found.id), cache=False)
