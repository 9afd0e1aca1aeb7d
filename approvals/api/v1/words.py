"""Joint projects over JSON: who is responsible together, and the words of the months."""

from typing import Any

from flask import Response
from pydantic import Field

from approvals.accounts.queries import units_by_id
from approvals.api.v1.answers import json_answer, names
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import OfProject, OfWord, WordQuery, move_model, needs_input
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.reading import Envelope
from approvals.api.v1.schemas import Word, WordList
from approvals.filing.views import project
from approvals.history.commands import Reference
from approvals.http.access import actor
from approvals.http.application import database
from approvals.moves import MOVES
from approvals.supervision.joint.views import WordView, word_of_project, words_of_project
from workflows.charts.word import WORD

word_api = new_api("api_words", "Joint projects: two responsible units, and the word that both sign.", "words")
MOVE = "/projects/<ref>/words/<month>/moves/<move>"
_ONE = json_response(word_api, Word)


class WordMove(OfWord):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": sorted(MOVES["word"])})


@reads(word_api, "/projects/<ref>/words", json_response(word_api, WordList))
def list_words(path: OfProject, query: WordQuery) -> Response:
    """The two responsible units of a joint project, and the words on it."""
    with database().read() as tx:
        found = project(tx, path.ref, actor())
        units = units_by_id(tx, found.place.joint_units)
        page = words_of_project(tx, found, actor(), query.cursor, query.limit)
    return json_answer(
        {
            "units": [units[unit].name for unit in found.place.joint_units],
            "items": [_word_json(one) for one in page.rows],
            "next_cursor": page.next_cursor,
        }
    )


@writes(word_api, MOVE, _ONE, body=json_body(word_api, Envelope, is_required=False))
def move_word_on(path: WordMove) -> Response:
    """Write the word of a month, change it, or sign it; each is described at an address of its own."""
    command = sent_command(Reference("word", path.ref, key=path.month), path.move)
    return perform(
        command,
        lambda tx, _result: _word_json(word_of_project(tx, project(tx, path.ref, actor()), actor(), path.month)),
    )


for _each in WORD.moves:
    _body = json_body(word_api, move_model(WORD, _each.name), is_required=needs_input(WORD, _each.name))
    describe_move(word_api, MOVE, WORD, _each, body=_body, answer=_ONE)


def _word_json(one: WordView) -> dict[str, Any]:
    return {
        "month": one.month,
        "text": one.text,
        "state": one.state.name,
        "version": one.version,
        "written_by": one.writer.name,
        "signed_by": one.signer.name if one.signer else None,
        "moves": names(one.moves),
    }
