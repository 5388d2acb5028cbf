"""YAML and JSON of others."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest

from wikijs.core.files import FileRefusedError, load_json, load_yaml, refusing
from wikijs.core.files.data import parse_yaml, safe_loader
from wikijs.exceptions import PageNotFoundError

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{','.join([f'*{old}'] * 30)}]}}\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)
TEXTS = f"a: &a {'x' * 100_000}\nb: [{','.join(['*a'] * 10_000)}]\n"

HOSTILE: dict[str, tuple[str, str]] = {
    "aliases in aliases": (BOMB, "aliases"),
    "mappings merged into mappings": (MERGES, "aliases"),
    "a long text many times": (TEXTS, "aliases"),
    "a part of itself": ("a: &a [*a]", "part of itself"),
    "nested lists": ("[" * 100_000, "nested too deeply"),
    "nested mappings": ("{a: " * 100_000, "nested too deeply"),
    "nested lists that end": ("[" * 150 + "]" * 150, "nested too deeply"),
    "nested by indentation": ("- " * 100_000, "nested too deeply"),
    "a moment that is none": ("!!timestamp x", "no YAML"),
    "a number that is none": ("!!int x", "no YAML"),
    "a truth that is none": ("!!bool x", "no YAML"),
    "a day that is none": ("2001-99-99", "no YAML"),
    "a number without end": ("9" * 100_000, "no YAML"),
    "another language's object": ("!!python/object/apply:os.system [ls]", "no YAML"),
    "a list as a name": ("? [a]\n: b", "no YAML"),
    "an open bracket": ("a: [", "no YAML: line"),
    "a control character": ("a: \x00", "no YAML"),
    "two documents": ("a\n--- b", "no YAML"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_yaml_is_refused_in_one_sentence(kind: str) -> None:
    text, reason = HOSTILE[kind]
    with pytest.raises(FileRefusedError, match=reason) as caught:
        load_yaml(text, name="x.yml")
    assert caught.value.name == "x.yml"
    assert caught.value.message.startswith("The file 'x.yml' is refused: ")
    assert "\n" not in caught.value.message


def test_honest_yaml_is_read() -> None:
    assert load_yaml("a: &a [1, 2]\nb: *a\nc: {<<: {d: 1}}\n") == {"a": [1, 2], "b": [1, 2], "c": {"d": 1}}
    assert load_yaml("") is None
    with pytest.raises(FileRefusedError, match="more than 3 characters"):
        load_yaml("abcd", most=3)


def test_where_libyaml_is_missing_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader")
    assert safe_loader() is yaml.SafeLoader
    assert parse_yaml("a: [1]") == {"a": [1]}
    with pytest.raises(FileRefusedError, match="nested too deeply"):
        load_yaml("- " * 10_000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "nested too deeply|no JSON"),
        ("[" * 150 + "]" * 150, "nested too deeply"),
        ('{"a":' * 150 + "1" + "}" * 150, "nested too deeply"),
        ("9" * 100_000, "no JSON"),
        ("{", "no JSON"),
        (b"\xff", "no text in UTF-8"),
    ],
)
def test_hostile_json_is_refused_in_one_sentence(text: str | bytes, reason: str) -> None:
    with pytest.raises(FileRefusedError, match=reason):
        load_json(text, name="x.json")


def test_honest_json_is_read() -> None:
    value = {"a": [{"b": 1}]}
    assert load_json(json.dumps(value)) == value
    with pytest.raises(FileRefusedError, match="more than 3 bytes"):
        load_json("[1, 2]", most=3)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RecursionError("maximum recursion depth exceeded"), "it is nested too deeply"),
        (MemoryError(), "it takes more memory than there is"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (zipfile.BadZipFile("Bad\nmagic."), "Bad magic"),
        (AttributeError(), "AttributeError"),
        (ValueError("x" * 1000), "x" * 197),
    ],
)
def test_errors_of_libraries_become_one_sentence(error: Exception, reason: str) -> None:
    with pytest.raises(FileRefusedError) as caught, refusing("x"):
        raise error
    assert caught.value.reason == reason
    assert caught.value.__cause__ is None


def test_errors_of_our_own_and_interruptions_pass() -> None:
    for error in (PageNotFoundError("none"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, refusing("x"):
            raise error
        assert caught.value is error


def test_the_loader_may_be_another_one() -> None:
    class Loader(safe_loader()):  # type: ignore[misc]
        pass

    loader: Any = Loader
    loader.add_multi_constructor("", lambda *_: "tag")
    assert load_yaml("a: !!python/name:x y", loader=loader) == {"a": "tag"}
