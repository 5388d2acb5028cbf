"""Settings of a backup and settings of a wiki: what differs, what is not brought back, and writing the rest.

Settings are merged into what the wiki has: secrets are in no backup, and those of the wiki stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs import exceptions as exc
from wikijs import ops

from .model import Kind, RestoreOptions, RestorePlan, Step
from .target import Target

if TYPE_CHECKING:
    from wikijs import WikiJSClient

_MODULES: Final = ("rendering", "search", "analytics", "commenting", "logins", "storage")
_OF_THE_SERVER: Final[Mapping[str, str]] = {
    "host": "it is the address of the wiki that was backed up",
    "authJwtAudience": "it would make the keys and logins of this wiki invalid",
}
_MAIL: Final = (
    *("senderName", "senderEmail", "host", "port", "name", "secure", "verifySSL", "user"),
    *("useDKIM", "dkimDomainName", "dkimKeySelector"),
)
_MAIL_NAMES: Final[Mapping[str, str]] = {
    "senderName": "sender_name",
    "senderEmail": "sender_email",
    "verifySSL": "verify_ssl",
    "useDKIM": "use_dkim",
    "dkimDomainName": "dkim_domain_name",
    "dkimKeySelector": "dkim_key_selector",
}
_THEME: Final[Mapping[str, str]] = {
    "theme": "theme",
    "iconset": "iconset",
    "darkMode": "dark_mode",
    "tocPosition": "toc_position",
    "injectCSS": "inject_css",
    "injectHead": "inject_head",
    "injectBody": "inject_body",
}


def plan(kind: Kind, parts: Mapping[str, Any], target: Target, plan: RestorePlan, options: RestoreOptions) -> None:
    """Add what is to be done for a kind of settings."""
    for name, changes in _changes(kind, parts, target, options):
        if not changes:
            plan.same(kind)
        elif not options.update:
            plan.left.append(f"{kind}: {name}")
        else:
            action = changes.pop("_action", "update")
            plan.steps.append(Step(kind=kind, name=name, action=action, data=changes))


def _changes(
    kind: Kind, parts: Mapping[str, Any], target: Target, options: RestoreOptions
) -> list[tuple[str, dict[str, Any]]]:
    wanted = parts[kind]
    if kind not in target.state.settings:
        return []  # told among what is lost
    now = target.state.settings[kind]
    if kind in _MODULES:
        return [(each["key"], _module(kind, each, target, options)) for each in wanted]
    if kind == "navigation":
        return _navigation(parts, target)
    if kind == "tags":
        titles = {each["tag"]: each["title"] for each in now}
        # Tags come with their pages: what is to be done for their titles is known when those are there.
        named = [each for each in wanted if each["title"] and each["title"] != each["tag"]]
        return [(each["tag"], each if titles.get(each["tag"]) != each["title"] else {}) for each in named]
    if kind == "flags":
        return [(kind, {"flags": wanted} if _sorted(wanted) != _sorted(now) else {})]
    if kind == "locales":
        wanted = _locales(wanted, target)
    if kind == "site":
        skipped = set(_OF_THE_SERVER) - ({"host"} if options.host else set())
        wanted = {name: value for name, value in wanted.items() if name not in skipped}
    names = _MAIL if kind == "mail" else tuple(wanted)
    changed = {
        name: wanted[name]
        for name in names
        if name in wanted and name in now and wanted[name] is not None and _plain(wanted[name]) != _plain(now[name])
    }
    return [(kind, changed)]


def _plain(value: object) -> object:
    """A value as it is compared: what is nothing is nothing."""
    return sorted(cast("list[str]", value)) if isinstance(value, list) else value or None


def _sorted(flags: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    return sorted((flag["key"], flag["value"]) for flag in flags)


def _locales(wanted: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """Without locales that this wiki does not have."""
    found = dict(wanted)
    found["namespaces"] = [code for code in wanted["namespaces"] if code in target.locales]
    if found["locale"] not in target.locales:
        del found["locale"]
    return found


def _module(kind: str, module: Mapping[str, Any], target: Target, options: RestoreOptions) -> dict[str, Any]:
    key = target.login(module["key"]) if kind == "logins" else module["key"]
    now = target.module(kind, key)
    if now is None:
        return {"_action": "create", **module} if kind == "logins" else {}  # no such module here: told as lost
    enabled = bool(module.get("isEnabled"))
    if kind == "storage" and not options.storage:
        enabled = enabled and bool(now.get("isEnabled"))
    config = {
        name: value
        for name, value in module["config"].items()
        if name in now["config"] and value != now["config"][name]
    }
    found: dict[str, Any] = {"config": config} if config else {}
    if enabled != bool(now.get("isEnabled")):
        found["enabled"] = enabled
    for name in ("mode", "syncInterval", "displayName", "selfRegistration", "domainWhitelist"):
        if name in module and _plain(module[name]) != _plain(now.get(name)):
            found[name] = module[name]
    if kind == "logins":
        enrolled: list[int] = module.get("autoEnrollGroups") or []
        groups = sorted(map(target.here, enrolled))
        if groups != sorted(now.get("autoEnrollGroups") or ()):
            found["autoEnrollGroups"] = module["autoEnrollGroups"]
    return found | {"key": module["key"]} if found else {}


def _navigation(parts: Mapping[str, Any], target: Target) -> list[tuple[str, dict[str, Any]]]:
    now = {each["locale"]: each["items"] for each in target.state.settings["navigation"]}
    found: list[tuple[str, dict[str, Any]]] = []
    for tree in parts["navigation"]:
        if tree["locale"] not in target.locales:
            continue
        same = [_item(item, target.groups) for item in tree["items"]] == [
            _item(item) for item in now.get(tree["locale"], [])
        ]
        found.append((f"of {tree['locale']}", {} if same else {"locale": tree["locale"], "items": tree["items"]}))
    mode = parts.get("navigation mode")
    if mode is not None:
        same = target.state.settings.get("navigation mode") == mode
        found.append(("mode", {} if same else {"mode": mode}))
    return found


def _item(item: Mapping[str, Any], groups: Mapping[int, int] | None = None) -> dict[str, Any]:
    """An item as it is compared, with groups as they are called here."""
    ids: list[int] = item.get("visibilityGroups") or []
    found: dict[str, Any] = {name: value for name, value in item.items() if value not in (None, "", [])}
    return found | {"visibilityGroups": [groups[each] if groups and each in groups else each for each in ids]}


def lost(parts: Mapping[str, Any], target: Target, options: RestoreOptions) -> list[tuple[str, str]]:
    """What of settings is not brought back, and why."""
    found: list[tuple[str, str]] = []
    now = target.state.settings
    if "site" in options.only and "site" in parts and "site" in now:
        for name, why in _OF_THE_SERVER.items():
            differs = _plain(parts["site"].get(name)) != _plain(now["site"].get(name))
            if differs and not (name == "host" and options.host):
                found.append((f"site: {name}", why))
    for kind in _MODULES:
        if kind not in options.only or kind not in parts:
            continue
        here = {each["key"]: each for each in now.get(kind, ())}
        for module in parts[kind]:
            known = here.get(module["key"])
            if known is None:
                found += [(f"{kind}: {module['key']}", "this wiki has no such module")] if kind != "logins" else []
            elif kind == "storage" and module["isEnabled"] and not options.storage and not known["isEnabled"]:
                why = "it is left switched off: two wikis would write to one place (--storage switches it on)"
                found.append((f"storage: {module['key']}", why))
    readable = {"site", "theme", "mail", "locales", "navigation", *_MODULES}
    unread = sorted((options.only & parts.keys() & readable) - now.keys())
    return found + [(kind, "this key may not read it on this wiki") for kind in unread]


# Writing


def write(client: WikiJSClient, step: Step, target: Target) -> None:
    """Write one thing. What is left out of the data is kept."""
    _WRITERS[step.kind](client, dict(step.data), target)


def _write_locales(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.localization.update(
        locale=data.get("locale"),
        auto_update=data.get("autoUpdate"),
        namespacing=data.get("namespacing"),
        namespaces=data.get("namespaces"),
    )


def _write_site(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    from wikijs_generated.fragments import SiteSettings

    aliases = {field.alias or name: name for name, field in SiteSettings.model_fields.items()}
    from pydantic.alias_generators import to_camel

    named = {to_camel(name): name for name in SiteSettings.model_fields} | aliases
    client.site.update(**{named[name]: value for name, value in data.items() if name in named})


def _write_theme(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.theming.update(**{_THEME[name]: value for name, value in data.items()})


def _write_mail(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.mail.update(**{_MAIL_NAMES.get(name, name): value for name, value in data.items()})


def _write_flags(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    from wikijs_generated.input_types import SystemFlagInput

    client.execute(ops.system_update_flags([SystemFlagInput(**flag) for flag in data["flags"]]))


def _write_tags(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    tags = {tag.tag: tag for tag in client.execute(ops.pages_tags(), cache=False)}
    found = tags.get(data["tag"])
    if found is None:
        raise exc.NotFoundError(f"No page has the tag {data['tag']!r}.", operation="pages.tags")
    client.execute(ops.pages_update_tag(found.id, tag=data["tag"], title=data["title"]))


def _write_navigation(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    from wikijs_generated.enums import NavigationMode
    from wikijs_generated.input_types import NavigationItemInput, NavigationTreeInput

    if "mode" in data:
        client.execute(ops.navigation_update_config(NavigationMode(data["mode"])))
        return
    items = [
        {
            **item,
            "visibilityGroups": [target.needed(number) for number in item.get("visibilityGroups") or ()],
        }
        for item in data["items"]
    ]
    trees = client.execute(ops.navigation_tree(), cache=False)  # the server replaces those of all locales
    inputs = {each.locale: NavigationTreeInput.model_validate(each.model_dump()) for each in trees}
    made = [NavigationItemInput.model_validate(item) for item in items]
    inputs[data["locale"]] = NavigationTreeInput(locale=data["locale"], items=made)
    client.execute(ops.navigation_update_tree([*inputs.values()]))


def _write_storage(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.storage.update(
        data["key"],
        enabled=data.get("enabled"),
        mode=data.get("mode"),
        sync_interval=data.get("syncInterval"),
        config=data.get("config"),
    )


def _write_logins(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    groups: list[int] | None = data.get("autoEnrollGroups")
    mapped = None if groups is None else [target.needed(group) for group in groups]
    if "strategy" not in data:
        client.authentication.update_strategy(
            target.login(data["key"]),
            name=data.get("displayName"),
            enabled=data.get("enabled"),
            config=data.get("config"),
            self_registration=data.get("selfRegistration"),
            domain_whitelist=data.get("domainWhitelist"),
            auto_enroll_groups=mapped,
        )
        return
    made = client.authentication.add_strategy(
        data["strategy"],
        name=data["displayName"],
        enabled=bool(data["isEnabled"]),
        config=data["config"],
        self_registration=bool(data.get("selfRegistration")),
        domain_whitelist=data.get("domainWhitelist") or (),
        auto_enroll_groups=mapped or (),
    )
    target.logins[data["key"]] = made.key


def _write_commenting(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.comments.update_provider(data["key"], enabled=data.get("enabled"), config=data.get("config"))


def _write_rendering(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.rendering.update(data["key"], enabled=data.get("enabled"), config=data.get("config"))


def _write_search(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.search.update(data["key"], enabled=data.get("enabled"), config=data.get("config"))


def _write_analytics(client: WikiJSClient, data: dict[str, Any], target: Target) -> None:
    client.analytics.update(data["key"], enabled=data.get("enabled"), config=data.get("config"))


_WRITERS: Final[Mapping[str, Callable[[WikiJSClient, dict[str, Any], Target], None]]] = {
    "locales": _write_locales,
    "site": _write_site,
    "theme": _write_theme,
    "mail": _write_mail,
    "flags": _write_flags,
    "tags": _write_tags,
    "navigation": _write_navigation,
    "storage": _write_storage,
    "logins": _write_logins,
    "commenting": _write_commenting,
    "rendering": _write_rendering,
    "search": _write_search,
    "analytics": _write_analytics,
}
