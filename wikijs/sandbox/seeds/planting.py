"""What is in a fresh sandbox.

`empty` is a wiki just after its setup, with an administrator who signed in once, switched the API on and made a key.
`demo` adds a small wiki of a made-up company; a number adds so many generated pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..accounts.permissions import GUEST_ID, ROOT_ID
from ..accounts.tokens import hash_password, issue_api_key, new_key, private_pem, process_key
from ..clock import timestamp
from .pages import plant_demo, plant_pages

if TYPE_CHECKING:
    from ..wiki import Wiki

ADMIN_EMAIL = "admin@example.com"
ADMIN_PASSWORD = "Passw0rd!x"  # noqa: S105  # printed at every start; it protects nothing

KEY_NAME = "ci"
YEAR = 365.25 * 86400

GUEST_PERMISSIONS = ["read:pages", "read:assets", "read:comments"]

SITE: Mapping[str, Any] = {
    "host": "http://localhost:3000",
    "title": "Wiki.js",
    "description": "",
    "robots": ["index", "follow"],
    "analyticsService": "",
    "analyticsId": "",
    "company": "",
    "contentLicense": "",
    "footerOverride": "",
    "logoUrl": "https://static.requarks.io/logo/wikijs-butterfly.svg",
    "pageExtensions": "md, html, txt",
    "authJwtAudience": "urn:wiki.js",
    "authJwtExpiration": "30m",
    "authJwtRenewablePeriod": "14d",
    "editFab": True,
    "editMenuBar": False,
    "editMenuBtn": True,
    "editMenuExternalBtn": True,
    "editMenuExternalName": "GitHub",
    "editMenuExternalIcon": "mdi-github",
    "editMenuExternalUrl": "https://github.com/org/repo/blob/main/{filename}",
    "featurePageRatings": True,
    "featurePageComments": True,
    "featurePersonalWikis": True,
    "securityOpenRedirect": True,
    "securityIframe": True,
    "securityReferrerPolicy": True,
    "securityTrustProxy": False,
    "securitySRI": True,
    "securityHSTS": False,
    "securityHSTSDuration": 300,
    "securityCSP": False,
    "securityCSPDirectives": "",
    "uploadMaxFileSize": 5_242_880,
    "uploadMaxFiles": 10,
    "uploadScanSVG": True,
    "uploadForceDownload": True,
}


class UnknownSeedError(Exception):
    """A seed that does not exist; the message is one sentence for the user."""


def empty(sandbox: Wiki) -> None:
    """A wiki without a page."""


NAMED: dict[str, Callable[[Wiki], None]] = {"empty": empty, "demo": plant_demo}


def checked(seed: str | int) -> str | int:
    """The seed if there is one of this name or size; a numeral counts as a number."""
    if isinstance(seed, str) and seed.isdecimal():
        seed = int(seed)
    if seed in NAMED or (isinstance(seed, int) and seed >= 0):
        return seed
    raise UnknownSeedError(f"There is no seed {seed!r}: use {', '.join(sorted(NAMED))} or a number of pages.")


def plant(sandbox: Wiki, seed: str | int) -> None:
    """Fill a new database."""
    with sandbox.db.together():
        set_up(sandbox)
        if isinstance(seed, str):
            NAMED[seed](sandbox)
        elif seed:
            plant_pages(sandbox, seed)


def set_up(sandbox: Wiki) -> None:
    """The two groups, the two users, the configuration and the API key that every wiki here starts with."""
    db, now = sandbox.db, timestamp(sandbox.clock())
    dates = {"createdAt": now, "updatedAt": now}
    key = process_key() if db.path is None else new_key()
    if db.path is not None:
        db.save_setting("key", {"pem": private_pem(key)})
    sandbox.key = key
    db.save_setting("site", SITE)
    db.save_setting("api", {"enabled": True})
    db.save_setting("flags", {"ldapdebug": False, "sqllog": False})
    db.save_setting("system", {"telemetry": False, "telemetryClientId": str(uuid4()), "httpRedirection": False})
    db.put("locales", {"code": "en", "name": "English", "nativeName": "English", **dates})
    rule = {"id": "guest", "deny": False, "match": "START", "roles": GUEST_PERMISSIONS, "path": "", "locales": []}
    system: dict[str, Any] = {"isSystem": True, **dates}
    db.insert("groups", {"name": "Administrators", "permissions": ["manage:system"], "pageRules": [], **system})
    db.insert("groups", {"name": "Guests", "permissions": GUEST_PERMISSIONS, "pageRules": [rule], **system})
    password = hash_password(ADMIN_PASSWORD)
    db.insert("users", {"email": ADMIN_EMAIL, "name": "Administrator", "password": password, **dates})
    db.insert("users", {"email": "guest@example.com", "name": "Guest", "password": "", **system})
    db.insert("userGroups", {"userId": ROOT_ID, "groupId": 1})
    db.insert("userGroups", {"userId": GUEST_ID, "groupId": 2})
    db.update("users", ROOT_ID, {"lastLoginAt": now})
    issue_api_key(sandbox, KEY_NAME, 1, YEAR)
