"""A case with django-fsm-2, and its audit."""

from django.db import models
from django_fsm import FSMField, transition


class Case(models.Model):
    state = FSMField(default="ready", protected=True)

    @transition(field=state, source="ready", target="received")
    def submit(self) -> None:
        """Nothing but the state changes."""

    @transition(field=state, source="received", target="accepted")
    def accept(self) -> None:
        """Nothing but the state changes."""


class Audit(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    move = models.CharField(max_length=50)
    actor = models.CharField(max_length=50)
    from_state = models.CharField(max_length=50)
    to_state = models.CharField(max_length=50)
    at = models.DateTimeField(auto_now_add=True)
