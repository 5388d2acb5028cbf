"""The navigation beside the pages, one list of items for each locale."""

from __future__ import annotations

import builtins
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively
from wikijs.permissions import suggestion

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated import fragments
    from wikijs_generated.input_types import NavigationItemInput

ItemKind: TypeAlias = Literal["link", "header", "divider"]
TargetType: TypeAlias = Literal["home", "page", "external", "search"]
Visibility: TypeAlias = Literal["all", "restricted"]
Mode: TypeAlias = Literal["NONE", "TREE", "MIXED", "STATIC"]

OPERATION = "navigation.updateTree"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """An item of the navigation.

    Attributes:
        kind: A link, a header or a dividing line.
        label: Text of a link or header.
        icon: Name of the icon of a link, such as "mdi-home".
        target_type: Where a link leads.
        target: Path of the page with its locale ("/en/docs"), address, or text to search for.
        visibility_mode: Whether everybody sees it, or the visibility groups only.
        visibility_groups: Ids of groups.
        id: The server wants one and leaves it to the caller; made when the item is sent, if it is empty.
    """

    kind: ItemKind = "link"
    label: str = ""
    icon: str = ""
    target_type: TargetType = "page"
    target: str = ""
    visibility_mode: Visibility = "all"
    visibility_groups: Sequence[int] = ()
    id: str = ""


class NavigationFlows(Flows):
    """The navigation beside the pages, one list of items for each locale."""

    def get(self, *, locale: str | None = None) -> Flow[builtins.list[NavigationItem]]:
        """Read the items of one locale; none where it has no navigation of its own.

        Args:
            locale: Code of the locale; the wiki's main one unless given.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.tree` (query).
        """
        code = yield from self._locale(locale)
        tree = yield from self._execute(ops.navigation_tree())
        return [_item_from(item) for each in tree if each.locale == code for item in each.items]

    def set(self, items: Iterable[NavigationItem], *, locale: str | None = None) -> Flow[builtins.list[NavigationItem]]:
        """Replace the items of one locale and return them; other locales keep theirs.

        Pages may show the old navigation for 5 minutes.

        Args:
            items: All items of the locale, in their order.
            locale: Code of the locale; the wiki's main one unless given.

        Raises:
            ValidationError: An item cannot be; nothing was sent, while the server would store it.
            LocaleNotFoundError: The locale is not in use on this wiki.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.tree` (query), then `navigation.updateTree` (mutation).
        """
        checked = [_checked(item) for item in items]
        code = yield from self._used(locale) if checked else self._locale(locale)
        return (yield from exclusively("navigation-writes", self._replace(code, checked)))

    def add_item(
        self, item: NavigationItem, *, locale: str | None = None, index: int | None = None
    ) -> Flow[NavigationItem]:
        """Add an item to the navigation of a locale and return it with its id.

        Args:
            item: The item.
            locale: Code of the locale; the wiki's main one unless given.
            index: Place among the items, from 0; at the end without it.

        Raises:
            ValidationError: The item cannot be; nothing was sent.
            LocaleNotFoundError: The locale is not in use on this wiki.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.tree` (query), then `navigation.updateTree` (mutation).
        """
        checked = _checked(item)
        code = yield from self._used(locale)
        return (yield from exclusively("navigation-writes", self._add(checked, code, index)))

    def remove_item(self, id: str, *, locale: str | None = None) -> Flow[None]:
        """Remove an item from the navigation of a locale.

        Args:
            id: Id of the item, or its label.
            locale: Code of the locale; the wiki's main one unless given.

        Raises:
            NavigationItemNotFoundError: There is no such item.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.tree` (query), then `navigation.updateTree` (mutation).
        """
        code = yield from self._locale(locale)
        yield from exclusively("navigation-writes", self._remove(id, code))

    def _used(self, locale: str | None) -> Flow[str]:
        """The locale that a call means, which must be in use."""
        code = yield from self._locale(locale)
        yield from self._engine.locales.check(code, OPERATION)
        return code

    def mode(self) -> Flow[Mode]:
        """Read which navigation is shown.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.config` (query).
        """
        return (yield from self._execute(ops.navigation_config())).mode.value

    def set_mode(self, mode: Mode) -> Flow[None]:
        """Choose which navigation is shown: nothing, the tree of pages, the tree below the items, or the items.

        Args:
            mode: How the navigation is shown.

        Raises:
            ValidationError: There is no such mode.

        Permission: any of `manage:navigation`, `manage:system`.
        Operation: `navigation.updateConfig` (mutation).
        """
        from wikijs_generated.enums import NavigationMode

        if mode not in get_args(Mode):
            raise exc.ValidationError(
                f"There is no mode {mode!r}.",
                operation="navigation.updateConfig",
                hint=suggestion(mode, get_args(Mode)),
            )
        yield from self._execute(ops.navigation_update_config(NavigationMode(mode)))

    def _replace(self, locale: str, items: Sequence[NavigationItem]) -> Flow[builtins.list[NavigationItem]]:
        from wikijs_generated.input_types import NavigationTreeInput

        tree = yield from self._execute(ops.navigation_tree())
        # The server replaces all locales by what is sent.
        inputs = {each.locale: NavigationTreeInput.model_validate(each.model_dump()) for each in tree}
        inputs[locale] = NavigationTreeInput(locale=locale, items=[_item_input(item) for item in items])
        yield from self._execute(ops.navigation_update_tree([*inputs.values()]))
        return (yield from afterwards(self.get(locale=locale), "navigation.updateTree"))

    def _add(self, item: NavigationItem, locale: str, index: int | None) -> Flow[NavigationItem]:
        items = yield from self.get(locale=locale)
        items.insert(len(items) if index is None else index, item)
        yield from self._replace(locale, items)
        return item

    def _remove(self, id: str, locale: str) -> Flow[None]:
        items = yield from self.get(locale=locale)
        kept = [item for item in items if item.id != id]
        if len(kept) == len(items):
            raise exc.NavigationItemNotFoundError(
                f"The navigation of locale {locale!r} has no item {id!r}.", operation=OPERATION
            )
        yield from self._replace(locale, kept)


def _item_from(item: fragments.NavigationItem) -> NavigationItem:
    return NavigationItem(
        kind=cast("ItemKind", item.kind),
        label=item.label or "",
        icon=item.icon or "",
        target_type=cast("TargetType", item.target_type or "page"),
        target=item.target or "",
        visibility_mode=cast("Visibility", item.visibility_mode or "all"),
        visibility_groups=item.visibility_groups or (),
        id=item.id,
    )


def _item_input(item: NavigationItem) -> NavigationItemInput:
    from wikijs_generated.input_types import NavigationItemInput

    return NavigationItemInput(
        id=item.id,
        kind=item.kind,
        label=item.label,
        icon=item.icon,
        target_type=item.target_type,
        target=item.target,
        visibility_mode=item.visibility_mode,
        visibility_groups=list(item.visibility_groups),
    )


def _checked(item: NavigationItem) -> NavigationItem:
    """The item with an id, if it can be."""
    choices = (
        ("kind", item.kind, get_args(ItemKind)),
        ("target_type", item.target_type, get_args(TargetType)),
        ("visibility_mode", item.visibility_mode, get_args(Visibility)),
    )
    for field, value, known in choices:
        if value not in known:
            raise exc.ValidationError(
                f"{value!r} is no {field} of a navigation item.", operation=OPERATION, hint=suggestion(value, known)
            )
    if item.kind != "divider" and not item.label:
        raise exc.ValidationError(f"A {item.kind} in the navigation needs a label.", operation=OPERATION)
    if item.kind == "link" and item.target_type != "home" and not item.target:
        raise exc.ValidationError("A link in the navigation needs a target.", operation=OPERATION)
    if item.visibility_mode == "restricted" and not item.visibility_groups:
        raise exc.ValidationError("A restricted item needs visibility_groups, or nobody sees it.", operation=OPERATION)
    home = item.kind == "link" and item.target_type == "home"
    return replace(item, id=item.id or str(uuid.uuid4()), target="/" if home else item.target)
