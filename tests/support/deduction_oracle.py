"""A naive recount of deductions: every pair of events compared, every day walked, own code throughout."""


def price(event, books):
    """(edition, points) of an event by the raw mapping of the edition in force on its day, or None."""
    chosen = None
    for book in books:
        if book["year"] == event.on.year and book["from_on"] <= event.on:
            chosen = book
    if chosen is None or event.kind not in chosen["rules"]:
        return None
    rule = chosen["rules"][event.kind]
    points = rule["points"]
    if "each_days" in rule:
        points, left = 0, event.days
        while left >= rule["each_days"]:
            points, left = points + rule["points"], left - rule["each_days"]
    if "cap" in rule and points < rule["cap"]:
        points = rule["cap"]
    return (chosen["edition"], points) if points else None


def recount(events, books):
    """{(event key, unit, regime): (edition, points)} of the events that no earlier one of their cause outweighs."""
    charged = {}
    for event in events:
        mine = price(event, books)
        if mine is None:
            continue
        for regime in event.regimes:
            rivals = [
                (other.on, price(other, books)[1], other.key)
                for other in events
                if other.cause == event.cause
                and other.unit_id == event.unit_id
                and regime in other.regimes
                and other is not event
                and price(other, books) is not None
            ]
            own = (event.on, mine[1], event.key)
            if not any(rival < own and rival[1] <= own[1] for rival in rivals):
                charged[event.key, event.unit_id, regime] = mine
    return charged
