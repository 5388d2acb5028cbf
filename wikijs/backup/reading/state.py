"""All of a wiki but pages and files: people and settings, in one request or few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.operations import Operation
from wikijs.core.replies import is_list
from wikijs.core.values.redaction import HIDDEN
from wikijs.resources.shared.module_settings import settings

from .operations import head, list_briefly, list_pages, server

if TYPE_CHECKING:
    from wikijs import WikiJSClient

_SETTINGS: Final[tuple[tuple[str, Callable[[], Operation[Any]]], ...]] = (
    ("locales", ops.localization_config),
    ("site", ops.site_config),
    ("theme", ops.theming_config),
    ("navigation", ops.navigation_tree),
    ("navigation mode", ops.navigation_config),
    ("mail", ops.mail_config),
    ("rendering", ops.rendering_renderers),
    ("search", ops.search_search_engines),
    ("analytics", ops.analytics_providers),
    ("commenting", ops.comments_providers),
    ("logins", ops.authentication_active_strategies_for_admin),
    ("storage", ops.storage_targets),
    ("tags", ops.pages_tags),
    ("flags", ops.system_flags),
    ("keys", ops.authentication_api_keys),
)
MODULES: Final = ("rendering", "search", "analytics", "commenting", "logins", "storage")
"""Kinds of settings that are modules with a configuration."""
_MODULE_FIELDS: Final = (
    *("key", "isEnabled", "mode", "syncInterval", "displayName", "order", "selfRegistration"),
    *("domainWhitelist", "autoEnrollGroups"),
)
_MODULE_REST: Final = {"config", "description", "actions", "title", "logo", "website"}
_SECRETS_OF_MAIL: Final = ("pass", "dkimPrivateKey")


@dataclass(slots=True)
class State:
    """What was read.

    Attributes:
        pages: Heads of pages, by number.
        is_brief: Whether the heads are brief ones, see `list_briefly`.
        users, groups: Those that could be read whole.
        comments: Comments of the pages that were asked for, by the place of the page.
        settings: Values by kind.
        left_out: What could not be read or must not be kept, and why.
        server: Release of the server.
    """

    pages: dict[int, dict[str, Any]] = field(default_factory=dict[int, "dict[str, Any]"])
    is_brief: bool = False
    users: list[dict[str, Any]] = field(default_factory=list["dict[str, Any]"])
    groups: list[dict[str, Any]] = field(default_factory=list["dict[str, Any]"])
    folders: dict[int, Sequence[Any]] = field(default_factory=dict[int, Sequence[Any]])
    files: dict[int, Sequence[Any]] = field(default_factory=dict[int, Sequence[Any]])
    comments: dict[tuple[str, str], Sequence[Any]] = field(default_factory=dict["tuple[str, str]", Sequence[Any]])
    has_new_comments: bool = True
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    left_out: list[tuple[str, str]] = field(default_factory=list["tuple[str, str]"])
    server: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an earlier backup knows, to be asked for at once instead of after a list.

    Attributes:
        users, groups: Ids.
        folders: Ids of folders of files.
        commented: Places of pages that had comments.
        last_comment: The largest id of a comment, None where the earlier backup has no comments to go by.
        tags: Tags with their titles: the server reads all pages to tell them, so they are asked for again only where
            tags came or went.
        briefly: Whether it knows the state of all pages, by which brief heads tell that nothing has changed.
    """

    users: Sequence[int] = ()
    groups: Sequence[int] = ()
    folders: Sequence[int] = (0,)
    commented: Sequence[tuple[str, str]] = ()
    last_comment: int | None = None
    tags: Sequence[dict[str, Any]] | None = None
    briefly: bool = False


AHEAD: Final = 5
"""So many ids of comments behind the largest one known are looked at, to see whether there are new ones."""


def read_state(client: WikiJSClient, known: Known) -> State:
    """Read all but the content of pages and files. What the caller may not read is left out, and told.

    Args:
        client: A client without a cache.
        known: What an earlier backup knows.

    Raises:
        WikiJSException: The list of pages cannot be read, or the server cannot be reached.
    """
    asked: list[tuple[str, Any, Operation[Any]]] = [
        ("pages", None, list_briefly() if known.briefly else list_pages()),
        ("users", None, ops.users_list()),
        ("groups", None, ops.groups_list()),
        ("server", None, server()),
        *(("settings", kind, make()) for kind, make in _SETTINGS if kind != "tags" or known.tags is None),
        *(("user", number, ops.users_single(number)) for number in known.users),
        *(("group", number, ops.groups_single_settings(number)) for number in known.groups),
        *(("folders", number, ops.assets_folders(number)) for number in known.folders),
        *(("files", number, _files(number)) for number in known.folders),
        *(("comments", place, ops.comments_list(place[0], locale=place[1])) for place in known.commented),
    ]
    if known.last_comment is not None:
        following = range(known.last_comment + 1, known.last_comment + 1 + AHEAD)
        asked += [("comment", number, ops.comments_single_rendered(number)) for number in following]
    state = State(is_brief=known.briefly)
    answers = _Answers(asked, client.batch(*(operation for _, _, operation in asked), return_exceptions=True))
    listed = answers.one("pages")
    if isinstance(listed, Exception):
        raise listed
    state.pages = {page["id"]: head(page) for page in listed}
    info = answers.one("server")
    state.server = None if isinstance(info, Exception) else info.get("currentVersion")
    state.users = _people(client, state, answers, "users", "user", ops.users_single)
    state.groups = _people(client, state, answers, "groups", "group", ops.groups_single_settings)
    for kind, _ in _SETTINGS:
        value = answers.of("settings", kind)
        if kind == "tags" and known.tags is not None:
            names = {tag for page in state.pages.values() for tag in page["tags"]}
            if names == {tag["tag"] for tag in known.tags}:
                state.settings[kind] = known.tags
                continue
            (value,) = client.batch(ops.pages_tags(), return_exceptions=True)
        if isinstance(value, Exception):
            state.left_out.append((kind, _why(value)))
        else:
            state.settings[kind] = _kept(kind, value, state.left_out)
    state.folders = {number: value for number, value in answers.all("folders") if not isinstance(value, Exception)}
    state.files = {number: value for number, value in answers.all("files") if not isinstance(value, Exception)}
    refused = next((value for _, value in answers.all("files") if isinstance(value, exc.PermissionDeniedError)), None)
    if refused is not None:
        state.left_out.append(("assets", _why(refused)))
    comments = answers.all("comments")
    if known.last_comment is not None and not any(isinstance(value, Exception) for _, value in comments):
        state.comments = dict(comments)
        probes = [value for _, value in answers.all("comment")]
        state.has_new_comments = not all(isinstance(value, exc.CommentNotFoundError) for value in probes)
    return state


def _files(folder: int) -> Operation[Any]:
    from wikijs_generated.enums import AssetKind

    return ops.assets_list(folder, kind=AssetKind.ALL)


class _Answers:
    """Answers by what was asked."""

    def __init__(self, asked: Iterable[tuple[str, Any, Operation[Any]]], outcomes: Sequence[Any]) -> None:
        self._found = {(kind, key): outcome for (kind, key, _), outcome in zip(asked, outcomes, strict=True)}
        for outcome in outcomes:
            if isinstance(outcome, exc.TransportError | exc.AuthenticationError | exc.RateLimitError):
                raise outcome  # the wiki cannot be asked at all: that is no answer to any of them

    def one(self, kind: str) -> Any:
        return self._found[kind, None]

    def of(self, kind: str, key: object) -> Any:
        return self._found.get((kind, key))

    def all(self, kind: str) -> list[tuple[Any, Any]]:
        return [(key, outcome) for (each, key), outcome in self._found.items() if each == kind]


def _people(
    client: WikiJSClient,
    state: State,
    answers: _Answers,
    plural: str,
    singular: str,
    single: Callable[[int], Operation[Any]],
) -> list[dict[str, Any]]:
    """Users or groups read whole: those that were asked for at once, and then those that the list names besides."""
    listed = answers.one(plural)
    if isinstance(listed, Exception):
        state.left_out.append((plural, _why(listed)))
        return []
    ids = sorted(each.id for each in listed)
    found = {number: answer for number, answer in answers.all(singular) if answer is not None}
    missing = [number for number in ids if number not in found]
    if missing:
        answered = client.batch(*map(single, missing), return_exceptions=True)
        found |= dict(zip(missing, answered, strict=True))
    people: list[dict[str, Any]] = []
    for number in ids:
        person = found[number]
        if isinstance(person, exc.TransportError | exc.AuthenticationError):
            raise person
        if isinstance(person, Exception):
            state.left_out.append((f"{singular} {number}", _why(person)))
        elif person is not None:
            people.append(_person(person))
    return people


def _person(person: BaseModel) -> dict[str, Any]:
    """A user or a group, without what changes by itself: a login is no change of a user."""
    fields = person.model_dump(mode="json", by_alias=True, exclude={"last_login_at", "users"})
    if "groups" in fields:
        fields["groups"] = sorted(fields["groups"], key=lambda group: group["id"])
    return fields


def _kept(kind: str, value: Any, left_out: list[tuple[str, str]]) -> Any:
    """Settings as JSON, without secrets."""
    if kind in MODULES:
        return sorted((_module(kind, each, left_out) for each in value), key=lambda each: each["key"])
    plain: Any = [_plain(each) for each in value] if is_list(value) else _plain(value)
    if kind == "mail":
        left_out += [(f"mail: {name}", "it is a secret") for name in _SECRETS_OF_MAIL if plain.get(name)]
        plain = {name: value for name, value in plain.items() if name not in _SECRETS_OF_MAIL}
    if kind == "keys":
        active = [key for key in plain if not key["isRevoked"]]
        left_out += [(f"API key {key['name']!r}", "it cannot be made again: make a new one") for key in active]
        return [{"name": key["name"], "expiration": key["expiration"]} for key in active]
    if kind == "tags":
        return sorted(({"tag": each["tag"], "title": each["title"]} for each in plain), key=lambda each: each["tag"])
    if kind == "navigation mode":
        return plain["mode"]
    return plain


def _plain(value: BaseModel) -> dict[str, Any]:
    return value.model_dump(mode="json", by_alias=True)


def _module(kind: str, module: BaseModel, left_out: list[tuple[str, str]]) -> dict[str, Any]:
    fields = module.model_dump(mode="json", by_alias=True, exclude=_MODULE_REST)
    known: dict[str, Any] = {name: fields[name] for name in _MODULE_FIELDS if name in fields}
    if kind == "logins":
        known["strategy"] = fields["strategy"]["key"]
    config: dict[str, Any] = {}
    for name, setting in settings(getattr(module, "config", ())).items():
        if setting.secret or setting.value in {HIDDEN, "********"}:
            if setting.value not in {"", setting.default}:
                left_out.append((f"{kind} {known['key']}: {name}", "it is a secret"))
        else:
            config[name] = setting.value
    return known | {"config": config}


def _why(error: Exception) -> str:
    return error.message if isinstance(error, exc.WikiJSException) else str(error) or type(error).__name__
