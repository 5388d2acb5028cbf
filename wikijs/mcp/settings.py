"""What an MCP server offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from wikijs.core.values import paths
from wikijs.exceptions import ConfigurationError, PermissionDeniedError

Toolset: TypeAlias = Literal["pages", "assets", "users", "admin"]
Confirming: TypeAlias = Literal["ask", "token"]

TOOLSETS: Final[tuple[Toolset, ...]] = ("pages", "assets", "users", "admin")
NAMESPACES: Final[dict[Toolset, frozenset[str]]] = {
    "pages": frozenset({"pages", "comments"}),
    "assets": frozenset({"assets"}),
    "users": frozenset({"users", "groups"}),
    "admin": frozenset(
        """
        analytics authentication contribute localization logging mail navigation rendering search site storage system
        theming
        """.split()  # noqa: SIM905  a list with quotes fills a page
    ),
}
"""Parts of the schema that `run_read_operation` and `run_write_operation` reach with each toolset."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an MCP server offers.

    Attributes:
        read_only: Whether no tool that writes exists at all.
        toolsets: Groups of tools, of "pages", "assets", "users" and "admin".
        tools: Names of the only tools to offer; all of the toolsets where there are none.
        write_under: Folders that may be written to; anywhere where there are none.
        files: A folder whose files may be uploaded; none where it is None.
        confirm: How people are asked before something is destroyed, moved or brought back: "ask" through the
            assistant's host, which is refused where the host cannot; "token" has the assistant say it again.
        notices: Whether hosts may listen to changes of pages; then the wiki is looked at while one does.
    """

    read_only: bool = False
    toolsets: tuple[Toolset, ...] = ("pages", "assets")
    tools: tuple[str, ...] = ()
    write_under: tuple[str, ...] = field(default=())
    files: Path | None = None
    confirm: Confirming = "ask"
    notices: bool = True

    def __post_init__(self) -> None:
        unknown = next((name for name in self.toolsets if name not in TOOLSETS), None)
        if unknown is not None:
            raise ConfigurationError(f"There is no toolset {unknown!r}.", hint=f"Use {', '.join(TOOLSETS)}.")
        if self.confirm not in {"ask", "token"}:
            raise ConfigurationError(f"confirm cannot be {self.confirm!r}.", hint="Use ask or token.")
        folders = tuple(folder.strip().strip("/") for folder in self.write_under)
        if not all(folders):
            raise ConfigurationError("write_under holds an empty folder.", hint="Leave it out to allow all.")
        object.__setattr__(self, "write_under", folders)
        if self.files is not None and not self.files.is_dir():
            raise ConfigurationError(f"{self.files} is no folder.", hint="Give a folder that exists.")

    @property
    def namespaces(self) -> frozenset[str]:
        """Parts of the schema that are reached."""
        return frozenset[str]().union(*(NAMESPACES[name] for name in self.toolsets))

    def check_writable(self, *places: str) -> None:
        """Refuse what is to be written outside of the folders that may be written to.

        Raises:
            PermissionDeniedError: A path lies elsewhere.
        """
        for path in places:
            if self.write_under and not any(paths.is_below(path.strip("/"), folder) for folder in self.write_under):
                raise PermissionDeniedError(
                    f"This server writes below {listed(self.write_under)} only, not at {path!r}.",
                    hint="Whoever set it up can allow more with --write-under.",
                )


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(names)
