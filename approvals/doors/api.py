"""The JSON API under /api/v1, one group of routes for each thing it is about."""

from approvals.doors.api_approvals import approval_api
from approvals.doors.api_feed import feed_api
from approvals.doors.api_projects import project_api
from approvals.doors.api_reports import report_api

APIS = (project_api, approval_api, report_api, feed_api)
