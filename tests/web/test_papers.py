"""Papers that are printed while somebody waits hold nobody else up."""

import sys
import threading
from contextlib import ExitStack

from flask_openapi3 import OpenAPI

from approvals.pdf import process
from tests.support.builders import a_project
from tests.support.desk import the_database
from tests.support.pages import somebody
from tests.support.servers import eventually


def test_no_transaction_is_open_while_a_paper_is_printed(app: OpenAPI) -> None:
    database, answers = the_database(app), []
    with database.write() as tx:
        ref = a_project(tx, "registered")
    office = somebody(app, "office1")
    asking = threading.Thread(target=lambda: answers.append(office.get(f"/casefiles/{ref}/casefile.pdf")))
    pool = database.engine.pool
    with ExitStack() as renderers:
        for _ in range(process.AT_ONCE):
            renderers.enter_context(process._slots)
        taken = [pool.checkedout()]  # type: ignore[attr-defined]
        asking.start()
        eventually(lambda: waits_for_a_renderer(asking), seconds=20, what="the wait for a renderer")
        taken.append(pool.checkedout())  # type: ignore[attr-defined]
    asking.join(60)

    assert answers[0].status_code == 200
    assert taken == [0, 0]


def waits_for_a_renderer(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    while frame and frame.f_code is not process.render_apart.__code__:
        frame = frame.f_back
    return frame is not None
