"""The demo practice's invoices and payments: five years that add up."""

from cuspide.billing.demo.story import build

__all__ = ["build"]
