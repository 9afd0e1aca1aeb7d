"""`fill fsm 100`: makes so many cases, each waiting for a submission or an acceptance, and prints their requests."""

import json
from argparse import ArgumentParser

from cases.flows import ApprovalFlow, carry_out
from cases.models import Case
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand

Request = tuple[str, dict[str, str]]


def fsm(number: int) -> list[Request]:
    moves = {"ready": "submit", "received": "accept"}
    cases = Case.objects.bulk_create([Case(state=list(moves)[place % 2]) for place in range(number)])
    return [(f"/fsm/{case.pk}/moves", {"move": moves[case.state]}) for case in cases]


def flow(number: int) -> list[Request]:
    return [_process(is_received=place % 2 == 1) for place in range(number)]


def _process(*, is_received: bool) -> Request:
    process = ApprovalFlow.start.run()
    if is_received:
        carry_out(process)
    task = process.task_set.get(status="ASSIGNED")
    return f"/flow/{process.pk}/{task.flow_task.name}/{task.pk}/execute/", {}


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("peer", choices=("fsm", "flow"))
        parser.add_argument("number", type=int)

    def handle(self, *, peer: str, number: int, **_options: object) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0)
        User.objects.get_or_create(username="clerk")
        self.stdout.write(json.dumps({"fsm": fsm, "flow": flow}[peer](number)))
