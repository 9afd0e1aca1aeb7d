"""A task whose responsible person has left stands among what nobody holds, until the lead unit hands it over."""

from sqlalchemy import update

from approvals.accounts.queries import PERSON
from approvals.handover.vacancies import vacancies, vacancy_count
from tests.support.builders import NOW, an_actor, do, when
from tests.support.programme_moves import EAST, LEAD, OFFICE, ON, REPORTER, an_item


def test_a_task_of_somebody_who_left_is_vacant_until_it_is_handed_over(database):
    with database.write() as tx:
        an_item(tx, "under_way")
        office, lead = an_actor(tx, OFFICE), an_actor(tx, LEAD)
        before = vacancy_count(tx, office, NOW)
        tx.execute(update(PERSON).where(PERSON.c.username == REPORTER).values(is_active=False))
        [task] = vacancies(tx).tasks
        assert (task.item_no, task.place, task.lead.name) == ("901", "东区", "市教育局")
        assert vacancy_count(tx, office, NOW) == before + 1
        handed = {"task": EAST, "person": "owner2", "note": "原责任人离任"}
        do(tx, lead, "hand_over", ON, handed, at=when("2026-04-01"))
        assert vacancies(tx).tasks == ()
        tx.execute(update(PERSON).where(PERSON.c.username == REPORTER).values(is_active=True))
