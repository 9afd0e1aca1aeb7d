"""`cases fsm 100` makes so many cases, each waiting for a submission or an acceptance, and prints their requests.

`cases whole` carries out a whole case with viewflow for each line of standard input; cases a second.
"""

import json
import sys
import time
from argparse import ArgumentParser

from cases.models import Case
from cases.views import ApprovalFlow, carry_out
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

APPROVALS, MOVES = 10, 3
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


def whole_case() -> None:
    """Ten approvals begun together, three tasks each: 31 transactions."""
    with transaction.atomic():
        processes = [ApprovalFlow.start.run() for _ in range(APPROVALS)]
    for process in processes:
        for _ in range(MOVES):
            carry_out(process)


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("peer", choices=("fsm", "flow", "whole"))
        parser.add_argument("number", type=int, nargs="?", default=0)

    def handle(self, *, peer: str, number: int, **_options: object) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0)
        User.objects.get_or_create(username="clerk")
        if peer != "whole":
            self.stdout.write(json.dumps({"fsm": fsm, "flow": flow}[peer](number)))
            return
        for _line in sys.stdin:
            begun = time.perf_counter()
            whole_case()
            print(1 / (time.perf_counter() - begun), flush=True)
