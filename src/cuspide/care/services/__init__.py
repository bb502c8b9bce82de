"""Every write of care."""

from cuspide.care.services.acts import (
    ActChanges,
    NewAct,
    add_act,
    change_act,
    complete_act,
    toggle_favourite,
    void_act,
)
from cuspide.care.services.findings import correct_finding, record_finding, record_findings, void_finding

__all__ = [
    "ActChanges",
    "NewAct",
    "add_act",
    "change_act",
    "complete_act",
    "correct_finding",
    "record_finding",
    "record_findings",
    "toggle_favourite",
    "void_act",
    "void_finding",
]
