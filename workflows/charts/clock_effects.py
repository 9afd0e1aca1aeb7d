"""What a move does to the clocks of an approval. A value's text is how the handbook words it."""

from enum import Enum


class ClockEffect(Enum):
    """One effect, executed by `workflows.clock.timeline`; a move has as many as it needs, in their order."""

    START_NOTICE = "notice clock starts"
    STOP_NOTICE = "notice clock stops"
    START_DECISION = "decision clocks start"
    START_DECISION_AT_RECEIPT = "decision clocks start from the day of receipt"
    START_SPECIAL = "decision clocks pause"
    END_SPECIAL = "decision clocks resume"
    SUSPEND = "all clocks pause"
    RESUME = "all clocks resume"
    EXTEND = "limits grow"
    STOP = "all clocks stop"
    START_DELIVERY = "delivery clock starts"
    STOP_DELIVERY = "delivery clock stops"
    NEW_ROUND = "a new round"
    RECALCULATE = "a new calendar moves the dates"
    CORRECT_DAY = "the entry counts on its right day from now on"
