"""The exception hierarchy: one class for each server code, under the bases that people catch."""

from __future__ import annotations

import builtins
import copy
import inspect
import pickle

import pytest
from support.error_codes import TABLE, Row

from wikijs import exceptions as exc

CLASSES = [value for value in vars(exc).values() if inspect.isclass(value) and issubclass(value, exc.WikiJSException)]
API_CLASSES = [cls for cls in CLASSES if issubclass(cls, exc.APIError)]
BASES = {  # the bases of what the server says with a code
    exc.AuthenticationError,
    exc.PermissionDeniedError,
    exc.NotFoundError,
    exc.ConflictError,
    exc.ValidationError,
    exc.RateLimitError,
    exc.ServerError,
}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.code))
def test_every_server_code_has_a_class_with_its_code_and_slug(row: Row) -> None:
    cls = exc.CLASS_FOR_CODE[row.code]
    assert (cls.__name__, cls.server_code, cls.server_slug) == (row.exception, row.code, row.slug)
    assert getattr(exc, row.exception) is cls
    assert BASES & set(cls.__mro__)


def test_there_is_no_class_for_a_code_that_the_server_does_not_have() -> None:
    assert set(exc.CLASS_FOR_CODE) == {row.code for row in TABLE}
    assert len(TABLE) == 60
    with_code = [cls for cls in API_CLASSES if "server_code" in vars(cls) and cls is not exc.APIError]
    assert sorted(cls.server_code for cls in with_code) == sorted(exc.CLASS_FOR_CODE)


def test_codes_are_under_the_base_that_their_text_speaks_of() -> None:
    for row in TABLE:
        cls = exc.CLASS_FOR_CODE[row.code]
        if "not authorized" in row.text:
            assert issubclass(cls, exc.PermissionDeniedError), row
        if "does not exist" in row.text:
            assert issubclass(cls, exc.NotFoundError), row
        if "already exists" in row.text:
            assert issubclass(cls, exc.ConflictError), row


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_is_public_documented_and_rooted(cls: type[Exception]) -> None:
    assert cls.__name__ in exc.__all__
    assert cls.__doc__
    assert issubclass(cls, exc.WikiJSException)


def test_the_promised_bases() -> None:
    for base in BASES:
        assert issubclass(base, exc.APIError)
    assert issubclass(exc.APIError, exc.WikiJSException)
    assert issubclass(exc.TransportError, exc.WikiJSException)
    assert issubclass(exc.TimeoutError, exc.TransportError)
    assert issubclass(exc.TimeoutError, builtins.TimeoutError)
    assert issubclass(exc.OutcomeUnknownError, exc.WikiJSException)
    assert not issubclass(exc.ConfigurationError, exc.APIError)


def pickled(error: exc.WikiJSException) -> object:
    return pickle.loads(pickle.dumps(error))  # noqa: S301  our own data


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_errors_survive_pickling_and_copying(cls: type[exc.WikiJSException], duplicate: object) -> None:
    needed = [
        p.name for p in inspect.signature(cls).parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty
    ]
    error = cls("It failed.", **dict.fromkeys(needed, None))
    error.__dict__["extra"] = {"kept": [1]}
    twin = duplicate(error)  # type: ignore[operator]  # three callables of different types
    assert type(twin) is cls
    assert (str(twin), repr(twin), vars(twin)) == (str(error), repr(error), vars(error))


def test_a_message_names_the_operation_the_code_and_what_to_do() -> None:
    error = exc.PageNotFoundError("This page does not exist.", operation="pages.single", hint="Check the id.")
    assert str(error) == "pages.single: This page does not exist. (6003 PageNotFound) Check the id."
    assert str(exc.ServerError("It failed.")) == "It failed."
    assert str(exc.ServerError("It failed.", slug="TypeError", code=1)) == "It failed. (1 TypeError)"


def test_a_class_brings_its_own_hint_which_a_better_one_replaces() -> None:
    assert "API Access" in str(exc.ApiDisabledError("API is disabled."))
    assert str(exc.ApiDisabledError("API is disabled.", hint="Ask Ada.")) == "API is disabled. Ask Ada."


def test_what_an_error_carries_is_not_in_its_texts() -> None:
    error = exc.APIError("No.", data={"jwt": "secret-data"}, errors=[{"message": "secret-item"}])
    change = exc.PasswordChangeRequiredError("Change it.").with_token("secret-token")
    assert change.continuation_token == "secret-token"
    assert "secret" not in f"{error} {error!r} {error.args} {change} {change!r} {change.args}"


def test_details_of_an_error() -> None:
    error = exc.RateLimitError("Too many.", retry_after=15.0, status=429, code=7, slug="x", data=None)
    assert (error.retry_after, error.status, error.code, error.slug, error.data) == (15.0, 429, 7, "x", None)
    assert exc.PermissionDeniedError("No.", permissions=["a", "b"]).permissions == ("a", "b")
    assert exc.TransportError("Lost.").sent is True
    assert exc.TransportError("Lost.", sent=False).sent is False
    assert exc.PageNotFoundError("x").code == 6003
