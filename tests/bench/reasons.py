"""Why a row falls short where it does, as far as profiles told (docs/decisions, 0032, 0036 to 0041)."""

from collections.abc import Mapping

_MOVE = (
    "a move waits for the disk until it is kept, one after the other, and costs some 1.8 ms of the processor (token,"
    " chart, clock, entry, chain, notices, answer), a bare request 0.16"
)
WHY: Mapping[int | str, str] = {
    1: _MOVE,
    2: _MOVE,
    3: _MOVE,
    4: "the interpreter and the queue of writers are shared out in turns, not by who waited longest",
    5: "what a move does besides its statements: checks, clock, hash, values to and fro",
    7: "31 waits for the disk are 31 on either side; what those alone allow any program is in the row's last line",
    8: "what a move does besides its statements: checks, clock, hash, values to and fro",
    9: "the counts of the queue's tabs are read with the page, and a window has more in hand in the grown city",
    11: "what began before the month and still goes on is read for its clock, and all chains for the hash over them",
    13: "the report is tagged, an archive file, and set in type of its own; the naive one is none of that",
    15: "each line of the feed is a commit of its own and waits for the disk (0008)",
    "Load": (
        "a page costs 10 to 30 ms of the processor, most of them in its template, and two processors are shared with"
        " the clients, the database, the worker and its renderers"
    ),
}
