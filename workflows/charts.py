"""All charts, by name."""

from workflows.approval import APPROVAL
from workflows.card import CARD
from workflows.chart import Chart
from workflows.correction import CORRECTION
from workflows.escalation import ESCALATION
from workflows.order import ORDER
from workflows.project import PROJECT
from workflows.report import REPORT
from workflows.request import REQUEST
from workflows.word import WORD

_ALL = (PROJECT, APPROVAL, ESCALATION, REPORT, REQUEST, CARD, ORDER, WORD, CORRECTION)
CHARTS: dict[str, Chart] = {chart.name: chart for chart in _ALL}
