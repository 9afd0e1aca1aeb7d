"""What a filing says beside name and money: checked alike for everybody, kept in rows and record, and asked back."""

from datetime import timedelta

import orjson
import pytest

from approvals.base.errors import Invalid
from approvals.filing.contacts import show_filing_contact
from approvals.filing.views import project
from tests.support.builders import FURTHER, GIVEN, NOW, START, a_database, a_project, an_actor, do, entries, faults
from tests.support.builders import project_row as row_of
from tests.support.extent import ENGINES
from tests.support.programme_moves import the_programme

CODE = "2604-510400-04-01-123456"
PHONE = FURTHER["contact_phone"]


@pytest.fixture(params=ENGINES)
def database(request, make_database):
    database = a_database(make_database(request.param))
    yield database
    assert faults(database) == []
    database.close()


def refused(tx, move, ref, given, by="owner1"):
    """The fields for which this move of somebody at a page is refused."""
    with pytest.raises(Invalid) as problem:
        do(tx, by, move, ref, given, confirmed=False)
    return problem.value.fields


def test_all_of_it_is_stored_and_changed_like_the_rest(database):
    with database.write() as tx:
        ref = a_project(tx, "drafted", **FURTHER, project_code="２６０４51040004 01123456")
        do(tx, "owner1", "edit", ref, {"scale": {"amount": 950, "unit": "m"}, "site": None})
        view = project(tx, ref, an_actor(tx, "owner1"))
        row, facts = row_of(tx, ref), orjson.loads(entries(tx, ref)[0].facts)
    assert (view.project_code, view.works_kind, view.site, view.contact_phone) == (CODE, "new_build", None, PHONE)
    assert (view.scale.amount, view.scale.unit, sum(view.funding.values())) == (950, "m", row.planned_10k_yuan)
    assert facts["funding"] == {"city": "1000.00", "own": "200.50"}


def test_programs_may_leave_all_of_it_out(database):
    with database.write() as tx:
        view = project(tx, a_project(tx, "filed"), an_actor(tx, "owner1"))
    assert {getattr(view, name) for name in FURTHER if name != "funding"} == {None}


def test_sources_add_up_to_the_planned_investment_whichever_of_them_changes(database):
    with database.write() as tx:
        assert set(refused(tx, "draft", "ext-sum", GIVEN["draft"] | {"funding": {"city": 1}})) == {"funding"}
        ref = a_project(tx, "drafted", **FURTHER)
        assert set(refused(tx, "edit", ref, {"planned_10k_yuan": "1300"})) == {"funding"}
        do(tx, "owner1", "edit", ref, {"planned_10k_yuan": "1300", "funding": {"city": "1300"}})
        do(tx, "owner1", "edit", ref, {"funding": None})
        do(tx, "owner1", "edit", ref, {"planned_10k_yuan": "1400"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_code", "2613-510400-04-01-123456"),
        ("credit_code", "115104000088888881"),
        ("county", "不是本市的县"),
        ("works_kind", "demolition"),
        ("scale", {"amount": 0, "unit": "m2"}),
        ("funding", {"city": "0"}),
        ("contact_phone", "请加微信"),
    ],
)
def test_what_cannot_be_is_refused_for_pages_programs_and_feed_alike(database, field, value):
    with database.write() as tx:
        names = refused(tx, "draft", "ext-bad", GIVEN["draft"] | {field: value})
    assert {name.partition(".")[0] for name in names} == {field}


@pytest.mark.parametrize(
    ("username", "is_masked"),
    [
        ("owner1", False),
        ("liaison1", False),
        ("centre1", False),
        ("liaison2", True),
        ("office1", True),
        ("leader1", True),
    ],
)
def test_only_who_calls_the_contact_person_reads_the_number(database, username, is_masked):
    with database.write() as tx:
        ref, reader = a_project(tx, "registered", **FURTHER), an_actor(tx, username)
        view = project(tx, ref, reader)
        assert (view.is_phone_masked, view.contact_phone == PHONE) == (is_masked, not is_masked)
        assert show_filing_contact(tx, ref, by=reader, now=NOW).phone == PHONE


def test_the_number_stays_out_of_the_chained_bytes(database):
    """What is chained is a salted digest; with the facts gone, the hashes still follow from one another."""
    with database.write() as tx:
        entry = entries(tx, a_project(tx, "drafted", **FURTHER))[0]
    chained = {name: getattr(entry, name) for name in ("digest", "hash", "move", "role", "unit")}
    assert PHONE not in str(chained) and PHONE in entry.facts


@pytest.fixture
def programme(database):
    """The example programme of 2026; 021 to 032 are those of owner1's unit."""
    with database.write() as tx:
        the_programme(tx)


@pytest.mark.usefixtures("programme")
def test_an_item_that_does_not_fit_is_asked_back_and_may_be_confirmed(database):
    with database.write() as tx:
        a_project(tx, "filed", item_no="030", name="第一个")
        for number, said in (("999", "not in the programme"), ("001", "人力资源"), ("030", "第一个")):
            fault = refused(tx, "draft", f"ext-{number}", GIVEN["draft"] | {"item_no": number})["item_no"][0]
            assert said in fault[0] % fault[1]
        assert row_of(tx, a_project(tx, "drafted", item_no="999")).item_no == "999"  # a program cannot be asked back
        ref = a_project(tx, "drafted", item_no="030", item_reason="分两个标段申报")
        assert row_of(tx, ref).item_no == "030"
        assert orjson.loads(entries(tx, ref)[0].facts)["item_reason"] == "分两个标段申报"


@pytest.mark.usefixtures("programme")
def test_an_item_is_free_again_when_its_project_ends_without_it_or_a_year_later(database):
    with database.write() as tx:
        a_project(tx, "declined", item_no="031")
        a_project(tx, "drafted", item_no="031")
        a_project(tx, "drafted", item_no="032")
        a_project(tx, "drafted", item_no="032", at=START + timedelta(days=200), item_reason="二期")
        later = NOW + timedelta(days=366)
        draft = GIVEN["draft"] | {"item_no": "032"}
        do(tx, "owner1", "draft", "ext-late", draft, at=later, now=later, confirmed=False)


@pytest.mark.usefixtures("programme")
def test_the_office_mends_the_item_when_it_classifies(database):
    with database.write() as tx:
        ref = a_project(tx, "filed", item_no="022")
        assert set(refused(tx, "classify", ref, GIVEN["classify"] | {"item_no": "999"}, "office1")) == {"item_no"}
        do(tx, "office1", "classify", ref, GIVEN["classify"] | {"item_no": "023"})
        other = a_project(tx, "filed", item_no="024")
        do(tx, "office1", "classify", other, GIVEN["classify"] | {"item_no": None})
        third = a_project(tx, "filed", item_no="025")
        do(tx, "office1", "classify", third, GIVEN["classify"] | {"item_no": "025"})
        assert [row_of(tx, name).item_no for name in (ref, other, third)] == ["023", None, "025"]
        assert "item_no" not in orjson.loads(entries(tx, third)[-1].facts)
