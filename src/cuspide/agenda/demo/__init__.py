"""The demo practice's agenda: five years behind today, three weeks ahead."""

from cuspide.agenda.demo.story import build

__all__ = ["build"]
