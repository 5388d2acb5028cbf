"""Events about our own work: the feed, webhooks, jobs and quotas."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Event, Moment, Part


class FeedData(Part, frozen=True):
    """How the feed is."""

    reason: str | None = Field(default=None, description="Why, in a sentence.")
    since: Moment | None = Field(default=None, description="Since when nothing could be seen.")
    pages: int | None = Field(default=None, description="Pages that the feed knows.")


class FeedEvent(Event, frozen=True):
    """Something happened to the feed itself."""

    data: FeedData


class FeedStarted(FeedEvent, frozen=True):
    """The feed has seen the wiki for the first time; what changes from now on is told."""

    type: Literal["feed.started"] = "feed.started"


class FeedSuspended(FeedEvent, frozen=True):
    """The feed cannot see the wiki: it is down, or takes the feed for somebody else. Nothing is concluded from that."""

    type: Literal["feed.suspended"] = "feed.suspended"


class FeedResumed(FeedEvent, frozen=True):
    """The feed sees the wiki again, and tells what changed meanwhile."""

    type: Literal["feed.resumed"] = "feed.resumed"


class FeedGap(FeedEvent, frozen=True):
    """The wiki went back in time, for example to a backup. Nothing can be told of that: synchronise anew."""

    type: Literal["feed.gap"] = "feed.gap"


class WebhookData(Part, frozen=True):
    """Which endpoint."""

    endpoint: str
    reason: str | None = None


class WebhookTest(Event, frozen=True):
    """Somebody tries an endpoint out."""

    type: Literal["webhook.test"] = "webhook.test"
    data: WebhookData


class WebhookDisabled(Event, frozen=True):
    """An endpoint gets nothing any more, because it said that it is gone, or failed for days."""

    type: Literal["webhook.disabled"] = "webhook.disabled"
    data: WebhookData


class QuotaData(Part, frozen=True):
    """How much of a quota is used."""

    name: str = Field(description="Which quota, such as requests.")
    key: str | None = Field(default=None, description="Whose: the id of a key or of a user, never a secret.")
    used: float = 0
    limit: float = 0
    window: float | None = Field(default=None, description="Seconds that the quota is for.")
    resets_at: Moment | None = None


class QuotaEvent(Event, frozen=True):
    """Something happened to a quota."""

    data: QuotaData


class QuotaWarning(QuotaEvent, frozen=True):
    """A quota is nearly used up."""

    type: Literal["quota.warning"] = "quota.warning"


class QuotaExceeded(QuotaEvent, frozen=True):
    """A quota is used up; requests are refused."""

    type: Literal["quota.exceeded"] = "quota.exceeded"


class QuotaReset(QuotaEvent, frozen=True):
    """A quota is free again."""

    type: Literal["quota.reset"] = "quota.reset"


class BatchData(Part, frozen=True):
    """How far a job is."""

    job: str = Field(description="Id of the job.")
    kind: str | None = Field(default=None, description="What it does, such as import.")
    state: str | None = None
    done: int = 0
    failed: int = 0
    total: int | None = None
    message: str | None = None


class BatchEvent(Event, frozen=True):
    """Something happened to a job."""

    data: BatchData


class BatchStarted(BatchEvent, frozen=True):
    """A job began."""

    type: Literal["batch.started"] = "batch.started"


class BatchProgress(BatchEvent, frozen=True):
    """A job went on."""

    type: Literal["batch.progress"] = "batch.progress"


class BatchCompleted(BatchEvent, frozen=True):
    """A job is done; `failed` says how many of its items are not."""

    type: Literal["batch.completed"] = "batch.completed"


class BatchFailed(BatchEvent, frozen=True):
    """A job ended before its end."""

    type: Literal["batch.failed"] = "batch.failed"
