"""Both peers over HTTP, without sign-in, clock or chain.

django-fsm-2 makes a bare transition with an audit row; an approval of viewflow is a process: three tasks one after
another, which are its audit.
"""

import json
from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from viewflow import this
from viewflow.workflow import Activation, flow
from viewflow.workflow.flow import FlowViewset
from viewflow.workflow.models import Process

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


def done(request: HttpRequest, **_keys: int) -> JsonResponse:
    """The view of a task: carry it out and say where it stands."""
    request.activation.execute()
    return JsonResponse({"case": request.activation.process.pk, "task": request.activation.task.status})


class ApprovalFlow(flow.Flow):
    start = flow.StartHandle(this.begin).Next(this.submit)
    submit = flow.View(done).Assign(username="clerk").Next(this.accept)
    accept = flow.View(done).Assign(username="clerk").Next(this.grant)
    grant = flow.View(done).Assign(username="clerk").Next(this.end)
    end = flow.End()

    def begin(self, activation: Activation) -> Process:
        return activation.process


def carry_out(process: Process) -> None:
    """The task that waits, in a transaction of its own, as its view does it."""
    with transaction.atomic():
        task = process.task_set.get(status="ASSIGNED")
        activation = task.flow_task.activation_class(task)
        activation.start(None)
        activation.execute()


urlpatterns = [
    path("healthz", healthz),
    path("fsm/<int:key>/moves", move),
    path("flow/", FlowViewset(ApprovalFlow).urls),
]
