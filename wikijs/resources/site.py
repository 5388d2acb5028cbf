"""Settings of the whole wiki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypedDict, Unpack, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.permissions import suggestion

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import SiteSettings

OPERATION: Final = "site.updateConfig"
_DURATION: Final = re.compile(r"\d+(\.\d+)? ?(ms|s|m|h|d|w|y)")
_DURATIONS: Final = ("auth_jwt_expiration", "auth_jwt_renewable_period")


class SiteChanges(TypedDict, total=False):
    """Settings of the wiki that an update may change; the others are kept.

    `upload_max_file_size` is in bytes, `security_hsts_duration` in seconds; `auth_jwt_expiration` and
    `auth_jwt_renewable_period` are durations such as "30m" and "14d"; `page_extensions` is a list in one text,
    "md, html, txt".
    """

    host: str
    title: str
    description: str
    robots: list[str]
    analytics_service: str
    analytics_id: str
    company: str
    content_license: str
    footer_override: str
    logo_url: str
    page_extensions: str
    auth_auto_login: bool
    auth_enforce_2fa: bool
    auth_hide_local: bool
    auth_login_bg_url: str
    auth_jwt_audience: str
    auth_jwt_expiration: str
    auth_jwt_renewable_period: str
    edit_fab: bool
    edit_menu_bar: bool
    edit_menu_btn: bool
    edit_menu_external_btn: bool
    edit_menu_external_name: str
    edit_menu_external_icon: str
    edit_menu_external_url: str
    feature_page_ratings: bool
    feature_page_comments: bool
    feature_personal_wikis: bool
    security_open_redirect: bool
    security_iframe: bool
    security_referrer_policy: bool
    security_trust_proxy: bool
    security_sri: bool
    security_hsts: bool
    security_hsts_duration: int
    security_csp: bool
    security_csp_directives: str
    upload_max_file_size: int
    upload_max_files: int
    upload_scan_svg: bool
    upload_force_download: bool


class SiteFlows(Flows):
    """Settings of the whole wiki."""

    def get(self) -> Flow[SiteSettings]:
        """Read the settings of the wiki.

        Permission: `manage:system` for all of them; the server leaves out what others may not see.
        Operation: `site.config` (query).
        """
        return (yield from self._execute(ops.site_config()))

    def update(self, **changes: Unpack[SiteChanges]) -> Flow[SiteSettings]:
        """Change settings of the wiki and return all. What is left out is kept.

        Args:
            changes: See `SiteChanges`.

        Raises:
            ValidationError: A setting does not exist, is None, or is no duration; nothing was sent. The server would
                store it.
            ServerError: The server said that it saved a setting, but has another value.

        Permission: `manage:system`.
        Operation: `site.updateConfig` (mutation), then `site.config` (query).
        """
        given = cast("dict[str, object]", changes)
        _check(given)
        if not given:
            return (yield from self.get())
        yield from self._execute(ops.site_update_config(**changes))
        stored = yield from afterwards(self.get(), OPERATION)
        for name, value in given.items():
            if _plain(getattr(stored, name)) != _plain(value):
                raise exc.ServerError(
                    f"The server did not save {name}: it is {getattr(stored, name)!r}.", operation=OPERATION
                )
        return stored


def _check(changes: dict[str, object]) -> None:
    for name, value in changes.items():
        if name not in SiteChanges.__annotations__:
            raise exc.ValidationError(
                f"There is no setting {name!r}.",
                operation=OPERATION,
                hint=suggestion(name, sorted(SiteChanges.__annotations__)),
            )
        if value is None:
            raise exc.ValidationError(f"{name} cannot be None: leave it out to keep it.", operation=OPERATION)
        if name in _DURATIONS and not _DURATION.fullmatch(str(value)):
            raise exc.ValidationError(
                f"{value!r} is no duration for {name}.", operation=OPERATION, hint="Half an hour is '30m'."
            )


def _plain(value: object) -> object:
    """A value without what the server changes when it stores it: the last slash of an address, the layout of lists."""
    return value.rstrip("/").replace(" ", "").lower() if isinstance(value, str) else value
