"""Logs: one line for each request and each error, without personal data."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request
from structlog.types import Processor

_log = structlog.get_logger("guahao.request")


def set_up_logs(app: Flask, *, is_production: bool) -> None:
    """JSON lines in production, plain text elsewhere, all to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_production
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    cleaned = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    formatter = structlog.stdlib.ProcessorFormatter(processors=cleaned, foreign_pre_chain=shared)
    _send_to_stderr(formatter)
    if is_production:
        app.before_request(_start_watch)
        app.after_request(_log_request)


def _send_to_stderr(formatter: logging.Formatter) -> None:
    ours = logging.getLogger("approvals"), logging.getLogger("guahao")
    for logger in ours:
        logger.handlers[:] = [logging.StreamHandler(sys.stderr)]
        logger.handlers[0].setFormatter(formatter)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def _start_watch() -> None:
    g.begun = time.perf_counter()


def _log_request(response: Response) -> Response:
    # The endpoint, not the address: addresses name projects and people.
    took = (time.perf_counter() - g.begun) * 1000 if "begun" in g else 0.0
    status = response.status_code
    _log.info("request", method=request.method, endpoint=request.endpoint, status=status, ms=round(took, 1))
    return response
