"""The peer: the client that ariadne-codegen writes from the same schema and queries when nothing bends it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, Final

import httpx
from traffic import CONTENT_TYPE

_ROOT: Final = Path(__file__).resolve().parent.parent
_DATES: Final = """
[tool.ariadne-codegen.scalars.Date]
type = "datetime.datetime"
"""


def generate(folder: Path, package: str, *, dates: bool) -> Any:
    """Generate the client below a folder and import it.

    Args:
        folder: Where to write.
        package: Name of the package to write.
        dates: Whether it turns dates into `datetime`, as ours does; by default it leaves them as they are.
    """
    settings = {
        "schema_path": str(_ROOT / "schema" / "wikijs.graphql"),
        "queries_path": str(_ROOT / "queries"),
        "target_package_path": str(folder),
        "target_package_name": package,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    config = folder / f"{package}.toml"
    config.write_text("\n".join(["[tool.ariadne-codegen]", *lines, _DATES if dates else ""]), encoding="utf-8")
    command = [sys.executable, "-m", "ariadne_codegen", "--config", str(config), "client"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sys.path.insert(0, str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it names a field `register`, which shadows pydantic's own
        return importlib.import_module(package)


def client(package: Any, url: str, content: bytes) -> Any:
    """Its client, answered by the transport that httpx has for this: the twin of the one ours is measured with."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=content, headers={"content-type": CONTENT_TYPE}),
    )
    return package.Client(f"{url}/graphql", http_client=httpx.AsyncClient(transport=transport))
