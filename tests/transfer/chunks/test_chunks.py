"""The wiki in pieces: all of it, and then only what changed."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs.exceptions import ConfigurationError, ServerError
from wikijs.transfer.chunks import ChunkOptions, export_chunks, llms_txt
from wikijs.transfer.chunks.exporting import links

PAGE = "Lead with a [link](/docs/b#x).\n\n# One\n\none\n\n## Two\n\n<a href='/c'>two</a>\n"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def wiki(wikijs_client: WikiJSClient) -> WikiJSClient:
    wikijs_client.pages.create("docs/a", title="A", content=PAGE, tags=["x", "b"], description="About A")
    wikijs_client.pages.create("docs/b", title="B [b]", content="# B\n\nbe\n")
    wikijs_client.pages.create("draft", title="D", content="secret", is_published=False)
    wikijs_client.pages.create("adoc", title="Doc", content="= No heading\n\ntext", editor="asciidoc")
    return wikijs_client


def test_each_chunk_says_where_it_is_from(wiki: WikiJSClient, tmp_path: Path) -> None:
    report = export_chunks(wiki, tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert [chunk["id"] for chunk in found] == ["1#~lead.0", "1#one.0", "1#two.0", "2#b.0", "4#~lead.0"]
    two = found[2]
    assert two == {
        "id": "1#two.0",
        "page": 1,
        "path": "docs/a",
        "locale": "en",
        "title": "A",
        "headings": ["One", "Two"],
        "url": f"{wiki.url}/en/docs/a#two",
        "text": "## Two\n\n<a href='/c'>two</a>",
        "links": ["/c"],
        "chars": 28,
        "hash": two["hash"],
        "updatedAt": two["updatedAt"],
        "tags": ["b", "x"],
    }
    assert found[0]["links"] == ["/docs/b#x"]
    assert found[0]["url"] == f"{wiki.url}/en/docs/a"
    assert found[4]["text"] == "= No heading\n\ntext"
    assert (report.pages, report.read, report.written, report.failed) == (3, 3, 5, [])


def test_only_what_changed_is_read_and_written(wiki: WikiJSClient, tmp_path: Path) -> None:
    out, state = tmp_path / "out.jsonl", tmp_path / "state"
    first = export_chunks(wiki, out, state=state)
    same = export_chunks(wiki, out, state=state)
    assert (first.written, same.written, same.read, same.unchanged) == (5, 0, 0, 5)
    assert lines(out) == []

    wiki.pages.update(1, content=PAGE.replace("one\n", "another one\n"))
    edited = export_chunks(wiki, out, state=state)
    assert [chunk["id"] for chunk in lines(out)] == ["1#one.0"]
    assert (edited.read, edited.written, edited.unchanged, edited.deleted) == (1, 1, 4, 0)

    wiki.pages.update(1, content="Lead only.", title="AA")
    wiki.pages.delete(2)
    changed = export_chunks(wiki, out, state=state)
    assert {chunk["id"]: chunk.get("deleted", False) for chunk in lines(out)} == {
        "1#~lead.0": False,
        "1#one.0": True,
        "1#two.0": True,
        "2#b.0": True,
    }
    assert lines(out)[0]["title"] == "AA"
    assert changed.deleted == 3


def test_one_edit_changes_one_chunk_a_page_on_many_pages(wikijs_client: WikiJSClient, tmp_path: Path) -> None:
    out, state = tmp_path / "out.jsonl", tmp_path / "state"
    section = "Some words about it. " * 20
    texts = ["".join(f"## Part {part} of {page}\n\n{section}\n\n" for part in range(6)) for page in range(20)]
    for page, text in enumerate(texts):
        wikijs_client.pages.create(f"many/{page}", title=f"P{page}", content=text)
    export_chunks(wikijs_client, out, state=state)
    for page, text in enumerate(texts, 1):
        wikijs_client.pages.update(
            page, content=text.replace(f"Part 3 of {page - 1}\n\nSome", f"Part 3 of {page - 1}\n\nNo")
        )
    report = export_chunks(wikijs_client, out, state=state)
    assert report.read == 20
    assert report.written == 20
    assert report.deleted == 0


def test_other_options_cut_anew(wiki: WikiJSClient, tmp_path: Path) -> None:
    out, state = tmp_path / "out.jsonl", tmp_path / "state"
    export_chunks(wiki, out, ChunkOptions(folder="docs", tags=["x"]), state=state)
    assert {chunk["page"] for chunk in lines(out)} == {1}
    report = export_chunks(wiki, out, ChunkOptions(max_chars=500, drafts=True), state=state)
    assert {chunk["page"] for chunk in lines(out)} == {2, 3, 4}  # those of page 1 are as they were
    assert report.read == 4
    stream = BytesIO()
    export_chunks(wiki, stream, ChunkOptions(locale="en"), state=state)
    assert json.loads(stream.getvalue()) == {"id": "3#~lead.0", "deleted": True}


def test_a_page_that_cannot_be_read_keeps_its_chunks(
    wiki: WikiJSClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, state = tmp_path / "out.jsonl", tmp_path / "state"
    export_chunks(wiki, out, state=state)
    wiki.pages.update(2, content="# B\n\nchanged\n")
    with monkeypatch.context() as broken:
        broken.setattr(type(wiki.pages), "get_many", lambda *_, **__: [ServerError("broken")])
        report = export_chunks(wiki, out, state=state)
    assert [path for path, _ in report.failed] == ["en/docs/b"]
    assert lines(out) == []
    export_chunks(wiki, out, state=state)
    assert [chunk["id"] for chunk in lines(out)] == ["2#b.0"]


def test_a_state_that_is_none_or_of_another_wiki_is_refused(wiki: WikiJSClient, tmp_path: Path) -> None:
    state = tmp_path / "state"
    for content in ("", "{}", "[1]", '{"version":2}', '{"version":1,"wiki":"x","how":"","pages":[]}'):
        state.write_text(content)
        with pytest.raises(ConfigurationError, match="no state of chunks"):
            export_chunks(wiki, BytesIO(), state=state)
    state.write_text('{"version":1,"wiki":"http://other","how":"","pages":{}}')
    with pytest.raises(ConfigurationError, match="of the wiki http://other"):
        export_chunks(wiki, BytesIO(), state=state)
    with pytest.raises(ConfigurationError, match="at least 200"):
        ChunkOptions(max_chars=20)


def test_links_are_found_once_each() -> None:
    assert links("[a](/a) ![b](</b>) [a](/a 'title') <img src=\"c.png\"> [x]: /no (text)") == ["/a", "/b", "c.png"]


def test_llms_txt(wiki: WikiJSClient) -> None:
    wiki.site.update(title="My Wiki", description="All of\nit")
    url = f"{wiki.url}/en"
    assert llms_txt(wiki, ChunkOptions()) == (
        f"# My Wiki\n\n> All of it\n\n## Pages\n\n- [Doc]({url}/adoc)\n\n"
        f"## docs\n\n- [A]({url}/docs/a): About A\n- [B \\[b\\]]({url}/docs/b)\n"
    )
    assert "[D]" in llms_txt(wiki, ChunkOptions(drafts=True))
