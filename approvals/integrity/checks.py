"""What one health check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check; `is_warning` when the service can do without it for now."""

    name: str
    is_fine: bool
    told: str
    is_warning: bool = False
