"""Joint projects over JSON: who is responsible together, and the words of the months."""

from typing import Annotated

from flask import Response
from pydantic import Field

from approvals.accounts.queries import units_by_id
from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import AnswerSchema, Moves, OneOf, ViewSchema, fill, optional_path, path
from approvals.api.v1.exchange import Envelope, json_answer, perform, sent_command
from approvals.api.v1.inputs import MONTH, OfProject, PageQuery, move_name
from approvals.filing.views import project
from approvals.history.commands import Reference
from approvals.http.access import actor
from approvals.http.application import database
from approvals.moves import MOVES
from approvals.supervision.joint.views import word_of_project, words_of_project
from workflows.charts.word import WORD

MOVE = "/projects/<ref>/words/<month>/moves/<move>"


class Word(ViewSchema):
    """The month's word on a joint project; `signed_by` is null as long as the other unit has not signed this text."""

    month: str
    text: str
    state: Annotated[str, OneOf(WORD.state_names)] = path("state", "name")
    version: int
    written_by: str = path("writer", "name")
    signed_by: str | None = optional_path("signer", "name")
    moves: Moves


class WordList(AnswerSchema):
    """The words on a project, the newest month first; `units` are the two that are responsible, if it is joint."""

    units: list[str]
    items: list[Word]
    next_cursor: str | None


word_api = new_api("api_words", "Joint projects: two responsible units, and the word that both sign.", "words")
_ONE = json_response(word_api, Word)


class WordMove(OfProject):
    month: str = Field(description="The month that it is on, as in 2026-03.", pattern=MONTH)
    move: str = move_name(sorted(MOVES["word"]))


@reads(word_api, "/projects/<ref>/words", json_response(word_api, WordList))
def list_words(path: OfProject, query: PageQuery) -> Response:
    """The two responsible units of a joint project, and the words on it."""
    with database().read() as tx:
        joint = project(tx, path.ref, actor())
        units = units_by_id(tx, joint.place.joint_units)
        page = words_of_project(tx, joint, actor(), query.cursor, query.limit)
    return json_answer(
        {
            "units": [units[unit].name for unit in joint.place.joint_units],
            "items": [fill(Word, word) for word in page.rows],
            "next_cursor": page.next_cursor,
        }
    )


@writes(word_api, MOVE, _ONE, body=json_body(word_api, Envelope, is_required=False))
def move_word_on(path: WordMove) -> Response:
    """Write the word of a month, change it, or sign it; each is described at an address of its own."""
    command = sent_command(Reference("word", path.ref, key=path.month), path.move)
    return perform(
        command,
        lambda tx, _result: fill(Word, word_of_project(tx, project(tx, path.ref, actor()), actor(), path.month)),
    )


describe_moves(word_api, MOVE, WORD, "word", _ONE)
