"""The library's hints speak of Python; here they speak of commands and options."""

from __future__ import annotations

import re
from typing import Final

# A pattern within a hint, and what stands there instead.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    # who you are
    (r"client\.whoami\(\)", "`wikijs whoami`"),
    (r"Pass it as auth=\w+\(\w+\)\.", "Give it as WIKIJS_API_KEY."),
    (r"; if it is, pass its audience: .*", ", see `wikijs auth status`."),
    (r"Pass PasswordAuth\(email, password\) to log in\.", "Log in with `wikijs auth login`."),
    (r"Log in again, or use PasswordAuth, .*", "Log in again with `wikijs auth login`."),
    (
        r"(Log in as a user with manage:system): auth=.*",
        r"\1: `wikijs auth login`, or WIKIJS_EMAIL and WIKIJS_PASSWORD.",
    ),
    (r"Pass totp=, .*", "Log in with `wikijs auth login`, which asks for it."),
    (r"Log in with a browser, or call .*", "Log in with a browser once."),
    (r"Use auth= instead\.", "Log in with `wikijs auth login`, or set WIKIJS_EMAIL and WIKIJS_PASSWORD."),
    (r"Pass setup=, a function [^:]{1,120}:", "Log in with a browser at once:"),
    # webhooks
    (r"Or allow http with allow_http=True\.", "Or give --allow-http."),
    (r"Use headers=\.", "Give --header instead."),
    (r"See allow_networks=\.", "Give --allow-network if it is meant."),
    # the connection
    (r"Pass verify_ssl=ssl\.create_default_context\(.*?\) with", "Set SSL_CERT_FILE to the file of"),
    (r" client\.circuit_breaker\.reset\(\) tries at once\.", ""),
    (r"; pass them with headers=\.", ", which the command cannot give."),
    (r"system\.info which", "`wikijs system info` which"),
    # pages
    (r"give locale='?(\w+)'? for", r"give --locale \1 for"),
    (r"pages\.history lists", "`wikijs pages history` lists"),
    (r"; content=False needs neither\.", "."),
    (r"Give script_css= and script_js= both", "Give --css and --js both"),
    (r"Both versions are in .*", "Read it again, and repeat your change."),
    (r"Pass page\.updated_at\.|Use datetime\(…, tzinfo=UTC\)\.", "Write it as 2030-01-31T12:00:00Z."),
    (r"tags\.merge makes", "`wikijs tags merge` makes"),
    (r"with operation_name which", "with --operation-name which"),
    # files
    (r"Pass overwrite=True to replace it, or a name=\.", "Give --overwrite to replace it."),
    (r", or pass allow_unreachable=True\.", "."),
    (r"(Give one of them a|Pass another|Pass) name=\.", "Rename the file."),
    (r": upload_many\.", ": --recursive."),
    (r": site\.update_config\(upload_max_file_size=\.\.\.\)", ": `wikijs site set upload_max_file_size=BYTES`"),
    (r"assets\.move puts", "`wikijs assets move` puts"),
    (r"assets\.ensure_folder takes a path", "`wikijs assets upload --to` takes a path"),
    # people and keys
    (r"(An administrator can activate the account)\.", r"\1: `wikijs users activate ADDRESS`."),
    (r"users\.list\(\) tells what can be had\.", "`wikijs users list` tells what can be had."),
    (r"users\.get\((\d+)\) reads it", r"`wikijs users get \1` reads it"),
    (r"groups\.update\((\d+), \.\.\.\) gives", r"`wikijs groups update \1` gives"),
    (r"users\.update\((\d+), groups=\.\.\.\) sets its groups", r"`wikijs groups add GROUP \1` sets its groups"),
    (r"as replace_with\.", "as --replace-with."),
    (r"What is known of it is in \.user of this error; do not", "Do not"),
    (r"Give full_access=True, or group=\.", "Give --full-access, or --group."),
    (r"export_status\(\) tells", "`wikijs call system.exportStatus` tells"),
    (r"See \.result\.errors .*", "Each item that failed is named above."),
)
_PATTERNS: Final = tuple((re.compile(pattern), words) for pattern, words in _WORDS)


def for_commands(hint: str) -> str:
    """A hint of the library in the words of the command line."""
    for pattern, words in _PATTERNS:
        hint = pattern.sub(words, hint)
    return hint
