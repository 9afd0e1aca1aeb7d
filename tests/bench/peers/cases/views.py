"""django-fsm-2 over HTTP: a bare transition with an audit row. No sign-in, no clock, no chain."""

import json
from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from cases.models import Audit, Case

Answer = Callable[[HttpRequest], HttpResponse]
_known: list[User] = []


def as_clerk(answer: Answer) -> Answer:
    """Everybody is the clerk: signing in costs nothing here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _known:
            _known.extend(User.objects.filter(username="clerk"))
        request.user = _known[0]
        return answer(request)

    return middleware


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def move(request: HttpRequest, key: int) -> JsonResponse:
    """One transition and its audit row in one transaction."""
    body = json.loads(request.body)
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=key)
        before = case.state
        getattr(case, body["move"])()
        case.save(update_fields=["state"])
        Audit.objects.create(case=case, move=body["move"], actor="clerk", from_state=before, to_state=case.state)
    return JsonResponse({"case": case.pk, "state": case.state})
