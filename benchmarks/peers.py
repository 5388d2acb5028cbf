"""Other Python clients doing the same to the same wiki: what becomes of a page, of a bad key, and what a list costs.

    python benchmarks/peers.py --python PEERS/bin/python --other CHECKOUT [--url URL --key KEY]

PEERS is an environment with wikijs-pyclient, requests, gql[requests] and pydantic[email]; CHECKOUT one of
AndreasPantle/py-wikijs. What cannot be had is left out. Each contender runs in a process of its own. The wiki is a
sandbox of 1,000 pages, or the one of URL: there a page is made and deleted, and the list is as long as it is.

The table of the README is made from what this prints, for whoever wants to check it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from wikijs import WikiJSClient

ROOT = Path(__file__).parents[1]
ROUNDS = 7
HAND = {
    "list": "LIST = 'query { pages { list { id path title locale isPublished updatedAt tags } } }'",
    "update": (
        "UPDATE = 'mutation($id: Int!, $title: String, $text: String)"
        " { pages { update(id: $id, title: $title, content: $text)"
        " { responseResult { succeeded message } } } }'"
    ),
}
REQUESTS = f"""
import requests
{HAND["list"]}
{HAND["update"]}
s = requests.Session()
s.headers["Authorization"] = f"Bearer {{KEY}}"
def ask(document, **variables):
    return s.post(URL + "/graphql", json={{"query": document, "variables": variables}}, timeout=30).json()
def listed(): return len(ask(LIST)["data"]["pages"]["list"])
def update(id, title):
    said = ask(UPDATE, id=id, title=title, text="x")
    if said.get("errors"):
        return said["errors"][0]["message"]
    return said["data"]["pages"]["update"]["responseResult"]["message"]
"""
GQL = f"""
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
{HAND["list"]}
{HAND["update"]}
c = Client(transport=RequestsHTTPTransport(URL + "/graphql", headers={{"Authorization": f"Bearer {{KEY}}"}}))
def listed(): return len(c.execute(gql(LIST))["pages"]["list"])
def update(id, title):
    document = gql(UPDATE)
    document.variable_values = {{"id": id, "title": title, "text": "x"}}
    return c.execute(document)["pages"]["update"]["responseResult"]["message"]
"""
PYCLIENT = """
from wikijs import WikiJS
w = WikiJS(url=URL, token=KEY)
def listed(): return len(w.list_pages().json())
def update(id, title): return w.update_page(id=id, title=title).json()
"""
OTHER = """
from wikijs import WikiJSClient
from wikijs.auth import APIKeyAuth
c = WikiJSClient(URL, auth=APIKeyAuth(KEY))
def listed(): return len(c.pages.list())
def update(id, title): return c.pages.update(id, {"title": title}).title
"""
OURS = """
from wikijs import WikiJSClient
c = WikiJSClient(URL, auth=KEY)
def listed(): return len(c.pages.list())
def update(id, title): return c.pages.update(id, title=title).title
"""
RUN = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
begun = time.process_time()
{code}
imported = time.process_time() - begun
def told(what, *given):
    try:
        return repr(what(*given))[:160]
    except BaseException as error:
        return f"{{type(error).__name__}}: {{error}}"[:240]
first = told(listed)
costs = []
if not BAD and first.isdigit():
    for _ in range(5):
        begun = time.process_time()
        listed()
        costs.append(time.process_time() - begun)
print(json.dumps([imported, first, costs, "" if BAD else told(update, PAGE, "A new title")]))
"""


def main() -> None:
    """Run them in turns and print what became of it."""
    options = _options()
    contenders = {"py-wikijs": (sys.executable, OURS, "")}
    if options.python:
        contenders |= {
            "requests": (options.python, REQUESTS, ""),
            "gql": (options.python, GQL, ""),
            "wikijs-pyclient": (options.python, PYCLIENT, ""),
        }
        if options.other:
            contenders["the other py-wikijs"] = (options.python, OTHER, str(Path(options.other).resolve()))
    with wiki(options) as (url, key), WikiJSClient(url, auth=key) as client:
        costs: dict[str, list[float]] = {name: [] for name in contenders}
        starts: dict[str, list[float]] = {name: [] for name in contenders}
        for number in range(ROUNDS):
            for name, (python, code, path) in contenders.items():
                page = client.pages.create(
                    f"peers/{number}-{len(name)}-{name[0]}",
                    title="Old",
                    content="x",
                    tags=["one", "two"],
                    description="d",
                )
                imported, first, took, updated = run(python, code, path, url, key, page.id)
                after = client.pages.get(page.id)
                public = any(each.is_published for each in client.pages.list(folder="peers") if each.id == page.id)
                client.pages.delete(page.id)
                starts[name].append(imported)
                costs[name] += took
                if number == 0:
                    kept = public, sorted(tag.tag for tag in after.tags), after.description
                    print(f"{name}: list says {first}; update says {updated}")
                    print(f"   afterwards title {after.title!r}, published, tags, description: {kept}")
                    forged = f"{key[:-6]}AAAAAA"
                    print(f"   with a forged key the list says {run(python, code, path, url, forged, 1, bad=True)[1]}")
        ours = median(costs["py-wikijs"]) if costs["py-wikijs"] else 1
        for name in contenders:
            if costs[name]:
                cost, start = median(costs[name]), median(starts[name])
                print(f"{name:20} a list {cost * 1000:6.1f} ms of CPU, {cost / ours:5.2f} of ours; start {start:.2f} s")


def run(
    python: str, code: str, path: str, url: str, key: str, page: int, *, bad: bool = False
) -> tuple[float, str, list[float], str]:
    """What a contender says and costs."""
    head = (
        f"import sys\nsys.path[:0] = {[path] if path else []}\nURL, KEY, PAGE, BAD = {url!r}, {key!r}, {page}, {bad}\n"
    )
    ended = subprocess.run(
        [python, "-c", head + RUN.format(code=code)], capture_output=True, text=True, check=False, timeout=120, cwd="/"
    )
    if ended.returncode:
        return 0.0, ended.stderr.strip().splitlines()[-1], [], ""
    imported, first, costs, updated = json.loads(ended.stdout.strip().splitlines()[-1])
    return imported, first, costs, updated


@contextmanager
def wiki(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The wiki of the options, or a sandbox in a process of its own."""
    if options.url:
        yield options.url, options.key
        return
    sys.path.insert(0, str(ROOT / "tests"))
    import tempfile

    from support.served import served

    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "wiki.db", seed="1000") as sandbox:
        yield sandbox.url, sandbox.api_key


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare with other Python clients.")
    parser.add_argument("--python", help="an environment with the others")
    parser.add_argument("--other", help="a checkout of the other py-wikijs")
    parser.add_argument("--url", help="a wiki of yours, in the place of a sandbox")
    parser.add_argument("--key", help="its API key")
    return parser.parse_args()


if __name__ == "__main__":
    main()
