"""Addresses of billing, under `billing/`."""

from django.urls import path

from cuspide.billing.views import account, invoices, lists, payments

app_name = "billing"

urlpatterns = [
    path("", lists.invoices, name="invoices"),
    path("payments/", lists.payments, name="payments"),
    path("unpaid/", lists.unpaid, name="unpaid"),
    path("patients/<uuid:uuid>/", account.account, name="account"),
    path("patients/<uuid:uuid>/issue/", invoices.issue, name="issue"),
    path("patients/<uuid:uuid>/pay/", payments.pay, name="pay"),
    path("invoices/<uuid:uuid>/", invoices.invoice, name="invoice"),
    path("invoices/<uuid:uuid>/document/", invoices.document, name="invoice_document"),
    path("invoices/<uuid:uuid>/cancel/", invoices.cancel, name="cancel_invoice"),
    path("receipts/<uuid:uuid>/", payments.receipt, name="receipt"),
    path("receipts/<uuid:uuid>/document/", payments.document, name="receipt_document"),
    path("payments/<uuid:uuid>/void/", payments.void, name="void_payment"),
]
