"""A user's own project: its settings, and what `wikijs generate --init` puts into an empty folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from ariadne_codegen.utils import str_to_pascal_case

from wikijs.codegen.errors import CodegenError
from wikijs.core.documents import bundled

from . import config
from .config import Config

SECTION: Final = "tool.wikijs.generate"

_SETTINGS: Final = {"package": "", "client": "", "queries": "queries", "schema": "", "typescript": "", "sdk": ""}
_SHADOWED: Final = {"wikijs", "wikijs_generated"}

START: Final = """\
# Settings of `wikijs generate`. Paths are relative to this file.
[tool.wikijs.generate]

# The folder to write, a package that you can import. What is in it is replaced at each run.
package = "my_wiki"

# Its client, beside one with `Async` in front. Both extend those of py-wikijs.
client = "MyWiki"

# Your operations and fragments, in files `*.graphql`.
queries = "queries"

# The schema of your server, where it is not that of the newest Wiki.js 2.x, which is built in.
# `wikijs schema pull --url https://wiki.example.com -o schema/` writes it.
# schema = "schema/wikijs.graphql"

# The folder that `wikijs generate --typescript` writes, with a small client in it unless `sdk` names the npm package.
# typescript = "src/wiki"
# sdk = "@py-wikijs/sdk"
"""

EXAMPLE: Final = """\
# The name of an operation says where its method is: `PagesRecent` begins with the field at its root, `pages`, and is
# `client.pages.recent()`. One with any other name is a method of the client itself. The comment right above an
# operation is its documentation. What it selects becomes a model, here `PagesRecentItem`; the fragments of py-wikijs
# can be spread too: `...PageSummary`.

# The pages that were changed last, newest first.
query PagesRecent($limit: Int = 50) {
  pages {
    list(limit: $limit, orderBy: UPDATED, orderByDirection: DESC) {
      id
      path
      title
      updatedAt
    }
  }
}
"""


def load(path: Path, *, typescript: bool = False) -> Config:
    """Read the settings of a project.

    Args:
        path: The file.
        typescript: Whether no Python is to be written, so that no package for it need be named.

    Raises:
        CodegenError: The file cannot be read, lacks a setting or has one that does not exist.
    """
    name, root = path.name, path.resolve().parent
    if not path.exists():
        raise CodegenError(f"{path}: is not there; `wikijs generate --init` writes one to begin with.")
    section = config.tools(path).get("wikijs", {}).get("generate")
    if not isinstance(section, dict):
        raise CodegenError(f"{name}: there is no [{SECTION}] section; `wikijs generate --init` writes one.")
    given = cast("dict[str, Any]", section)
    tables = given.pop("scalars", {})
    if unknown := sorted(given.keys() - _SETTINGS.keys()):
        raise CodegenError(f"{name}: [{SECTION}] has no setting `{unknown[0]}`.")
    if wrong := sorted(setting for setting, value in given.items() if not isinstance(value, str)):
        raise CodegenError(f"{name}: `{wrong[0]}` must be text.")
    settings: dict[str, str] = {**_SETTINGS, **given}
    if typescript and not settings["package"]:
        settings["package"] = "unused"
    target = (root / settings["package"]).resolve()
    client = settings["client"] or str_to_pascal_case(target.name)
    for problem in _problems(settings["package"], target, client):
        raise CodegenError(f"{name}: {problem}")
    own = config.tools(bundled.settings())
    ariadne: Mapping[str, Any] = own[config.ARIADNE]
    scalars = {**ariadne["scalars"], **tables}
    left_out = {"scalars", "schema_path", "queries_path"}
    return Config(
        name=name,
        root=root,
        schema=config.existing_path(root, settings["schema"], "schema", name)
        if settings["schema"]
        else bundled.schema(),
        queries=config.existing_path(root, settings["queries"], "queries", name),
        target=target.parent,
        package=target.name,
        ariadne={
            **{setting: value for setting, value in ariadne.items() if setting not in left_out},
            "target_package_name": target.name,
        },
        scalars=config.scalars(scalars, name),
        operations_module="wikijs.core.operations",
        executors_module="wikijs.core.executors",
        facts=bundled.facts(),
        facts_of=own[config.OURS]["facts_of"],
        corrections=bundled.corrections(),
        client=client,
        typescript=(root / settings["typescript"]).resolve() if settings["typescript"] else None,
        sdk=settings["sdk"],
    )


def start(path: Path) -> list[Path]:
    """Write settings and an example query, and return their paths. Nothing is overwritten.

    Raises:
        CodegenError: One of the files is there already.
    """
    files = {path: START, path.parent / "queries" / "pages.graphql": EXAMPLE}
    if there := next((file for file in files if file.exists()), None):
        raise CodegenError(f"{there}: is there already, and is not overwritten.")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def check_replaceable(settings: Config) -> None:
    """Refuse to replace a folder that holds anything else than an earlier result.

    Raises:
        CodegenError: Names the first file that was not generated.
    """
    folder = settings.target / settings.package
    for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder] if folder.exists() else []:
        if "__pycache__" not in path.parts and path.is_file() and not _is_generated(path):
            raise CodegenError(
                f"{settings.shown(path)}: was not written by `wikijs generate`, which would delete it;"
                " move it elsewhere, or choose another `package`."
            )


def _is_generated(path: Path) -> bool:
    if path.suffix != ".py":
        return path.name == "py.typed"
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().startswith(config.PROJECT_HEADER)


def _problems(package: str, target: Path, client: str) -> Iterator[str]:
    if not package:
        yield f"[{SECTION}] lacks `package`, the folder to write."
    elif not re.fullmatch(r"[a-z_][a-z0-9_]*", target.name):
        yield f"`package` ends in `{target.name}`, which is no good name for a package: use a-z, 0-9 and `_`."
    elif target.name in _SHADOWED:
        yield f"`package` cannot be called `{target.name}`, which is the name of what it extends."
    elif not re.fullmatch(r"[A-Z][A-Za-z0-9]*", client):
        yield f"`client` is `{client}`, which is no name for a class: write one like `MyWiki`."
    elif client in {"WikiJSClient", "AsyncWikiJSClient"}:
        yield f"`client` cannot be called `{client}`, which is the name of what it extends."
