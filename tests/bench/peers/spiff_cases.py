"""Whole cases with SpiffWorkflow, one for each line of standard input; cases a second.

A process of ten branches with three manual tasks each; after its start and after every task it is serialized into its
row, with an audit row, in a transaction of its own: 31 transactions.
"""

import os
import sys
import time
from itertools import pairwise
from typing import Any

import pysqlite3.dbapi2 as sqlite
from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

APPROVALS, MOVES = 10, ("submit", "accept", "grant")
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="case">'
TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;
CREATE TABLE cases (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE audit (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, task TEXT NOT NULL, at REAL NOT NULL);
"""


def bpmn() -> str:
    """The process in BPMN: all approvals side by side, the moves of each one after another."""
    nodes = ['<startEvent id="start"/>', '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>']
    flows = [("start", "fork")]
    for number in range(APPROVALS):
        names = [f"{move}_{number}" for move in MOVES]
        nodes += [f'<manualTask id="{name}" name="{name}"/>' for name in names]
        path = ["fork", *names, "join"]
        flows += pairwise(path)
    flows.append(("join", "end"))
    nodes.append('<endEvent id="end"/>')
    arrows = [f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows]
    return f'{HEAD}<process id="case" isExecutable="true">{"".join(nodes + arrows)}</process></definitions>'


def run_to_people(workflow: BpmnWorkflow) -> None:
    """The loop of its documentation: what needs nobody, until somebody is needed."""
    while task := workflow.get_next_task(state=TaskState.READY, manual=False):
        task.run()


class Cases:
    def __init__(self, path: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn()))
        self.spec = parser.get_spec("case")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.connection = sqlite.connect(path, isolation_level=None)
        self.connection.executescript(TABLES)

    def whole(self) -> None:
        workflow = BpmnWorkflow(self.spec)
        run_to_people(workflow)
        key = self._keep(None, workflow, "start")
        while task := workflow.get_next_task(state=TaskState.READY, manual=True):
            task.run()
            run_to_people(workflow)
            self._keep(key, workflow, task.task_spec.name)
        assert workflow.is_completed()

    def _keep(self, key: int | None, workflow: BpmnWorkflow, task: str) -> int:
        state: Any = self.serializer.serialize_json(workflow)
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        if key is None:
            key = int(cursor.execute("INSERT INTO cases (state) VALUES (?)", (state,)).lastrowid)
        else:
            cursor.execute("UPDATE cases SET state = ? WHERE id = ?", (state, key))
        cursor.execute("INSERT INTO audit (case_id, task, at) VALUES (?, ?, ?)", (key, task, time.time()))
        cursor.execute("COMMIT")
        return key


def main() -> None:
    cases = Cases(os.environ["PEER_DATABASE"])
    for _line in sys.stdin:
        begun = time.perf_counter()
        cases.whole()
        print(1 / (time.perf_counter() - begun), flush=True)


if __name__ == "__main__":
    main()
