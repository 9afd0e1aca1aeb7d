"""Whether the process lives and is ready."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from approvals.base.migrations import downgrade
from approvals.http.application import KEY
from approvals.pdf.fonts import installed_families
from approvals.pdf.glyphs import uncovered_extensions
from approvals.supervision.queries import SWEEPS
from tests.support.pages import an_app


def test_a_fresh_service_is_ready_and_says_why(database_url: str) -> None:
    with an_app(database_url) as app:
        answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json["ok"] is True
    assert set(answer.json["checks"]) == {
        "database",
        "migrations",
        "fonts",
        "calendar",
        "catalogue",
        "sweep",
        "jobs",
        "outbox",
        "responsibilities",
        "signing",
        "tokens",
        "proxy",
        "disk",
        "modes",
        "backup",
        "verification",
        "scanner",
    }
    assert answer.json["checks"]["sweep"] == {
        "ok": False, "warning": True, "told": "there was none yet; is the worker running?",
    }  # fmt: skip


def test_production_needs_the_worker(database_url: str) -> None:
    with an_app(database_url, environment="production") as app:
        assert app.test_client().get("/readyz").status_code == 503
        now = datetime.now(UTC)
        with app.extensions[KEY].database.write() as tx:
            tx.execute(SWEEPS.insert().values(swept_to=now, begun_at=now, ended_at=now, counts="{}"))
        assert app.test_client().get("/readyz").status_code == 200


def test_in_production_strangers_are_told_yes_or_no_alone(sqlite_url: str) -> None:
    with an_app(sqlite_url, environment="production") as app:
        stranger = app.test_client().get("/readyz", environ_base={"REMOTE_ADDR": "192.0.2.7"})
        near = app.test_client().get("/readyz")
    assert (stranger.status_code, stranger.json) == (503, {"ok": False})
    assert "sweep" in near.json["checks"]


def test_a_database_of_another_edition_is_not_ready(database_url: str) -> None:
    downgrade(database_url, "0001")
    with an_app(database_url) as app:
        answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"]["ok"] is False


def test_a_database_that_is_not_there_is_told_in_words(postgres) -> None:  # type: ignore[no-untyped-def]
    with an_app("postgresql://nobody@127.0.0.1:1/nothing") as app:
        answer = app.test_client().get("/readyz")
        assert app.test_client().get("/healthz").json == {"ok": True}
        page = app.test_client().get("/sign-in")

    assert answer.status_code == 503
    assert "does not answer" in answer.json["checks"]["database"]["told"]
    assert page.status_code == 200


def test_a_year_without_notice_is_a_warning(sqlite_url: str) -> None:
    with an_app(sqlite_url, now=datetime(2031, 6, 1, tzinfo=UTC)) as app:
        answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    calendar = answer.json["checks"]["calendar"]
    assert (calendar["ok"], calendar["warning"]) == (False, True)
    assert "the notice of 2031 is not loaded" in calendar["told"]


def test_this_machine_has_chinese_fonts() -> None:
    assert any("CJK SC" in family for family in installed_families())


def test_it_is_told_which_faces_papers_are_set_in(sqlite_url: str) -> None:
    with an_app(sqlite_url) as app:
        sentence = app.test_client().get("/readyz").json["checks"]["fonts"]["told"]

    faces = "title Noto Serif CJK SC; chapter Noto Sans CJK SC; section AR PL KaitiM GB; body FandolFang"
    assert sentence.startswith(faces)
    assert ("fonts-hanazono" in sentence) == bool(uncovered_extensions())


def test_the_clock_of_a_demo_is_told_on_every_page(sqlite_url: str) -> None:
    with an_app(sqlite_url, now=datetime(2026, 3, 2, 1, tzinfo=UTC)) as app:
        page = app.test_client().get("/sign-in").text

    assert "演示时钟" in page
    assert "2026年3月2日" in page


def test_the_clock_that_the_demo_left_is_used_but_not_in_production(sqlite_url: str) -> None:
    with an_app(sqlite_url) as app, app.extensions[KEY].database.write() as tx:
        tx.exec_driver_sql("INSERT INTO installation_facts VALUES ('demo_clock', '{\"offset_seconds\": -8640000}')")

    with an_app(sqlite_url) as app:
        assert "演示时钟" in app.test_client().get("/sign-in").text
    with an_app(sqlite_url, environment="production") as app:
        assert "演示时钟" not in app.test_client().get("/sign-in").text


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js"])
def test_the_description_is_read_with_files_of_this_machine(sqlite_url: str, name: str) -> None:
    with an_app(sqlite_url) as app:
        client = app.test_client()
        assert client.get("/api/v1/openapi.json").json["info"]["title"] == "Guahao 挂号"
        assert name in client.get("/api/v1/docs").text
        assert client.get(f"/api/v1/docs/{name}", buffered=True).status_code == 200
        assert client.get("/api/v1/docs/../../app.py").status_code == 404


def test_processes_that_die_again_and_again_are_not_ready(sqlite_url: str, tmp_path: Path) -> None:
    notes = tmp_path / "deaths.json"
    with an_app(sqlite_url, launcher_notes=notes) as app:
        told = []
        for deaths in ({}, {"worker": 2}, {"worker": 3, "web 1": 1}):
            notes.write_text(json.dumps(deaths))
            answer = app.test_client().get("/readyz")
            told.append((answer.status_code, answer.json["checks"]["processes"]["told"]))

    assert told == [
        (200, "all of them run"),
        (200, "worker died 2 times in a row, see the log"),
        (503, "worker died 3 times in a row; web 1 died 1 times in a row, see the log"),
    ]
