"""Files that pages show and that are not there, and files that are there and that nothing shows."""

from __future__ import annotations

from .links import addresses, found, unread
from .model import Finding, Report, ordered
from .reading import WikiFacts, mentions


def missing_and_unused_assets(wiki: WikiFacts) -> Report:
    """Files that are missing, each with the pages that refer to it, and files that nothing refers to.

    A file counts as used when its path stands anywhere in a page, its styles and scripts, or in settings of the site
    and theme that may be seen. Comments and older versions of pages are not looked at.
    """
    if wiki.files is None:
        notes = (*unread(wiki), "Files may not be listed with this key: it takes read:assets.")
        return Report(name="assets", title="Missing and unused files", notes=notes, url=wiki.url, made=wiki.now)
    findings: list[Finding] = []
    used: set[str] = set()
    chosen = {page.id for page in wiki.chosen}
    looked_at = 0
    for page in wiki.pages:
        seen: set[str] = set()
        for url, kind, address in addresses(wiki, page):
            if address.kind != "file":
                continue
            looked_at += 1
            used.add(address.path)
            if address.path in wiki.files or address.path in seen or page.id not in chosen:
                continue
            seen.add(address.path)
            what = "file" if kind == "a" else "image" if kind == "img" else kind
            message = f"There is no {what} {address.path}."
            findings.append(
                found(page, "assets", "missing-asset", "error", message, detail=url, line=page.lines.get(url))
            )
        for written in page.mentions:
            used.add(wiki.site.read(written, page.locale, page.path).path)
            used.add(wiki.site.read("/" + written.lstrip("/"), page.locale, page.path).path)
    for text in wiki.elsewhere:
        used.update(wiki.site.read(written, wiki.site.locale, "home").path for written in mentions(text))
    mentioned = "\n".join(mention for page in wiki.pages for mention in page.mentions)
    unused = [path for path in wiki.files if path not in used and not _is_odd(path, mentioned)]
    size = 0
    for path in unused:
        asset = wiki.files[path]
        size += asset.file_size
        findings.append(
            Finding(
                report="assets",
                rule="unused-asset",
                severity="warning",
                message=f"No page refers to the file {path} ({asset.file_size:,} bytes).",
                detail=path,
            )
        )
    notes = unread(wiki)
    if unused:
        notes = (*notes, f"The {len(unused)} files that nothing refers to have {size:,} bytes.")
    return Report(
        name="assets",
        title="Missing and unused files",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen), "files": len(wiki.files), "references": looked_at},
        notes=notes,
        url=wiki.url,
        made=wiki.now,
    )


def _is_odd(path: str, mentioned: str) -> bool:
    """Whether a name has letters that end an address, and a page mentions the rest of it: better kept than missed."""
    name = path.rpartition("/")[2]
    if not any(letter in name for letter in "()[]{}'`,;=^|"):
        return False
    ending = max((part for part in _parts(name) if part), key=len, default=name)
    return ending in mentioned


def _parts(name: str) -> list[str]:
    for letter in "()[]{}'`,;=^|":
        name = name.replace(letter, " ")
    return name.split()
