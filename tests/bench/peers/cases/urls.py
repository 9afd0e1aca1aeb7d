"""The addresses of both peers."""

from django.urls import path
from viewflow.workflow.flow import FlowViewset

from cases.flows import ApprovalFlow
from cases.views import healthz, move

urlpatterns = [
    path("healthz", healthz),
    path("fsm/<int:key>/moves", move),
    path("flow/", FlowViewset(ApprovalFlow).urls),
]
