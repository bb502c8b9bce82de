"""Billing: what acts become (invoices), what is paid for them (receipts, payments), and what is still due."""
