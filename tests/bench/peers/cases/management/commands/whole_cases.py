"""Whole cases with viewflow in this process, as many as each line of standard input says; cases a second."""

import sys
import time

from cases.flows import ApprovalFlow, carry_out
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

APPROVALS, MOVES = 10, 3


def whole_case() -> None:
    """Ten approvals begun together, three tasks each: 31 transactions."""
    with transaction.atomic():
        processes = [ApprovalFlow.start.run() for _ in range(APPROVALS)]
    for process in processes:
        for _ in range(MOVES):
            carry_out(process)


class Command(BaseCommand):
    def handle(self, **_options: object) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0)
        User.objects.get_or_create(username="clerk")
        for line in sys.stdin:
            begun = time.perf_counter()
            for _ in range(int(line)):
                whole_case()
            print(int(line) / (time.perf_counter() - begun), flush=True)
