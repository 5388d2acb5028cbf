"""Marks of pages, and which page and file are the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wikijs.core.values.paths import PagePath
from wikijs.publish.marks import Mark, digest, marked, read
from wikijs.publish.model import There, Wanted
from wikijs.publish.renames import renamed
from wikijs.transfer.format import PageFile

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3), st.text(max_size=40))
def test_a_mark_is_read_as_it_was_written(file: str, to: str, files: list[str], content: str) -> None:
    mark = Mark(file=file, to=to, name=file, source="ab", text=digest(content), has=("tags",), files=tuple(files))
    text = content.lstrip("\n")
    first = marked(mark, text).partition("\n")[0]
    assert first.endswith(" -->")
    assert first.count("-->") == 1
    assert read(marked(mark, text)) == (mark, text.replace("\r\n", "\n") if "\r\n" in text else text)


def test_other_comments_are_no_marks() -> None:
    for text in ("<!-- wikijs publish: -->\nx", "<!-- a -->", "", "text <!-- wikijs publish: file=a -->"):
        assert read(text) == (None, text)


def there(number: int, file: str, text: str, source: str) -> There:
    state = ValueError()
    return There(number, PagePath(file, "en"), state, Mark(file=file, to="x", source=source), text)


def wanted(file: str, text: str, source: str) -> Wanted:
    return Wanted(file, PagePath(file, "en"), PageFile(content=text), Mark(file=file, to="x", source=source))


def test_the_same_text_comes_before_one_that_is_alike() -> None:
    long = "one two three four five six seven eight nine ten "
    lost = [there(1, "a.md", long, "s1"), there(2, "b/c.md", long + "eleven", "s2"), there(3, "d/c.md", long, "s2")]
    new = [wanted("x/c.md", long, "s2"), wanted("y.md", long + "twelve", "s9"), wanted("z.md", "all else", "s8")]
    assert {file: page.id for file, page in renamed(lost, new).items()} == {"x/c.md": 2, "y.md": 1}


def test_nothing_is_like_nothing() -> None:
    assert renamed([], [wanted("a.md", "", "s")]) == {}
    assert renamed([there(1, "a.md", "", "s1")], [wanted("b.md", "", "s2")]) == {}
