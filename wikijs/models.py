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

    from .permissions import PageRule
    from .resources.api_keys import NewApiKey
    from .resources.asset_models import Asset, AssetFolder, Upload
    from .resources.comment_models import PageComment
    from .resources.groups import GroupUpdate, NewGroup
    from .resources.module_settings import Setting
    from .resources.navigation import NavigationItem
    from .resources.page_many import NewPage, PageUpdate
    from .resources.page_models import SavedPage, VersionState
    from .resources.page_planning import PlannedMove
    from .resources.page_replacing import Replacement
    from .resources.page_results import LinkedPage, Match, SearchHit, SearchHits, Upserted
    from .resources.site import SiteChanges
    from .resources.tags import Tag
    from .resources.user_input import NewUser, UserUpdate
    from .results import BatchError, BatchResult

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
    "Asset": "wikijs.resources.asset_models",
    "AssetFolder": "wikijs.resources.asset_models",
    "Upload": "wikijs.resources.asset_models",
    "PageComment": "wikijs.resources.comment_models",
    "GroupUpdate": "wikijs.resources.groups",
    "NewGroup": "wikijs.resources.groups",
    "Setting": "wikijs.resources.module_settings",
    "NavigationItem": "wikijs.resources.navigation",
    "NewPage": "wikijs.resources.page_many",
    "PageUpdate": "wikijs.resources.page_many",
    "SavedPage": "wikijs.resources.page_models",
    "VersionState": "wikijs.resources.page_models",
    "PlannedMove": "wikijs.resources.page_planning",
    "Replacement": "wikijs.resources.page_replacing",
    "LinkedPage": "wikijs.resources.page_results",
    "Match": "wikijs.resources.page_results",
    "SearchHit": "wikijs.resources.page_results",
    "SearchHits": "wikijs.resources.page_results",
    "Upserted": "wikijs.resources.page_results",
    "SiteChanges": "wikijs.resources.site",
    "Tag": "wikijs.resources.tags",
    "NewUser": "wikijs.resources.user_input",
    "UserUpdate": "wikijs.resources.user_input",
    "BatchError": "wikijs.results",
    "BatchResult": "wikijs.results",
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
    "NavigationItem",
    "NewApiKey",
    "NewGroup",
    "NewPage",
    "NewUser",
    "Page",
    "PageComment",
    "PageForEditor",
    "PageHistoryEntry",
    "PageMetadata",
    "PageRule",
    "PageRuleMatch",
    "PageSummary",
    "PageTreeItem",
    "PageUpdate",
    "PageVersion",
    "PlannedMove",
    "Renderer",
    "Replacement",
    "SavedPage",
    "SearchEngine",
    "SearchHit",
    "SearchHits",
    "ServerInfo",
    "Setting",
    "SiteChanges",
    "SiteSettings",
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
