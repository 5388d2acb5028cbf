"""The npm package beside others: what one call of a list weighs, and what each does by itself.

    python benchmarks/typescript_peers.py [--folder DIR]

Installs the peers into a temporary folder (needs Node, npm and their registry), bundles one call with each by esbuild,
minified, and runs each against a server that spoils its first answers. `@linear/sdk` is another service's client: it
stands here for a generated client with a class for each type, and is not run, since it asks its own service only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "generated" / "typescript"
PEERS: Final = ("@linear/sdk@98.0.0", "graphql-request@7.4.0", "graphql@16")
QUERY: Final = "query PagesList($limit: Int) { pages { list(limit: $limit) { id path title } } }"

SOURCES: Final = {
    "@py-wikijs/sdk, one read": """
import { Client } from "@py-wikijs/sdk/core";
import { pagesList } from "@py-wikijs/sdk/operations";
const client = new Client({ url: URL_OF_WIKI, retries: 3 });
const call = (options) => client.execute(pagesList({ limit: 3 }), options);
""",
    "@py-wikijs/sdk, WikiJS": """
import { WikiJS } from "@py-wikijs/sdk";
const client = new WikiJS({ url: URL_OF_WIKI, retries: 3 });
const call = (options) => client.pages.list({ limit: 3 }, options);
""",
    "graphql-request": """
import { GraphQLClient } from "graphql-request";
const client = new GraphQLClient(URL_OF_WIKI + "/graphql");
const call = (options = {}) => client.request({ document: QUERY, variables: { limit: 3 }, signal: options.signal });
""",
    "@linear/sdk": """
import { LinearClient } from "@linear/sdk";
const client = new LinearClient({ apiKey: "x" });
const call = () => client.issues({ first: 3 });
""",
    "fetch and a string": """
const call = async (options = {}) => {
  const response = await fetch(URL_OF_WIKI + "/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY, variables: { limit: 3 } }),
    signal: options.signal,
  });
  return (await response.json()).data.pages.list;
};
""",
}
WEIGHED: Final = "call().then(console.log);"
TRIED: Final = """
const found = {};
await fetch(URL_OF_WIKI + "/spoil?times=2");
found.retries = await call().then(() => true, () => false);
await fetch(URL_OF_WIKI + "/spoil?times=0");
const controller = new AbortController();
await fetch(URL_OF_WIKI + "/slow?times=1");
const begun = Date.now();
setTimeout(() => controller.abort(), 50);
found.cancels = await call({ signal: controller.signal }).then(() => false, () => Date.now() - begun < 1500);
console.log(JSON.stringify(found));
"""


class Spoiling(BaseHTTPRequestHandler):
    """Answers lists of pages; as often as it was told, it closes the connection or takes two seconds."""

    spoiled = 0
    slow = 0

    def do_GET(self) -> None:
        """Be told what to do."""
        times = int(self.path.rpartition("=")[2])
        if self.path.startswith("/spoil"):
            Spoiling.spoiled = times
        else:
            Spoiling.slow = times
        self._answer(b"{}")

    def do_POST(self) -> None:
        """Answer, or do not."""
        self.rfile.read(int(self.headers["content-length"]))
        if Spoiling.spoiled > 0:
            Spoiling.spoiled -= 1
            self.close_connection = True
            self.connection.close()
            return
        if Spoiling.slow > 0:
            Spoiling.slow -= 1
            time.sleep(2)
        self._answer(json.dumps({"data": {"pages": {"list": [{"id": 1, "path": "home", "title": "Home"}]}}}).encode())

    def _answer(self, body: bytes) -> None:
        try:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # whoever asked has gone

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def spoiling() -> Iterator[str]:
    """The server's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Spoiling) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run(*command: str, cwd: Path) -> str:
    """What a command prints."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])}: {done.stderr[-800:]}")
    return done.stdout


def bundled(folder: Path, name: str, url: str, rest: str, *, browser: bool) -> bytes:
    """A program of a few lines, as one file."""
    entry, out = folder / "entry.mjs", folder / "out.mjs"
    constants = f"const URL_OF_WIKI = {json.dumps(url)};\nconst QUERY = {json.dumps(QUERY)};\n"
    entry.write_text(f"{SOURCES[name].lstrip()}{constants if 'import' not in SOURCES[name] else ''}{rest}")
    if "import" in SOURCES[name]:
        lines = SOURCES[name].strip().splitlines()
        imports = [line for line in lines if line.startswith("import")]
        others = [line for line in lines if not line.startswith("import")]
        entry.write_text("\n".join((*imports, constants, *others, rest)))
    tool = PACKAGE / "node_modules" / ".bin" / "esbuild"
    platform = ["--platform=browser", "--external:node:*", "--external:crypto"] if browser else ["--platform=node"]
    run(str(tool), str(entry), "--bundle", "--minify", "--format=esm", "--target=es2022", *platform, f"--outfile={out}",
        cwd=folder)  # fmt: skip
    return out.read_bytes()


def measure(folder: Path) -> list[dict[str, Any]]:
    """One row for each."""
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run("npm", "install", *PEERS, "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
    scope = folder / "node_modules" / "@py-wikijs"
    scope.mkdir()
    (scope / "sdk").symlink_to(PACKAGE)
    run(str(PACKAGE / "node_modules" / ".bin" / "tsc"), "-p", "tsconfig.json", cwd=PACKAGE)
    rows: list[dict[str, Any]] = []
    with spoiling() as url:
        for name in SOURCES:
            content = bundled(folder, name, "https://wiki.example.com", WEIGHED, browser=True)
            row = {"client": name, "bytes": len(content), "gzip": len(gzip.compress(content, 9))}
            if name != "@linear/sdk":
                bundled(folder, name, url, TRIED, browser=False)
                row |= json.loads(run("node", "out.mjs", cwd=folder))
            rows.append(row)
    return rows


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="The npm package beside others.")
    parser.add_argument("--folder", type=Path, help="where to install the peers; a temporary one unless given")
    options = parser.parse_args()
    if shutil.which("node") is None or shutil.which("npm") is None:
        sys.stderr.write("Node and npm are needed.\n")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = measure(folder)
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
