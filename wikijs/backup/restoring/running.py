"""Doing what a plan says, one thing after the other, so that a restore that was killed goes on."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.jobs.journal import Journal, JournalError
from wikijs.core.outcomes import Outcome, after_write, classify
from wikijs.core.values.paths import PagePath
from wikijs.transfer.plan import changes, creation

from ..reading.state import Known, read_state
from ..store import Snapshot, Store
from . import settings
from .model import RestoreOptions, RestorePlan, RestoreReport, Step
from .pages import page_at, page_file
from .planning import group_settings, load_parts, plan_restore, user_changes, user_switches
from .target import Target, groups_by_name, look_at, missing_group

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.jobs.journal import JournalPath

Progress = Callable[[Step, int, int], None]

_STOPPING: Final = (exc.TransportError, exc.AuthenticationError, JournalError)
"""Errors that the next step would meet as well."""
WAITS: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each look for what was under way when the work was killed: the server may still be at it."""
PATIENCE: Final = 60.0
"""Seconds that a comment is waited for at most, where the server takes one at a time."""


def restore(
    client: WikiJSClient,
    store: Store,
    snapshot: Snapshot,
    options: RestoreOptions | None = None,
    *,
    plan: RestorePlan | None = None,
    journal: JournalPath | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> RestoreReport:
    """Bring a backup back. A failure does not stop the rest, and nothing of the wiki is deleted.

    Each step looks at what is there before it writes, so that a restore that broke off goes on when it is run again.
    With a journal it also knows what was under way when it was killed, and waits for the server to end that.

    Args:
        client: A client of the wiki, without a cache.
        store: Where the backup lies.
        snapshot: The backup.
        options: What to bring back, and how.
        plan: What to do, where `plan_restore` has been asked already.
        journal: Path of a file that notes what was done.
        progress: Called after each step with the number done and the total.
        sleep: Waits, for tests.

    Returns:
        What was done. Ctrl-C ends the work early.

    Raises:
        ConfigurationError: The journal belongs to another job, or is in use.
        FileRefusedError: The backup is damaged.

    Permission: `manage:system`.
    Operation: mutations of all namespaces, `POST /u` for files.
    """
    options = options or RestoreOptions()
    if journal is None:
        work = plan or plan_restore(client, store, snapshot, options)
        return _Work(client, store, snapshot, sleep).run(work.steps, None, progress)
    about = [snapshot.name, snapshot.wiki, sorted(options.only), options.folder, options.update]
    notes = Journal(journal, "backup.restore", client.url, (), str, about=about, planned=True)
    try:
        if notes.plan is None:
            work = plan or plan_restore(client, store, snapshot, options)
            notes.write_plan([step.plain() for step in work.steps])
        steps = [Step(**step) for step in notes.plan or ()]
        return _Work(client, store, snapshot, sleep).run(steps, notes, progress)
    finally:
        notes.close()


class _Work:
    """One restore."""

    def __init__(self, client: WikiJSClient, store: Store, snapshot: Snapshot, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._store = store
        self._parts = load_parts(store, snapshot)
        self._target: Target = look_at(client, self._parts)
        self._sleep = sleep
        self._report = RestoreReport()

    def run(self, steps: list[Step], notes: Journal[str] | None, progress: Progress | None) -> RestoreReport:
        report = self._report
        attempted = 0
        try:
            for place, step in enumerate(steps):
                attempted = place
                if notes is not None and place in notes.confirmed:
                    report.done_before += 1
                else:
                    self._one(place, step, notes)
                attempted = place + 1
                if progress is not None:
                    progress(step, place + 1, len(steps))
        except KeyboardInterrupt:
            report.interrupted = True
        except _STOPPING as error:
            report.stopped_by = error
        report.not_attempted = steps[attempted:]
        if report.stopped_by is None and not report.interrupted:
            report.ids = self._ids()
        return report

    def _one(self, place: int, step: Step, notes: Journal[str] | None) -> None:
        was_in_flight = notes is not None and place in notes.in_flight
        if notes is not None:
            notes.sent(place)
        try:
            self._write(step, was_in_flight=was_in_flight)
        except exc.WikiJSException as error:
            certain = classify(error, "") in {Outcome.NOT_SENT, Outcome.REJECTED}
            if notes is not None and certain and not was_in_flight:
                notes.refuse(place, error)
            if isinstance(error, _STOPPING):
                raise
            self._report.failed.append((step, error))
            return
        if notes is not None:
            try:
                notes.confirm(place, step.action)
            except exc.FollowUpError as error:
                self._report.failed.append((step, error))
                raise (error.__cause__ or error) from None
        self._report.done.append(step)

    def _write(self, step: Step, *, was_in_flight: bool) -> None:
        match step.kind:
            case "groups":
                self._group(step.data, was_in_flight=was_in_flight)
            case "users":
                self._user(step.data)
            case "assets":
                self._asset(step.data)
            case "pages":
                self._page(step.data, was_in_flight=was_in_flight)
            case "comments":
                self._comment(step.data, was_in_flight=was_in_flight)
            case _:
                settings.write(self._client, step, self._target)

    def _appears(self, look: Callable[[], Any], *, was_in_flight: bool) -> Any:
        """What is there; where it was under way when the work was killed, after giving the server time to end it."""
        found = look()
        for wait in WAITS if was_in_flight else ():
            if found:
                break
            self._sleep(wait)
            found = look()
        return found

    # Groups and users

    def _group(self, wanted: Mapping[str, Any], *, was_in_flight: bool) -> None:
        def look() -> Any:
            self._look_for_groups()
            return self._target.group(wanted["id"])

        now = self._appears(look, was_in_flight=was_in_flight)
        if now is None:
            self._client.execute(ops.groups_create(wanted["name"]))
            with after_write("groups.create"):
                now = look()
                if now is None:
                    raise exc.ServerError("The new group is not listed.", operation="groups.list")
                self._set_up(now, wanted)
            return
        self._set_up(now, wanted)

    def _set_up(self, now: Any, wanted: Mapping[str, Any]) -> None:
        from wikijs_generated.input_types import PageRuleInput

        if group_settings(now) != group_settings(wanted):
            rules = [PageRuleInput.model_validate(rule) for rule in wanted["pageRules"]]
            self._client.execute(
                ops.groups_update(
                    now["id"],
                    name=wanted["name"],
                    redirect_on_login=wanted["redirectOnLogin"] or "/",
                    permissions=wanted["permissions"],
                    page_rules=rules,
                )
            )

    def _look_for_groups(self) -> None:
        listed = self._client.execute(ops.groups_list(), cache=False)
        groups = self._client.batch(*(ops.groups_single(group.id) for group in listed))
        plain = [group.model_dump(mode="json", by_alias=True, exclude={"users"}) for group in groups if group]
        self._target.state.groups = plain
        self._target.groups = groups_by_name(self._parts.get("groups", ()), plain)

    def _user(self, wanted: Mapping[str, Any]) -> None:
        provider = self._target.login(wanted["providerKey"])
        groups = self._target.groups
        missing = [group["name"] for group in wanted["groups"] if group["id"] not in groups]
        if missing:
            raise missing_group(repr(missing[0]))
        listed = self._client.users.list()
        found = [
            user.id for user in listed if (user.email.lower(), user.provider_key) == (wanted["email"].lower(), provider)
        ]
        if found:
            user = self._client.users.get(found[0])
        else:
            user = self._client.users.create(
                wanted["email"],
                name=wanted["name"],
                password=secrets.token_urlsafe(32) if provider == "local" else None,
                provider=provider,
            )  # its groups come below: on MariaDB the server puts a new account into one of several only
            with after_write("users.create", user):
                self._bring_up_to_date(user, wanted)
            return
        self._bring_up_to_date(user, wanted)

    def _bring_up_to_date(self, user: Any, wanted: Mapping[str, Any]) -> None:
        groups = self._target.groups
        now = user.model_dump(mode="json", by_alias=True)
        changed = user_changes(wanted, now, groups)
        if changed:
            names = {"jobTitle": "job_title", "dateFormat": "date_format"}
            fields: dict[str, Any] = {names.get(name, name): value for name, value in changed.items()}
            self._client.users.update(user.id, **fields)
        for switch in user_switches(wanted, now):
            getattr(self._client.users, switch)(user.id)

    # Files, pages, comments

    def _asset(self, wanted: Mapping[str, Any]) -> None:
        path: str = wanted["path"]
        if "object" not in wanted:
            self._client.assets.ensure_folder(path)
            return
        place, packed = self._store.place(wanted["object"])
        self._store.check(wanted["object"])
        self._client.assets.upload(
            self._store.get(wanted["object"]) if packed else place,
            folder=path.rpartition("/")[0] or "/",
            name=path.rpartition("/")[2],
            content_type=wanted["mime"] or None,
            overwrite=True,
            allow_unreachable=True,
        )

    def _page(self, wanted: Mapping[str, Any], *, was_in_flight: bool) -> None:
        place, page = page_file(self._store, wanted)
        now = self._appears(lambda: page_at(self._client, place), was_in_flight=was_in_flight)
        if now is None:
            self._client.pages.create(place.path, locale=place.locale, **creation(page, place))
        elif found := changes(page, now):
            self._client.pages.update(now.id, expected=now, **found)

    def _comment(self, wanted: Mapping[str, Any], *, was_in_flight: bool) -> None:
        place = PagePath(wanted["path"], wanted["locale"])
        content: str = wanted["content"]

        def look() -> bool:
            comments = self._client.comments.list(place.path, locale=place.locale)
            number: int = wanted["number"]
            return sum(comment.content == content for comment in comments) >= number

        if self._appears(look, was_in_flight=was_in_flight):
            return
        page = self._client.pages.get_by_path(place.path, locale=place.locale, content=False)
        waited = 0.0
        while True:
            try:
                self._client.comments.create(page.id, content=content)
            except exc.RateLimitError as error:
                wait = min(error.retry_after or 15.0, 30.0) + 0.5
                if waited + wait > PATIENCE or error.foreign:
                    raise
                self._sleep(wait)
                waited += wait
            else:
                return

    def _ids(self) -> dict[str, dict[int, int]]:
        """New ids by the old ones."""
        state = read_state(self._client, Known())
        groups = groups_by_name(self._parts.get("groups", ()), state.groups)
        pages = {(page["path"], page["locale"]): number for number, page in state.pages.items()}
        users = {(user["email"].lower(), user["providerKey"]): user["id"] for user in state.users}
        login = self._target.login
        return {
            "groups": groups,
            "pages": {
                page["id"]: pages[page["head"]["path"], page["head"]["locale"]]
                for page in self._parts.get("pages", ())
                if (page["head"]["path"], page["head"]["locale"]) in pages
            },
            "users": {
                user["id"]: users[user["email"].lower(), login(user["providerKey"])]
                for user in self._parts.get("users", ())
                if (user["email"].lower(), login(user["providerKey"])) in users
            },
        }


__all__ = ["Progress", "RestoreOptions", "restore"]
