"""Uploads of files: `POST /u`."""

from __future__ import annotations

import json
import re
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..accounts.tokens import Identity
from ..context import Context
from ..http.messages import NoAnswerError, Request, Response, as_object, json_response, page_response, text_response
from ..http.multipart import Form, FormError, read_form
from ..storage.asset_names import uploaded_name
from ..storage.assets import path_in, store
from . import route

if TYPE_CHECKING:
    from ..wiki import Wiki

FIELD = "mediaUpload"
LARGEST_ID = 2**31


class RefusedError(Exception):
    """An upload that is refused with a short message."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@route("GET", "/u")
def ready(_sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """Whether there are uploads."""
    return json_response({"ok": True})


@route("POST", "/u")
def upload(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """Store one file. What is wrong with the form is told before what is wrong with the caller."""
    site = sandbox.db.setting("site")
    form = Form()
    is_form = request.content_type.startswith("multipart/")
    try:
        if is_form:
            content_type = request.headers.get("content-type", "")
            body = request.form or BytesIO(request.body)
            form = read_form(body, content_type, FIELD, site["uploadMaxFileSize"], site["uploadMaxFiles"])
        if identity.viewer is None:
            raise NoAnswerError
        save(Context(sandbox, request, identity.viewer), form, is_form=is_form)
    except FormError as error:
        return error_page(str(error))
    except RefusedError as error:
        return json_response({"succeeded": False, "message": str(error)}, error.status)
    finally:
        form.close()
    return text_response("ok")


def error_page(message: str) -> Response:
    """The page that tells of a failure."""
    page = page_response("Error", 500)
    told = f"<strong>Oops, something went wrong...</strong><span>{escape(message)}</span>"
    page.body = page.body.replace(b"</body>", told.encode() + b"</body>")
    return page


def save(ctx: Context, form: Form, *, is_form: bool) -> None:
    """Store the file of a form. Raise NoAnswerError where the server forgets to answer."""
    if ctx.viewer is None or not ctx.viewer.has_any(["write:assets", "manage:system"]):
        raise RefusedError("You are not authorized to upload files.", 403)
    if not is_form:
        raise NoAnswerError
    if len(form.files) != 1:
        several = "You cannot upload multiple files within the same request."
        raise RefusedError(several if form.files else "Missing upload payload.")
    folder_id = folder_of(form.texts.get(FIELD, []))
    file = form.files[0]
    name = uploaded_name(file.filename)
    path = path_in(ctx.db, folder_id, name)
    if not ctx.may(["write:assets"], path):
        raise RefusedError("You are not authorized to upload files to this folder.", 403)
    store(ctx, path, folder_id, name, file.mime, file.size, file.content)


def folder_of(texts: list[str]) -> int | None:
    """The folder that the metadata name; None is the root."""
    try:
        metadata = json.loads(",".join(texts))
    except ValueError:
        raise RefusedError("Missing upload folder metadata.") from None
    return folder_id_of((as_object(metadata) or {}).get("folderId"))


def folder_id_of(value: Any) -> int | None:
    """The id of a folder as the server's database reads it."""
    if value is False or value == "":
        raise NoAnswerError
    if value is None or value == 0:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text) or abs(int(text)) >= LARGEST_ID:
        raise RefusedError("Failed to fetch folder hierarchy.")
    return int(text)
