"""Rules for paths of pages and for tags: what the server refuses, and what it takes but nobody could reach afterwards.

Pure functions. A path is written as in the address of a page, with or without slashes at its ends; a locale in front
of it, as in `/de/docs/intro`, is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from wikijs.exceptions import PageIllegalPathError, ValidationError

from .patterns import LazyPattern

DEFAULT_LOCALE: Final = "en"
FRONT_PAGE: Final = "home"
MAX_LENGTH: Final = 255
"""Characters that a path, a title, a description or a tag may have."""

RESERVED: Final = frozenset(
    {
        "login",
        "logout",
        "register",
        "verify",
        "favicons",
        "fonts",
        "img",
        "js",
        "svg",
        "graphql",
        "_assets",
        "u",
        "healthz",
    }
)
"""First segments that the server serves something else at; upper case makes no difference to it."""

_VIEWS: Final = frozenset({"e", "h", "s", "d"})
"""First parts of addresses of what there is about a page: editor, history, source, its file."""
_LOCALE: Final = LazyPattern(r"[a-z]{2}(-[a-z]{2})?", re.IGNORECASE)
_REFUSED: Final = (  # by the server, with code 6005
    (".", "a dot"),
    (" ", "a space"),
    ("\\", "a backslash"),
    ("//", "a double slash"),
)
_HOST: Final = LazyPattern(
    r"//[^/\s]+/"  # as in a link of a web page
    r"|(?:[a-z0-9-]{1,63}\.){1,20}[a-z]{2,63}(?::\d{1,5})?/"
    r"|(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?/"
    r"|[a-z0-9-]{1,63}:\d{1,5}/",
    re.IGNORECASE,
)
"""How an address begins that lost its scheme."""
_UNREACHABLE: Final = LazyPattern(r'["|<>:*?\x00-\x1f\x7f]')


class PagePath(NamedTuple):
    """Where a page is: its path as the server stores it, and its locale."""

    path: str
    locale: str

    def __str__(self) -> str:
        return f"{self.locale}/{self.path}"


def names_locale(path: str) -> bool:
    """Whether a locale stands in front of a path, as in `/de/docs/intro`."""
    return _LOCALE.fullmatch(text("path", path).strip("/").partition("/")[0]) is not None


def of_address(address: str, wiki: str) -> int | str:
    """The page that an address of a wiki shows, as copied from a browser: its path, locale in front, or its id.

    Args:
        address: The address; also one of the page's editor, history or source.
        wiki: Address of the wiki.

    Raises:
        ValidationError: It is no page of this wiki.
    """
    parts, own = _split(_whole(address) or address), _split(wiki)
    if parts is None or own is None or parts.netloc.lower() != own.netloc.lower():
        raise ValidationError(
            f"{address} is no address of the wiki {wiki}.",
            hint="Give a page of this wiki, or --profile."
            + ("" if "://" in address else " If a path is meant: these have no dots and no colons."),
        )
    first, _, rest = unquote(parts.path).strip("/").partition("/")
    if first == "i" and rest.isascii() and rest.isdecimal():
        return int(rest)
    if len(first) == 1:
        if first not in _VIEWS:
            raise ValidationError(f"{address} shows no page.", hint="Give the address of a page.")
        return rest or FRONT_PAGE
    return f"{first}/{rest}".strip("/") or FRONT_PAGE


def of_place(path: str, locale: str | None, wiki: str, *, folder: bool = False) -> tuple[str, str | None]:
    """Where a page is to be, or a folder is, and its locale: a path may be given by an address of the wiki.

    Args:
        path: The path, or an address as copied from a browser.
        locale: The locale that was asked for.
        wiki: Address of the wiki.
        folder: Whether it is a folder: that of the wiki's own address is the top.

    Raises:
        ValidationError: It is no address of this wiki.
        PageIllegalPathError: It is the address of an id, which says no path, or in another locale than was asked for.
    """
    if not is_address(path):
        return path, locale
    page = of_address(path, wiki)
    if isinstance(page, int):
        raise PageIllegalPathError(f"{path} says no path.", hint="Give the address that the browser shows, or a path.")
    place = locate(page, locale or DEFAULT_LOCALE, is_default=locale is None)
    is_top = folder and place.path == FRONT_PAGE and not path.partition("?")[0].rstrip("/").endswith(f"/{FRONT_PAGE}")
    return "" if is_top else place.path, place.locale if names_locale(page) else locale


def of_folder(path: str, locale: str, wiki: str) -> str:
    """The path of a folder with pages of all locales; "" is the top.

    Args:
        path: The path, or an address as copied from a browser.
        locale: The wiki's main locale.
        wiki: Address of the wiki.

    Raises:
        ValidationError: It is no address of this wiki.
        PageIllegalPathError: It is in another locale, of an id, or no page could be opened there.
    """
    folder, said = of_place(text("path", path), None, wiki, folder=True)
    if said is not None and said != locale:
        raise PageIllegalPathError(
            f"{path} is in locale {said!r}, but what is meant here is a folder of all locales.",
            hint="Give the path alone.",
        )
    return destination(folder, locale).path if folder.strip("/") else ""


def is_address(page: object) -> bool:
    """Whether a page is given by an address and not by its path."""
    return isinstance(page, str) and _whole(page) is not None


def _whole(page: str) -> str | None:
    """An address with its scheme, without what it was pasted with; None for a path.

    A part of a path has no dot, and ends with no port: what begins like a host is one.
    """
    bare = page.strip().removeprefix("<").removesuffix(">").strip()
    if bare[:8].lower().startswith(("http://", "https://")):
        return bare
    return f"http://{bare.removeprefix('//')}" if _HOST.match(bare) else None


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def locate(path: str, locale: str = DEFAULT_LOCALE, *, is_default: bool = False) -> PagePath:
    """The place of an existing page: slashes at the ends go, a locale in front counts, nothing means the front page.

    Args:
        path: The path.
        locale: The locale it is in.
        is_default: Whether the locale holds only for paths that have none in front.

    Raises:
        PageIllegalPathError: The locale in front of the path contradicts `locale`.
    """
    head, _, rest = text("path", path).strip("/").partition("/")
    if not _LOCALE.fullmatch(head):
        return PagePath(path.strip("/") or FRONT_PAGE, locale)
    if not is_default and locale != head.lower():
        raise PageIllegalPathError(f"The path {path!r} says locale {head!r}, but the locale asked for is {locale!r}.")
    return PagePath(rest.strip("/") or FRONT_PAGE, head.lower())


def destination(path: str, locale: str = DEFAULT_LOCALE) -> PagePath:
    """The place of a page to come: slashes at the ends go, and so does `locale` in front.

    Raises:
        PageIllegalPathError: The server would refuse the path, or the page could not be opened there afterwards.
    """
    bare = text("path", path).strip("/")
    head, slash, rest = bare.partition("/")
    if slash and head.lower() == locale:
        bare = rest.strip("/")
    if not bare:
        raise PageIllegalPathError("A page needs a path.", hint=f"The path of the front page is {FRONT_PAGE!r}.")
    _check(bare)
    return PagePath(bare, locale)


def _check(path: str) -> None:
    """Refuse a path, without its locale, that the server refuses or that leads nowhere."""
    for characters, name in _REFUSED:
        if characters in path:
            raise PageIllegalPathError(f"The path {path!r} holds {name}.", hint="Leave it out, or use a hyphen.")
    if unreachable := _UNREACHABLE.search(path):
        raise PageIllegalPathError(
            f"The path {path!r} holds {unreachable[0]!r}, which cannot be opened in a browser.", hint="Leave it out."
        )
    if len(path) > MAX_LENGTH:
        raise PageIllegalPathError(f"The path has {len(path)} characters; the server stores at most {MAX_LENGTH}.")
    first = path.partition("/")[0]
    if len(first) == 1:
        raise PageIllegalPathError(
            f"The path {path!r} begins with a segment of one character, which the server keeps for itself.",
            hint="Use a longer first segment.",
        )
    if _LOCALE.fullmatch(first):
        raise PageIllegalPathError(
            f"The path {path!r} begins with {first!r}, which the server takes for a locale.",
            hint=f"Use another first segment, or give locale={first.lower()!r} for a page of that locale.",
        )
    if first.casefold() in RESERVED:
        raise PageIllegalPathError(
            f"The path {path!r} begins with {first!r}, where the server has something else.",
            hint="Use another first segment.",
        )


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of a folder or of something in it, at any depth. Every path is below an empty folder."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def text(name: str, value: object) -> str:
    """A value that must be a text.

    Raises:
        ValidationError: It is something else, None for instance.
    """
    if not isinstance(value, str):
        raise ValidationError(f"The {name} must be a text, not {value!r}.")
    return value


def tag(name: str) -> str:
    """A tag as the server stores it: trimmed, in lower case.

    Raises:
        ValidationError: It is empty, too long, or holds a comma.
    """
    given = text("tag", name)
    name = given.strip().lower()
    if not name:
        raise ValidationError("A tag cannot be empty.")
    if "," in name:
        raise ValidationError(
            f"The tag {given!r} holds a comma, which separates tags in exports.", hint="Give the tags one by one."
        )
    if len(name) > MAX_LENGTH:
        raise ValidationError(f"A tag has {len(name)} characters; the server stores at most {MAX_LENGTH}.")
    return name


def tags(texts: Iterable[str]) -> list[str]:
    """Tags as the server stores them, each once, in the order given.

    Raises:
        ValidationError: One of them is no tag, or one text was given instead of several.
    """
    if isinstance(texts, str):
        raise ValidationError(f"Tags are a list of texts, not the text {texts!r}.", hint=f"Use [{texts!r}].")
    if not isinstance(texts, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValidationError(f"Tags are a list of texts, not {texts!r}.", hint="Use [] for none.")
    return list(dict.fromkeys(tag(each) for each in texts))


def check_text(name: str, value: str) -> str:
    """A title or a description, unless it is too long.

    Raises:
        ValidationError: The server cannot store it.
    """
    if len(text(name, value)) > MAX_LENGTH:
        raise ValidationError(f"The {name} has {len(value)} characters; the server stores at most {MAX_LENGTH}.")
    return value
