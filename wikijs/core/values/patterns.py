"""Regular expressions that are compiled when they are first used: most programs never meet most of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import AnyStr, Generic


class LazyPattern(Generic[AnyStr]):
    """A regular expression.

    Args:
        source: Its text.
        flags: As for `re.compile`.
    """

    def __init__(self, source: AnyStr, flags: int = 0) -> None:
        self._source: AnyStr = source
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[AnyStr]:
        """The expression itself."""
        return re.compile(self._source, self._flags)

    def match(self, text: AnyStr) -> re.Match[AnyStr] | None:
        """As of `re.Pattern`."""
        return self.compiled.match(text)

    def fullmatch(self, text: AnyStr) -> re.Match[AnyStr] | None:
        """As of `re.Pattern`."""
        return self.compiled.fullmatch(text)

    def search(self, text: AnyStr) -> re.Match[AnyStr] | None:
        """As of `re.Pattern`."""
        return self.compiled.search(text)

    def finditer(self, text: AnyStr) -> Iterator[re.Match[AnyStr]]:
        """As of `re.Pattern`."""
        return self.compiled.finditer(text)

    def sub(self, new: AnyStr | Callable[[re.Match[AnyStr]], AnyStr], text: AnyStr) -> AnyStr:
        """As of `re.Pattern`."""
        return self.compiled.sub(new, text)
