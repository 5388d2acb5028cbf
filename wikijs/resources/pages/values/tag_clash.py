"""Two tags that the wiki's database takes for one: which they are, and how to say so.

MariaDB and MySQL compare tags without case and accents, and any two emoji are equal to them. The server looks for a tag
letter by letter, does not find it, and the database refuses a second one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from wikijs import exceptions as exc
from wikijs.core.collation import TAKEN_FOR_ONE, folded


def refused(error: BaseException | None) -> str | None:
    """The tag that the database refused, as it writes it, if that is what lies behind an error."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, exc.TagCollisionError):
            return error.tags[0] if error.tags else None
        seen.add(id(error))
        error = error.__cause__
    return None


def culprit(tag: str, wanted: Sequence[str], known: Collection[str]) -> str:
    """Which of the wanted tags was refused; the database writes a `?` for each letter that it cannot write."""
    if tag in wanted:
        return tag
    pattern = re.compile("".join("." if letter == "?" else re.escape(letter) for letter in tag), re.DOTALL)
    fitting = [each for each in wanted if each not in known and pattern.fullmatch(each)]
    others = [each for each in wanted if each not in known]
    return (fitting or others or list(wanted))[-1]


def told(
    id: int, clashing: Sequence[str], kept: Sequence[str], others: Collection[str], error: exc.WikiJSException
) -> exc.TagCollisionError:
    """The error that names the tags, and says what became of the page."""
    pairs: list[str] = []
    names: list[str] = []
    for tag in clashing:
        twin = next((each for each in others if each != tag and folded(each) == folded(tag)), None)
        pairs.append(f"{tag!r} and {twin!r}" if twin else f"{tag!r} and one that no page has")
        names += [tag, *([twin] if twin else ())]
    left = f"the tags {', '.join(sorted(kept))}" if kept else "no tags"
    return exc.TagCollisionError(
        f"The wiki's database takes the tags {', '.join(pairs)} for one. Page {id} was saved all the same, with"
        f" {left}.",
        operation=error.operation,
        tags=names,
        page_id=id,
        hint=f"Use one of the two. {TAKEN_FOR_ONE}.",
    )
