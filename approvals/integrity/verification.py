"""All invariants of the stored data in one list. Tests, restores and `guahao verify` call the same functions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from approvals.filing.documents import stored_files_are_whole
from approvals.history.queries import Violation, chain_faults
from approvals.integrity.absences import deputies_stood_in
from approvals.integrity.appointments import appointments_are_the_roles_held
from approvals.integrity.approvals import (
    decided_once,
    handlers_follow_from_history,
    plans_follow_from_history,
    stored_days_follow_from_history,
    struck_by_the_record,
)
from approvals.integrity.catalogue import catalogues_are_as_loaded, projects_keep_their_edition
from approvals.integrity.deductions import deductions_are_those_of_the_record
from approvals.integrity.documents import documents_of_the_record_exist
from approvals.integrity.escalations import (
    cards_are_those_of_the_record,
    escalations_are_those_of_the_record,
    escalations_climb_one_by_one,
    next_alarms_are_set,
)
from approvals.integrity.evidence import evidence_files_are_whole, evidence_is_that_of_the_record
from approvals.integrity.filings import receipts_are_those_of_the_record
from approvals.integrity.grants import (
    checks_follow_from_history,
    documents_are_those_of_the_grants,
    owed_follows_from_history,
)
from approvals.integrity.handover import no_responsibility_points_at_nobody
from approvals.integrity.history import only_moves_of_the_chart
from approvals.integrity.jobs import deliveries_have_jobs, done_jobs_had_their_effect
from approvals.integrity.joint import both_units_sign_one_text, two_units_answer_for_joint_projects
from approvals.integrity.liaisons import one_liaison_at_any_moment, requests_climb_when_due
from approvals.integrity.notices import notices_are_those_of_the_record
from approvals.integrity.numbers import (
    numbers_are_gap_free,
    numbers_of_documents_are_gap_free,
    text_keys_follow_from_texts,
)
from approvals.integrity.offices import office_steps_are_spoken_of_in_turn
from approvals.integrity.orders import orders_are_those_of_the_record
from approvals.integrity.planned_approvals import approvals_are_as_planned
from approvals.integrity.programme import diverted_projects_stand_in_the_ledger
from approvals.integrity.programme_items import programme_follows_from_history
from approvals.integrity.programme_problems import problems_follow_from_history
from approvals.integrity.programme_years import programme_years_follow_from_history
from approvals.integrity.projects import filings_follow_from_history
from approvals.integrity.registrations import registrations_follow_from_history
from approvals.integrity.roots import daily_roots_hold, reports_rest_on_the_record
from approvals.integrity.seals import sealed_rows_are_as_written
from approvals.integrity.works import acceptance_follows_the_works, works_are_those_of_the_record
from approvals.reports.lifecycle.queries import report_violations

INVARIANTS: tuple[Callable[[Connection], Iterator[Violation]], ...] = (
    chain_faults,
    numbers_are_gap_free,
    numbers_of_documents_are_gap_free,
    text_keys_follow_from_texts,
    catalogues_are_as_loaded,
    projects_keep_their_edition,
    only_moves_of_the_chart,
    filings_follow_from_history,
    registrations_follow_from_history,
    receipts_are_those_of_the_record,
    stored_days_follow_from_history,
    escalations_climb_one_by_one,
    escalations_are_those_of_the_record,
    plans_follow_from_history,
    approvals_are_as_planned,
    struck_by_the_record,
    handlers_follow_from_history,
    decided_once,
    documents_are_those_of_the_grants,
    owed_follows_from_history,
    checks_follow_from_history,
    next_alarms_are_set,
    one_liaison_at_any_moment,
    requests_climb_when_due,
    deputies_stood_in,
    cards_are_those_of_the_record,
    orders_are_those_of_the_record,
    deductions_are_those_of_the_record,
    office_steps_are_spoken_of_in_turn,
    diverted_projects_stand_in_the_ledger,
    programme_follows_from_history,
    programme_years_follow_from_history,
    evidence_is_that_of_the_record,
    problems_follow_from_history,
    works_are_those_of_the_record,
    acceptance_follows_the_works,
    two_units_answer_for_joint_projects,
    both_units_sign_one_text,
    appointments_are_the_roles_held,
    no_responsibility_points_at_nobody,
    documents_of_the_record_exist,
    report_violations,
    reports_rest_on_the_record,
    daily_roots_hold,
    notices_are_those_of_the_record,
    sealed_rows_are_as_written,
    done_jobs_had_their_effect,
    deliveries_have_jobs,
)

OF_FILES: tuple[Callable[[Connection, Path | None], Iterator[Violation]], ...] = (
    stored_files_are_whole,
    evidence_files_are_whole,
)


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """One invariant with its violations."""

    name: str
    faults: tuple[Violation, ...]


def verify(tx: Connection, files: Path | None = None) -> Iterator[VerificationReport]:
    """Every invariant with its violations; `files` is the folder of stored files, None when there is none."""
    for invariant in INVARIANTS:
        yield _report(invariant.__name__, invariant(tx))
    for check in OF_FILES:
        yield _report(check.__name__, check(tx, files))


def _report(name: str, violations: Iterator[Violation]) -> VerificationReport:
    """The violations up to a row that cannot even be read, which is the last one."""
    faults = []
    try:
        for violation in violations:
            faults.append(violation)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        faults.append(Violation(name, "somewhere", f"cannot be read: {error!r}"))
    return VerificationReport(name, tuple(faults))
