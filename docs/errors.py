"""Writes docs/errors.md from the exceptions themselves: `python docs/errors.py`."""

from __future__ import annotations

from pathlib import Path

from wikijs import exceptions as exc

PAGE = Path(__file__).with_suffix(".md")

# The bases that people catch, from the first to try to the last, and what to do where the class itself has no hint.
BASES: dict[type[exc.WikiJSException], str] = {
    exc.AuthenticationError: "Check the credentials; `client.whoami()` says who the server takes you for.",
    exc.PermissionDeniedError: "Ask for one of `error.permissions`, or for a page rule that allows it.",
    exc.NotFoundError: "Check the id or the path; a path must match exactly.",
    exc.ConflictError: "Read what is there, then decide.",
    exc.ValidationError: "Correct the input.",
    exc.RateLimitError: "Wait `error.retry_after` seconds.",
    exc.ServerError: "Look at the server's log.",
    exc.APIError: "Read the message.",
    exc.TransportError: "Check the network. Unless `error.sent` is false, look before you repeat a write.",
    exc.ConfigurationError: "Correct how the client is set up.",
    exc.OutcomeUnknownError: "Read back before you send it again.",
    exc.WikiJSException: "Read the message.",
}

HEAD = """\
# Errors

Everything that py-wikijs raises on purpose is a `WikiJSException` of `wikijs.exceptions`. Catch the bases, which are
the headings here; the classes below them tell the cases apart. What to do stands under the heading, and in the table
where a class knows better. Each has `message`, `operation` and `hint`; those of the server (`APIError`) also `code`,
`slug`, `status`, `errors` and `data`.

Written by `python docs/errors.py`; do not edit.
"""


def page() -> str:
    """The whole page."""
    classes = {value for name in exc.__all__ if isinstance(value := getattr(exc, name), type)}
    sections = [HEAD]
    for base, advice in BASES.items():
        below = sorted(
            (cls for cls in classes if base_of(cls) is base and cls is not base),
            key=lambda cls: (cls.__dict__.get("server_code", 0), cls.__name__),
        )
        sections.append(f"## {base.__name__}\n\n{when(base)} {advice}\n")
        if below:
            rows = [row(cls) for cls in below]
            sections.append("\n".join(["| class | code | when | what to do |", "|---|---|---|---|", *rows]) + "\n")
    return "\n".join(sections)


def base_of(cls: type[exc.WikiJSException]) -> type[exc.WikiJSException]:
    """The base under which a class is listed."""
    return next(base for base in cls.__mro__ if base in BASES)


def row(cls: type[exc.WikiJSException]) -> str:
    """The line of one class."""
    code = cls.__dict__.get("server_code") or ""
    slug = cls.__dict__.get("server_slug") or ""
    cells = (f"`{cls.__name__}`", f"{code} {slug}".strip(), when(cls), cls.default_hint or "")
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def when(cls: type) -> str:
    """The first paragraph of its docstring, on one line."""
    return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
