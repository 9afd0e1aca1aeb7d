"""The outlook of a programme's year as JSON: whose days, forecasts and what came, plans that are tight at the end."""

from approvals.casefile.programme.outlook import Outlook
from approvals.casefile.programme.serialization import Json, amount_text, rate_text
from approvals.programme.queries import task_label
from workflows.rules.programme_facts import Sight
from workflows.rules.programme_forecasts import ForecastError


def outlook_json(year: int, sight: Sight, outlook: Outlook) -> Json:
    days, end = outlook.whose_days, outlook.year_end
    return {
        "year": year,
        "on": sight.on.isoformat(),
        "known": sight.known.isoformat(),
        "whose_days": {
            "nodes": days.nodes,
            "days": days.days,
            "parties": [
                {"party": party, "days": count, "nodes": nodes} for party, (count, nodes) in days.parties.items()
            ],
            "undivided": {"days": days.undivided, "nodes": days.undivided_nodes},
        },
        "late": {name: getattr(outlook.late, name) for name in ("nodes", "open", "unforeseen")},
        "forecasts": {
            **_error(outlook.forecasts),
            "by_lead_unit": [{"unit": unit.name, **_error(error)} for unit, error in outlook.by_lead_unit],
            "by_county": [
                {"county": code, "name": task_label(code), **_error(error)} for code, error in outlook.by_county
            ],
        },
        "november_december": {
            "nodes": end.nodes,
            "nodes_share": rate_text(end.nodes_share),
            "money": amount_text(end.money),
            "money_share": rate_text(end.money_share),
        },
        "tight_plans": [
            {
                **{name: getattr(row, name) for name in ("item_no", "name")},
                "state": row.state.name,
                "last_quarter": rate_text(row.last_quarter),
                "last_year": rate_text(row.last_year),
            }
            for row in outlook.tight
        ],
    }


def _error(error: ForecastError) -> Json:
    return {"nodes": error.nodes, "days": None if error.days is None else f"{error.days:.1f}"}
