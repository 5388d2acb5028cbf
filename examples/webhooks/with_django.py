"""Webhooks of a wiki in Django: a view, and the settings that this file needs to be a project of its own."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wikijs.webhooks import Event, PageEvent, WebhookReceiver

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY=os.urandom(16).hex())
receiver = WebhookReceiver([os.environ["WIKIJS_WEBHOOK_SECRET"]])


def handle(event: Event) -> None:
    if isinstance(event, PageEvent):
        print(event.type, event.page.path)


@csrf_exempt  # the signature says who sent it
@require_POST
def wiki(request: HttpRequest) -> HttpResponse:
    # request.body before anything reads request.POST: afterwards it is gone.
    status, text = receiver.handle(request.headers, request.body, handle)
    return HttpResponse(text, status=status)


urlpatterns = [path("wiki", wiki)]
application = get_wsgi_application()
