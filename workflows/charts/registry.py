"""All charts, by name."""

from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.deduction import DEDUCTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.item import ITEM
from workflows.charts.model import Chart
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.order import ORDER
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.project import PROJECT
from workflows.charts.reminder import REMINDER
from workflows.charts.report import REPORT
from workflows.charts.request import REQUEST
from workflows.charts.word import WORD

_PROGRAMME = (PROGRAMME, ITEM, ENTRY, PROBLEM, REMINDER)
_ALL = (PROJECT, APPROVAL, ESCALATION, REPORT, REQUEST, CARD, ORDER, WORD, CORRECTION, DEDUCTION, *_PROGRAMME)
CHARTS: dict[str, Chart] = {chart.name: chart for chart in _ALL}
OF_PROGRAMME = frozenset(chart.name for chart in _PROGRAMME)
