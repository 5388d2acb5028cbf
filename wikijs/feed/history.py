"""From the history of a page to events: what was done, by whom and when. Pure: no requests, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

from .snapshot import LISTED, NEVER, PageState, carried, content_digest, differing, scripts_digest

Person: TypeAlias = tuple[int, str | None]
"""Id and name of a user."""

MOVED: Final = "moved"
CONTENT_LIMIT: Final = 20_000
"""Bytes of a page's source that an event carries at most."""

_KINDS: Final = {
    "page.created": "create",
    "page.updated": "edit",
    "page.moved": "move",
    "page.published": "publish",
    "page.unpublished": "unpublish",
    "page.deleted": "delete",
    "page.hidden": "hide",
    "page.visible": "show",
    "page.tagged": "tag",
    "page.touched": "touch",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a number.

    Attributes:
        key: What tells it from other events of its type and subject; makes its id.
        occurred_at: When it happened, as the server writes moments; None for the moment when it was found out.
        data: The details, as the event's type has them.
        context: What filters and fuller payloads need and the event itself does not say.
    """

    type: str
    subject: str
    key: str
    occurred_at: str | None
    data: Mapping[str, Any]
    certain: bool = True
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the history of a page: what the page was before a change.

    Attributes:
        id: One increasing number for the whole wiki.
        saved_at: When this content was saved.
        ended_at: When the change came that ended it.
        action: What ended it, `moved` for a move.
        author: Who had saved it.
        state: The page then; without tags, which are not kept.
        digest: Of its content.
    """

    id: int
    saved_at: str
    ended_at: str
    action: str
    author: Person | None
    state: PageState
    digest: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """A page as it was just looked at.

    Attributes:
        state: The page.
        fresh: Its versions that were not told about yet, oldest first; None where the history cannot be read.
        newest_id, versions: The highest version id, and how many versions there are.
        author, creator: Who saved it last, and who created it, where that can be read.
        content: Its source, where that can be read.
        whole: Whether content could be read, so that an edit can be told from a mere touch.
    """

    state: PageState
    fresh: Sequence[Version] | None
    newest_id: int = NEVER
    versions: int = 0
    author: Person | None = None
    creator: Person | None = None
    content: str | None = None
    whole: bool = True


Kind: TypeAlias = Literal["known", "new", "visible"]


def version_of(row: Mapping[str, Any], locale: str) -> Version:
    """A version as the server gives it."""
    author = row.get("authorId")
    state = PageState(
        id=int(row["pageId"]),
        path=row["path"],
        locale=row.get("locale") or locale,
        title=row.get("title"),
        description=row.get("description"),
        content_type=row.get("contentType"),
        is_published=row.get("isPublished"),
        created_at="",
        updated_at=str(row.get("versionDate") or ""),
        tags=(),
    )
    person = None if author is None else (int(author), row.get("authorName"))
    ended = str(row.get("createdAt") or "")
    return Version(
        int(row["versionId"]), state.updated_at, ended, row.get("action") or "", person, state, content_digest(row)
    )


def fresh_ids(trail: Sequence[Mapping[str, Any]], known: PageState | None) -> list[int]:
    """The ids of those versions of a trail that came after what is known, lowest first."""
    if known is None:
        found = [int(entry["versionId"]) for entry in trail]
    elif known.version_id == NEVER:
        # What was saved before the last look ended before it, too.
        found = [int(entry["versionId"]) for entry in trail if str(entry["versionDate"]) >= known.updated_at]
    else:
        found = [int(entry["versionId"]) for entry in trail if int(entry["versionId"]) > known.version_id]
    return sorted(found)


def tell(
    look: Look, known: PageState | None, kind: Kind, wiki: str, *, unchanged: bool = False, touched: bool = False
) -> tuple[list[Draft], PageState]:
    """What happened to a page, oldest first, and what to remember of it.

    Args:
        look: The page now.
        known: The page as it was known; None for one that was not.
        kind: Whether it was known, is new, or could not be seen before.
        wiki: URL of the wiki.
        unchanged: Also tell of versions that changed nothing.
        touched: Also tell of pages that were only written by the server itself.
    """
    now = replace(
        carried(look.state, known),
        digest=look.state.digest if look.whole else known.digest if known else None,
        scripts=look.state.scripts or (known.scripts if known else None),
    )
    drafts: list[Draft] = []
    fresh = list(look.fresh or ())
    pending = bool(fresh) and fresh[-1].saved_at == now.updated_at
    if pending:
        fresh.pop()  # the change that it stands before has not arrived yet, or never will
    states = [version.state for version in fresh[1:]] + [now] if fresh else []
    first = fresh[0].state if fresh else now
    if kind == "new":
        whole = replace(first, created_at=now.created_at, tags=now.tags)
        drafts.append(
            _draft("page.created", whole, wiki, now.created_at, now.created_at, author=look.creator, look=look)
        )
    elif kind == "visible":
        now = replace(now, counter=now.counter + 1)
        drafts.append(_draft("page.visible", replace(first, tags=now.tags), wiki, f"{now.counter}", None, look=look))
    if look.fresh is None:
        if kind == "known" and known is not None:
            drafts += _coalesced(look, known, now, wiki, touched=touched)
        return drafts, _counted(now, drafts)
    changes = [_changed(before, after, look.state.digest) for before, after in _pairs(fresh, look)]
    unlisted = _unlisted(known, now)
    owner = _owner(changes) if unlisted else None
    # Scripts are in no version, tags neither: which one changed them is known only where there is one.
    invisible = known is None or known.scripts is None or now.scripts is None
    for index, (version, state, fields) in enumerate(zip(fresh, states, changes, strict=True)):
        own = sorted([*fields, *unlisted]) if index == owner else fields
        alone = len(fresh) == 1
        empty = not own and version.action != MOVED
        following = fresh[index + 1] if index + 1 < len(fresh) else None
        if empty and following is not None and following.saved_at == version.saved_at:
            continue  # the server kept a version for a change that then failed
        if empty and alone and not invisible and look.whole and not unchanged:
            continue
        certain = not (index == owner and not alone) and not (empty and (invisible or not alone)) and look.whole
        type_ = _type(version, state)
        author = None if type_ == "page.moved" else following.author if following else look.author
        drafts.append(
            _draft(
                type_,
                replace(state, created_at=now.created_at, tags=now.tags),
                wiki,
                str(version.id),
                version.ended_at or None,
                author=author,
                fields=own,
                version=version,
                certain=certain,
                look=look if following is None else None,
                tags_before=known.tags if known else now.tags,
            )
        )
    if not fresh and kind == "known" and known is not None and not pending:
        drafts += _coalesced(look, known, now, wiki, touched=touched)
    seen = [version.id for version in fresh]
    newest = max(seen, default=now.version_id) if pending else look.newest_id
    return drafts, _counted(replace(now, version_id=newest, versions=look.versions - pending), drafts)


def _counted(state: PageState, drafts: Sequence[Draft]) -> PageState:
    """The state after these events, some of which have ids that are counted."""
    return replace(state, counter=state.counter + sum(draft.key.startswith("c") for draft in drafts))


def _pairs(fresh: Sequence[Version], look: Look) -> list[tuple[Version, Version | PageState]]:
    following: list[Version | PageState] = [*fresh[1:], look.state] if fresh else []
    return list(zip(fresh, following, strict=True))


def _changed(before: Version, after: Version | PageState, digest: str | None) -> list[str]:
    """Fields that a change changed, as far as versions tell."""
    state = after.state if isinstance(after, Version) else after
    names = [name for name in LISTED if getattr(before.state, name) != getattr(state, name)]
    later = after.digest if isinstance(after, Version) else digest
    if before.digest is not None and later is not None and before.digest != later:
        names.append("content")
    return sorted(names)


def _unlisted(known: PageState | None, now: PageState) -> list[str]:
    """What differs of that which no version keeps."""
    if known is None:
        return []
    names = ["tags"] if known.tags != now.tags else []
    return [*names, "scripts"] if None not in {known.scripts, now.scripts} and known.scripts != now.scripts else names


def _owner(changes: Sequence[Sequence[str]]) -> int | None:
    """Which of several changes changed what no version keeps: one that changed nothing else, or the last one."""
    empty = [index for index, fields in enumerate(changes) if not fields]
    return empty[-1] if empty else len(changes) - 1 if changes else None


def _type(version: Version, after: PageState) -> str:
    before = version.state
    if version.action == MOVED or (before.path, before.locale) != (after.path, after.locale):
        return "page.moved"
    if before.is_published != after.is_published and after.is_published is not None:
        return "page.published" if after.is_published else "page.unpublished"
    return "page.updated"


def _coalesced(look: Look, known: PageState, now: PageState, wiki: str, *, touched: bool) -> list[Draft]:
    """What happened to a page of which no new version is to be seen: one event for all of it, or none."""
    fields = differing(known, now)
    if look.whole and known.digest is not None and now.digest is not None and known.digest != now.digest:
        fields = sorted([*fields, "content"])
    key = f"c{known.counter + 1}"
    if fields == ["tags"] and look.fresh is not None:
        return [tagged(known, now, wiki)]
    if not fields and (look.fresh is not None or (look.whole and known.digest is not None)):
        if not touched or known.updated_at == now.updated_at:
            return []
        return [_draft("page.touched", now, wiki, now.updated_at, now.updated_at, tags_before=known.tags)]
    before = Version(NEVER, "", "", "", None, known, None)
    type_ = _type(before, now)
    return [
        _draft(
            type_,
            now,
            wiki,
            key,
            now.updated_at,
            author=None if type_ == "page.moved" else look.author,
            fields=fields,
            version=before,
            certain=False,
            look=look,
            tags_before=known.tags,
        )
    ]


def tagged(known: PageState, now: PageState, wiki: str) -> Draft:
    """The tags of a page changed and nothing else."""
    previous = {"tags": list(known.tags)}
    key = f"c{known.counter + 1}"
    return _draft("page.tagged", now, wiki, key, None, fields=["tags"], previous=previous, tags_before=known.tags)


def vanished(known: PageState, wiki: str, *, deleted: bool) -> tuple[Draft, PageState]:
    """A page is gone, or is there and cannot be seen any more."""
    if deleted:
        state = replace(known, gone=True)
        return _draft("page.deleted", known, wiki, known.created_at, None, tags_before=known.tags), state
    state = replace(known, hidden=True, counter=known.counter + 1)
    return _draft("page.hidden", known, wiki, f"c{state.counter}", None, tags_before=known.tags), state


def created(row: PageState, wiki: str) -> Draft:
    """A page was created of which only the list is known."""
    return _draft("page.created", row, wiki, row.created_at, row.created_at)


def _draft(
    type_: str,
    state: PageState,
    wiki: str,
    key: str,
    occurred_at: str | None,
    *,
    author: Person | None = None,
    fields: Sequence[str] = (),
    version: Version | None = None,
    previous: Mapping[str, Any] | None = None,
    certain: bool = True,
    look: Look | None = None,
    tags_before: Sequence[str] = (),
) -> Draft:
    before = dict(previous or {})
    context: dict[str, Any] = {}
    if version is not None:
        before = {name: getattr(version.state, name) for name in fields if name in LISTED}
        if "tags" in fields:
            before["tags"] = list(tags_before)
    if set(tags_before) - set(state.tags):
        context["tags"] = sorted(set(tags_before) - set(state.tags))
    if look is not None and look.content is not None:
        context["content"] = look.content
    page = {
        "id": state.id,
        "path": state.path,
        "locale": state.locale,
        "title": state.title,
        "description": state.description,
        "content_type": state.content_type,
        "is_published": state.is_published,
        "tags": list(state.tags),
        "created_at": state.created_at or None,
        "updated_at": state.updated_at or None,
    }
    change = {
        "kind": _KINDS[type_],
        "fields": list(fields),
        "version_id": version.id if version is not None and version.id != NEVER else None,
        "author": None if author is None else {"id": author[0], "name": author[1]},
        "previous": before,
    }
    data = {"page": page, "change": change, "url": f"{wiki}/{state.locale}/{state.path}"}
    return Draft(type_, state.subject, key, occurred_at, data, certain, context)


def in_order(stories: Sequence[Sequence[Draft]]) -> list[Draft]:
    """The events of several pages by time; those of one page stay in their order, whatever the server's clock did."""
    keyed: list[tuple[str, Draft]] = []
    for story in stories:
        latest = ""
        for index, draft in enumerate(story):
            moment = next((each.occurred_at for each in story[index:] if each.occurred_at), "~")
            latest = max(latest, moment)
            keyed.append((latest, draft))
    return [draft for _, draft in sorted(keyed, key=lambda pair: pair[0])]


def look_of(
    page: Mapping[str, Any], row: PageState, fresh: Sequence[Version] | None, newest: int, versions: int
) -> Look:
    """A page from what `single` gave of it (nothing, where it must not be read) and from the list's row."""
    from .snapshot import of_row

    if not page:
        return Look(row, fresh, newest, versions, whole=False)
    state = of_row({**page, "isPublished": page.get("isPublished", row.is_published)})
    state = replace(state, digest=content_digest(page), scripts=scripts_digest(page))
    people = [
        None if page.get(f"{role}Id") is None else (int(page[f"{role}Id"]), page.get(f"{role}Name"))
        for role in ("author", "creator")
    ]
    content = page.get("content")
    return Look(state, fresh, newest, versions, people[0], people[1], content, whole=content is not None)
