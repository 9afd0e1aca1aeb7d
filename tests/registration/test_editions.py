"""Editions of the catalogue: loaded, taken back, refused; a registered project keeps the one that it was planned by."""

from collections.abc import Callable
from datetime import date

import orjson
import pytest
from sqlalchemy import Connection, insert, select, update

from approvals.accounts.audit import events
from approvals.accounts.inputs import NewName
from approvals.accounts.queries import UNIT
from approvals.accounts.units import rename, unit_ids
from approvals.base.database import Database
from approvals.base.errors import Invalid, Problem, Refused, Stale
from approvals.casefile.owner.detail import own_project_view
from approvals.casefile.project_detail import casefile
from approvals.catalogue.queries import EDITION, TEXT, catalogue_in_force, catalogue_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.screening import screening_of
from approvals.filing.views import project
from approvals.registration.departments import department_called, departments_on_file
from approvals.registration.edition_preview import LOST, EditionPreview, preview_edition
from approvals.registration.editions import checked_catalogue, load_edition, take_back_edition
from approvals.windows.queries import approvals_of_project
from tests.support.builders import (
    EVERY_ITEM,
    NOW,
    a_project,
    an_actor,
    approval_row,
    do,
    entries,
    faults,
    project_row,
    walk,
    when,
)
from tests.support.catalogues import NEW_NAME, OLD_NAME, changed, mid_year
from workflows.config.catalogue import load_catalogue

TODAY = NOW.date()
LATER = when("2026-11-21")


def load(tx: Connection, text: str, **more: object) -> None:
    load_edition(tx, text, by="sysadmin1", now=NOW, **more)  # type: ignore[arg-type]


def the_new_unit(tx: Connection) -> None:
    tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="Defence mobilisation", kind="department"))


@pytest.fixture
def ref(database: Database) -> str:
    """A project with all approvals, registered before the catalogue changes in mid-year."""
    with database.write() as tx:
        the_new_unit(tx)
        return a_project(tx, "registered", answers=EVERY_ITEM)


def names(tx: Connection, ref: str) -> dict[str, tuple[str, str]]:
    views = approvals_of_project(tx, project_row(tx, ref).id, TODAY)
    return {view.code: (view.item.zh, view.department) for view in views}


def test_a_registered_project_keeps_its_edition_until_it_ends(database: Database, ref: str) -> None:
    with database.write() as tx:
        before = names(tx, ref), casefile(tx, ref, an_actor(tx, "centre1"), today=TODAY).stages
        load(tx, mid_year())
        assert names(tx, ref) == before[0]
        assert casefile(tx, ref, an_actor(tx, "centre1"), today=TODAY).stages == before[1]
        own = own_project_view(tx, ref, an_actor(tx, "owner1"), TODAY)
        assert [stage.stage.no for stage in own.stages] == [1, 2, 3, 4]

        walk(tx, ref, "A01", ("submit", "accept"))
        row = approval_row(tx, ref, "A01")
        assert (row.promised_limit, row.catalogue_edition) == (5, "2026-01"), "rules 11 and 19"
    assert faults(database) == []


def test_what_is_registered_afterwards_is_planned_by_the_new_edition(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year())
        later = a_project(tx, "registered", at=when("2026-11-20", "11:00"))
        walk(tx, later, "A01", ("submit", "accept"))
        planned = names(tx, later)
        assert not planned.keys() & {"B06", "C04", "D05"}
        assert planned["B04"][1] == NEW_NAME
        assert names(tx, ref)["B04"][1] == OLD_NAME
        assert approval_row(tx, later, "A01").promised_limit == 4
        assert approval_row(tx, later, "D01").stage == 3
        facts = orjson.loads(next(entry.facts for entry in entries(tx, later) if entry.move == "register"))
        assert (
            facts["catalogue_sha256"] == project_row(tx, later).catalogue_sha256 == checked_catalogue(mid_year()).sha256
        )
    assert faults(database) == []


def test_a_line_of_the_feed_is_planned_by_the_edition_of_its_own_day(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year())
        late_line = a_project(tx, "registered", at=when("2026-04-01"))
        assert project_row(tx, late_line).catalogue_sha256 == load_catalogue().sha256


def test_an_edition_may_come_into_force_on_a_later_day(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year(), from_on=date(2027, 1, 1))
        assert catalogue_in_force(tx, date(2026, 12, 31)).edition == "2026-01"
        assert catalogue_in_force(tx, date(2027, 1, 1)).edition == "2026-02"
        with pytest.raises(Invalid, match="from_on"):
            load(tx, changed("2026-03", {"promised: 8": "promised: 7"}))


def previewed(tx: Connection, text: str) -> EditionPreview:
    return preview_edition(tx, checked_catalogue(text), TODAY)


def test_a_preview_names_the_open_approvals_and_the_drafts(database: Database, ref: str) -> None:
    with database.write() as tx:
        draft = a_project(tx, "drafted", answers={"affects_green_space": True, "lightning_sensitive": True})
        a_project(tx, "drafted")
        found = previewed(tx, mid_year())
        assert tx.execute(select(EDITION.c.sha256)).scalars().all() == [load_catalogue().sha256], "nothing is written"
        number = project_row(tx, ref).number
    kept = {approval.ref: approval for approval in found.approvals}
    assert [question.name for question in found.questions] == ["affects_green_space", "lightning_sensitive"]
    assert kept[f"{number}/B06"].parts == (LOST,)
    assert kept[f"{number}/B04"].parts == ("department",)
    assert f"{number}/A02" not in kept
    assert [(one.ref, one.lost, one.gained, one.dropped) for one in found.drafts] == [
        (draft, ("B06", "C04", "D05"), (), ("affects_green_space", "lightning_sensitive"))
    ]


def test_taking_back_puts_the_edition_before_in_force_again(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year())
        under_the_new = a_project(tx, "registered", at=when("2026-11-20", "11:00"))
        take_back_edition(tx, "2026-02", by="sysadmin1", now=LATER)
        assert catalogue_in_force(tx, LATER.date()).edition == "2026-01"
        assert catalogue_of(tx, project_row(tx, under_the_new), LATER.date()).edition == "2026-02"
        with pytest.raises(Refused):
            take_back_edition(tx, "2026-01", by="sysadmin1", now=LATER)
        load_edition(tx, mid_year(), by="sysadmin1", now=LATER)
        assert [event.event for event in events(tx).rows][:3] == [
            "catalogue_loaded", "catalogue_taken_back", "catalogue_loaded",
        ]  # fmt: skip


def to_be_put_right(tx: Connection, ref: str, answers: dict[str, object], move: str = "edit") -> list[str]:
    """The fields that are wrong when these answers are given; none when they are taken."""
    why = {"reason": "设计调整"} if move == "amend" else {}
    try:
        do(tx, "owner1", move, ref, {"answers": answers} | why, at=NOW)
    except Invalid as problem:
        return list(problem.fields)
    return []


def test_answers_fit_the_questions_of_the_catalogue_in_force(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year().replace("landscape: {zh: 园林绿化和生态修复, en: Landscape and restoration}, ", ""))
        draft = a_project(tx, "drafted", answers={})
        assert to_be_put_right(tx, draft, {"works": "tunnel"}) == ["answers.works"]
        assert to_be_put_right(tx, draft, {"works": "landscape"}) == ["answers.works"], "no longer an option"
        assert to_be_put_right(tx, draft, {"length": "三百"}) == ["answers.length"]
        assert to_be_put_right(tx, draft, {"nonsense": True}) == ["answers"]
        assert to_be_put_right(tx, draft, {"lightning_sensitive": "perhaps"}) == ["answers.lightning_sensitive"]
        earlier = {"works": "road", "length": "300.50", "lightning_sensitive": True}
        assert to_be_put_right(tx, draft, earlier) == [], "what an earlier catalogue asked may still be sent"
        assert orjson.loads(project_row(tx, draft).answers) == earlier | {"length": 300.5}


def test_what_was_answered_under_an_earlier_catalogue_may_stay(database: Database) -> None:
    given = {"works": "landscape", "affects_green_space": True}
    with database.write() as tx:
        the_new_unit(tx)
        a_project(tx, "registered")
        draft = a_project(tx, "drafted", answers=given)
        load(tx, mid_year().replace("landscape: {zh: 园林绿化和生态修复, en: Landscape and restoration}, ", ""))
        assert to_be_put_right(tx, draft, given | {"occupies_road": True}) == []
        view = screening_of(tx, project(tx, draft, an_actor(tx, "owner1")), TODAY)
        green = next(effect for effect in view.answers if effect.question.name == "affects_green_space")
        assert (green.question.en, green.answer.en, green.brings) == ("Does it affect green space or trees?", "Yes", ())
        found = {one.ref: one for one in previewed(tx, changed("2026-03", {"promised: 8": "promised: 7"})).drafts}
        assert found[draft].gained == ("B06",), "the edition before asked for it"


def test_a_registered_project_is_changed_by_its_own_edition(database: Database, ref: str) -> None:
    with database.write() as tx:
        narrow = a_project(tx, "registered", answers=EVERY_ITEM | {"affects_green_space": False})
        load(tx, mid_year())
        assert to_be_put_right(tx, narrow, EVERY_ITEM, "amend") == []
        proposed = casefile(tx, narrow, an_actor(tx, "centre1"), today=TODAY).amendment
        assert proposed is not None
        assert [fact.word.en for fact in proposed.facts if fact.is_changed] == ["Does it affect green space or trees?"]
        do(tx, "centre1", "confirm_amendment", narrow, at=NOW)
        changes = casefile(tx, narrow, an_actor(tx, "centre1"), today=TODAY).plan_changes
        assert [item.code for item in changes.missing] == ["B06"]
        do(tx, "centre1", "add_approval", narrow, {"code": "B06", "ground": "需占用绿地"}, at=NOW)
        assert approval_row(tx, narrow, "B06").catalogue_edition == "2026-01"
    assert faults(database) == []


def test_a_renamed_department_is_known_by_the_names_of_then(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        unit_id = unit_ids(tx)[OLD_NAME]
        values = NewName(name=NEW_NAME, name_en="Defence mobilisation", from_on=TODAY)
        rename(tx, unit_id, values, by=an_actor(tx, "sysadmin1"), now=NOW)
        on_file = [unit.name for unit in departments_on_file(tx, TODAY)]
        assert (NEW_NAME in on_file, OLD_NAME in on_file) == (True, False)
        assert len(on_file) == len(catalogue_in_force(tx, TODAY).departments)
        assert department_called(tx, OLD_NAME, TODAY) == OLD_NAME
        assert names(tx, ref)["B04"][1] == NEW_NAME
        load(tx, changed("2026-03", {"promised: 8": "promised: 7"}))  # it still says the old name
        later = a_project(tx, "registered", at=when("2026-11-20", "11:00"))
        assert names(tx, later)["B04"][1] == NEW_NAME
    assert faults(database) == []


REFUSED: dict[str, Callable[[], str]] = {
    "2026-01": lambda: changed("2026-01", {"promised: 8": "promised: 7"}),  # the name stands for another text
    "already": lambda: changed("2026-01", {}),
    "line": lambda: changed("2026-02", {"promised: 8": "promised: 80"}),
    NEW_NAME: mid_year,  # no such unit yet
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_catalogue_that_cannot_be_is_refused_and_changes_nothing(database: Database, reason: str) -> None:
    with database.write() as tx:
        a_project(tx, "registered")
    with pytest.raises(Problem) as refusal, database.write() as tx:
        load(tx, REFUSED[reason]())
    assert reason in str(refusal.value)
    with database.read() as tx:
        assert len(tx.execute(select(TEXT.c.sha256)).all()) == len(tx.execute(select(EDITION.c.id)).all()) == 1


def test_who_looked_at_an_older_edition_looks_again(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year(), looked_at=1)
        with pytest.raises(Stale):
            load(tx, changed("2026-03", {"promised: 8": "promised: 7"}), looked_at=1)


def test_a_catalogue_that_would_orphan_what_is_open_is_refused_with_the_codes(database: Database, ref: str) -> None:
    """What was registered before editions were kept, under a file that is gone."""
    with database.write() as tx:
        tx.execute(update(PROJECTS).values(catalogue_sha256=None))
        with pytest.raises(Refused) as refusal:
            load(tx, mid_year())
        assert "B06, C04, D05" in str(refusal.value)
        load(tx, changed("2026-03", {"promised: 8": "promised: 7"}))
        assert project_row(tx, ref).catalogue_sha256 is not None
        load(tx, mid_year())
        assert names(tx, ref)["B06"][0] == load_catalogue().items["B06"].zh
        tx.execute(update(PROJECTS).values(catalogue_sha256=load_catalogue().sha256))
    assert faults(database) == []


def test_an_approval_without_its_item_is_shown_by_its_code_and_moves_on(database: Database, ref: str) -> None:
    with database.write() as tx:
        load(tx, mid_year())
        tx.execute(update(PROJECTS).values(catalogue_sha256=None))
        assert names(tx, ref)["B06"] == ("B06", "市城管局")
        casefile(tx, ref, an_actor(tx, "centre1"), today=TODAY)
        own_project_view(tx, ref, an_actor(tx, "owner1"), TODAY)
    assert {fault.rpartition("/")[2].partition(":")[0] for fault in faults(database)} >= {"B06"}
    with database.write() as tx:
        tx.execute(update(PROJECTS).values(catalogue_sha256=load_catalogue().sha256))
