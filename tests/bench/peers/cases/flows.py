"""An approval as a viewflow process: three tasks one after another, which are its audit."""

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from viewflow import this
from viewflow.workflow import Activation, flow
from viewflow.workflow.models import Process


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
