"""What methods take and return, in one place: `from wikijs.models import NewPage, Page`.

Each name is loaded at first use, from where it is defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wikijs_generated.enums import PageRuleMatch
    from wikijs_generated.fragments import (
        AnalyticsProvider,
        ApiKey,
        CommentProvider,
        ExportStatus,
        Group,
        GroupSettings,
        GroupSummary,
        Locale,
        LocaleSettings,
        LoginStrategyForAdmin,
        MailSettings,
        Page,
        PageForEditor,
        PageHistoryEntry,
        PageMetadata,
        PageSummary,
        PageTreeItem,
        PageVersion,
        Renderer,
        ResponseStatus,
        SearchEngine,
        ServerInfo,
        SiteSettings,
        StorageTarget,
        ThemeSettings,
        User,
        UserProfile,
        UserSearchHit,
        UserSummary,
    )

    from wikijs.core.jobs.results import BatchError, BatchResult
    from wikijs.resources.assets.models import Asset, AssetFolder, Upload
    from wikijs.resources.comments.models import PageComment, PlacedComment
    from wikijs.resources.groups.flows import GroupUpdate, NewGroup
    from wikijs.resources.pages.many import NewPage, PageUpdate
    from wikijs.resources.pages.moving import PlannedMove
    from wikijs.resources.pages.replacing import Replacement
    from wikijs.resources.pages.source.document import PageSource, SourcePage
    from wikijs.resources.pages.values.models import PageDetails, SavedPage, VersionState
    from wikijs.resources.pages.values.results import LinkedPage, Match, SearchHit, SearchHits, Upserted
    from wikijs.resources.shared.module_settings import Setting
    from wikijs.resources.users.input import NewUser, UserUpdate

    from .permissions import PageRule
    from .resources.api_keys import NewApiKey
    from .resources.groups.members import MemberChange, MembersPlan
    from .resources.navigation import NavigationItem
    from .resources.site import SiteChanges
    from .resources.tags import Tag

_HOMES: Final = {
    "PageRuleMatch": "wikijs_generated.enums",
    "AnalyticsProvider": "wikijs_generated.fragments",
    "ApiKey": "wikijs_generated.fragments",
    "CommentProvider": "wikijs_generated.fragments",
    "ExportStatus": "wikijs_generated.fragments",
    "Group": "wikijs_generated.fragments",
    "GroupSettings": "wikijs_generated.fragments",
    "GroupSummary": "wikijs_generated.fragments",
    "Locale": "wikijs_generated.fragments",
    "LocaleSettings": "wikijs_generated.fragments",
    "LoginStrategyForAdmin": "wikijs_generated.fragments",
    "MailSettings": "wikijs_generated.fragments",
    "Page": "wikijs_generated.fragments",
    "PageForEditor": "wikijs_generated.fragments",
    "PageHistoryEntry": "wikijs_generated.fragments",
    "PageMetadata": "wikijs_generated.fragments",
    "PageSummary": "wikijs_generated.fragments",
    "PageTreeItem": "wikijs_generated.fragments",
    "PageVersion": "wikijs_generated.fragments",
    "Renderer": "wikijs_generated.fragments",
    "ResponseStatus": "wikijs_generated.fragments",
    "SearchEngine": "wikijs_generated.fragments",
    "ServerInfo": "wikijs_generated.fragments",
    "SiteSettings": "wikijs_generated.fragments",
    "StorageTarget": "wikijs_generated.fragments",
    "ThemeSettings": "wikijs_generated.fragments",
    "User": "wikijs_generated.fragments",
    "UserProfile": "wikijs_generated.fragments",
    "UserSearchHit": "wikijs_generated.fragments",
    "UserSummary": "wikijs_generated.fragments",
    "PageRule": "wikijs.permissions",
    "NewApiKey": "wikijs.resources.api_keys",
    "Asset": "wikijs.resources.assets.models",
    "AssetFolder": "wikijs.resources.assets.models",
    "Upload": "wikijs.resources.assets.models",
    "PageComment": "wikijs.resources.comments.models",
    "PlacedComment": "wikijs.resources.comments.models",
    "GroupUpdate": "wikijs.resources.groups.flows",
    "NewGroup": "wikijs.resources.groups.flows",
    "Setting": "wikijs.resources.shared.module_settings",
    "MemberChange": "wikijs.resources.groups.members",
    "MembersPlan": "wikijs.resources.groups.members",
    "NavigationItem": "wikijs.resources.navigation",
    "NewPage": "wikijs.resources.pages.many",
    "PageUpdate": "wikijs.resources.pages.many",
    "PageDetails": "wikijs.resources.pages.values.models",
    "PageSource": "wikijs.resources.pages.source.document",
    "SourcePage": "wikijs.resources.pages.source.document",
    "SavedPage": "wikijs.resources.pages.values.models",
    "VersionState": "wikijs.resources.pages.values.models",
    "PlannedMove": "wikijs.resources.pages.moving",
    "Replacement": "wikijs.resources.pages.replacing",
    "LinkedPage": "wikijs.resources.pages.values.results",
    "Match": "wikijs.resources.pages.values.results",
    "SearchHit": "wikijs.resources.pages.values.results",
    "SearchHits": "wikijs.resources.pages.values.results",
    "Upserted": "wikijs.resources.pages.values.results",
    "SiteChanges": "wikijs.resources.site",
    "Tag": "wikijs.resources.tags",
    "NewUser": "wikijs.resources.users.input",
    "UserUpdate": "wikijs.resources.users.input",
    "BatchError": "wikijs.core.jobs.results",
    "BatchResult": "wikijs.core.jobs.results",
}

__all__ = [
    "AnalyticsProvider",
    "ApiKey",
    "Asset",
    "AssetFolder",
    "BatchError",
    "BatchResult",
    "CommentProvider",
    "ExportStatus",
    "Group",
    "GroupSettings",
    "GroupSummary",
    "GroupUpdate",
    "LinkedPage",
    "Locale",
    "LocaleSettings",
    "LoginStrategyForAdmin",
    "MailSettings",
    "Match",
    "MemberChange",
    "MembersPlan",
    "NavigationItem",
    "NewApiKey",
    "NewGroup",
    "NewPage",
    "NewUser",
    "Page",
    "PageComment",
    "PageDetails",
    "PageForEditor",
    "PageHistoryEntry",
    "PageMetadata",
    "PageRule",
    "PageRuleMatch",
    "PageSource",
    "PageSummary",
    "PageTreeItem",
    "PageUpdate",
    "PageVersion",
    "PlacedComment",
    "PlannedMove",
    "Renderer",
    "Replacement",
    "ResponseStatus",
    "SavedPage",
    "SearchEngine",
    "SearchHit",
    "SearchHits",
    "ServerInfo",
    "Setting",
    "SiteChanges",
    "SiteSettings",
    "SourcePage",
    "StorageTarget",
    "Tag",
    "ThemeSettings",
    "Upload",
    "Upserted",
    "User",
    "UserProfile",
    "UserSearchHit",
    "UserSummary",
    "UserUpdate",
    "VersionState",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_HOMES)
