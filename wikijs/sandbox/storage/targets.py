"""What storage targets say when they start, none of which reaches anything outside the sandbox.

Targets that the server itself has nothing behind always start; the local file system does when it has a path, though
nothing is written there; the others complain as they do on a server without a network.
"""

from __future__ import annotations

from typing import Any

from ..modules import definitions

BUCKETS = {"s3", "digitalocean", "s3generic"}
EMPTY = {"box", "dropbox", "gdrive", "onedrive"}

Config = dict[str, Any]


def handlers(key: str) -> set[str]:
    """The actions of a target."""
    return {"init", *(action["handler"] for action in definitions("storage")[key].get("actions") or ())}


def complaint_of(key: str, config: Config) -> str:
    """Why a target does not start; empty when it does."""
    if key in EMPTY:
        return ""
    if key == "disk":
        return "" if "path" in config else 'The "paths[0]" argument must be of type string. Received undefined'
    if key == "git":
        return git_complaint(config)
    if key == "azure":
        account = config.get("accountName")
        if account is None:
            return (
                "The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an"
                " Array-like Object. Received undefined"
            )
        return f"getaddrinfo ENOTFOUND {account}.blob.core.windows.net"
    return bucket_complaint(key, config) if key in BUCKETS else "Initializing..."


def git_complaint(config: Config) -> str:
    """Git has no repository to fetch from."""
    if "localRepoPath" not in config:
        return 'The "paths[1]" argument must be of type string. Received undefined'
    url = config.get("repoUrl")
    reason = (
        f"unable to access '{url}': Could not resolve host"
        if url
        else "no path specified; see 'git help pull' for valid url syntax"
    )
    return f"Fetching origin\nfatal: {reason}\nerror: could not fetch origin\n"


def bucket_complaint(key: str, config: Config) -> str:
    """A bucket is checked for its name and credentials before it is looked for."""
    if "bucket" not in config:
        return "Missing required key 'Bucket' in params"
    if not config["bucket"]:
        return 'Expected uri parameter to have length >= 1, but found "" for params.Bucket'
    if not config.get("accessKeyId") or not config.get("secretAccessKey"):
        return "Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1"
    host = "s3.amazonaws.com" if key == "s3" else str(config.get("endpoint", ""))
    region = config.get("region") or "us-east-1"
    return (
        f"Inaccessible host: `{host}' at port `undefined'. This service may not be available in the `{region}' region."
    )
