"""Pay for what you use: what an import and a first call load."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

HEAVY = ("httpx2", "pydantic", "pydantic_core", "websockets", "wikijs_generated", "asyncio", "ssl", "typer", "rich")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running the code."""
    script = f"{textwrap.dedent(code)}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout.splitlines()[-1]))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def models(modules: set[str]) -> set[str]:
    """Generated modules that hold models."""
    prefix = "wikijs_generated."
    plain = {"aio", "client", "operations", "enums", "fragments"}
    names = {name.removeprefix(prefix) for name in modules if name.startswith(prefix)}
    return {name for name in names - plain if name.partition(".")[0] not in {"facades", "methods", "specs"}}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not roots(loaded_by("import wikijs")) & set(HEAVY)


def test_importing_exceptions_and_credentials_loads_neither_http_nor_models() -> None:
    modules = loaded_by("import wikijs.exceptions, wikijs.auth, wikijs.core.operations")
    assert not roots(modules) & {"httpx2", "pydantic", "websockets", "wikijs_generated"}


def test_importing_the_clients_loads_no_model_and_no_websocket() -> None:
    modules = loaded_by("from wikijs import WikiJSClient, AsyncWikiJSClient")
    assert "httpx2" in modules
    assert not models(modules)
    assert "websockets" not in modules
    assert "pydantic" not in roots(modules)


def test_a_client_that_was_only_made_has_loaded_no_model() -> None:
    modules = loaded_by("""
        from wikijs import WikiJSClient
        with WikiJSClient("http://wiki.example.com") as client:
            client.pages, client.users, client.groups
    """)
    assert not models(modules)


def test_a_first_call_loads_its_own_models_only() -> None:
    modules = loaded_by("""
        import sys
        sys.path.insert(0, "tests")
        from support.recordings import Replay, step
        from wikijs import WikiJSClient, ops
        recorded = step("pages-crud", "list all").reply()
        with WikiJSClient("http://wiki.example.com", http_client=Replay(recorded).client()) as client:
            assert client.execute(ops.pages_list())
    """)
    assert models(modules) == {"base_model", "fragments.page_summary", "pages_list"}


def test_every_public_name_is_there_and_listed() -> None:
    import wikijs

    for name in wikijs.__all__:
        assert getattr(wikijs, name) is not None
        assert name in dir(wikijs)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import pytest

    import wikijs

    with pytest.raises(AttributeError, match="'nope'"):
        wikijs.nope  # noqa: B018  the access is the test


def test_a_first_call_of_one_colour_loads_nothing_that_it_does_not_use() -> None:
    modules = loaded_by("""
        import httpx2
        from wikijs import WikiJSClient
        reply = b'{"data":{"pages":{"list":[]}}}'
        answer = lambda request: httpx2.Response(200, content=reply, headers={"content-type": "application/json"})
        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        with WikiJSClient("http://wiki.test", http_client=http) as client:
            assert client.pages.list() == []
    """)
    unused = {"asyncio", "difflib", "html.parser", "httpcore2", "wikijs.aio", "wikijs.middleware.breaker"}
    unused |= {"wikijs_generated.aio", "wikijs_generated.client", "wikijs_generated.operations"}
    assert not modules & unused
    parts = {name.rpartition(".")[2] for name in modules if name.startswith("wikijs.resources.pages.")}
    assert not parts & {"discovery", "many", "planning", "replacing", "upkeep", "versions", "writing"}
    assert {name for name in modules if name.startswith("wikijs_generated.specs.")} == {
        "wikijs_generated.specs.fragment_sources",
        "wikijs_generated.specs.pages",
    }
