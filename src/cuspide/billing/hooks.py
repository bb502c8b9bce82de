"""What billing adds to the registry."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.audit import naming
from cuspide.billing import (  # noqa: F401 - words are added by importing them
    cards,
    checks,
    demo,
    permissions,
    selectors,
    trace_words,
    written,
)
from cuspide.care import locks
from cuspide.core import registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.patients.merging import MergeRule, merge_rules

locks.act_locks.add(locks.ActLock("billing", selectors.held_acts, order=10))

registry.rail.add(
    registry.RailEntry(
        "billing", _("Billing"), "billing:invoices", "receipt-text", permissions.VIEW, order=40, match=("billing",)
    )
)
registry.record_tabs.add(
    registry.RecordTab(
        "billing",
        pgettext_lazy("of a patient", "Account"),
        "billing:account",
        permissions.VIEW,
        order=70,
        shortcut="g c",
        match=(
            "billing:issue",
            "billing:pay",
            "billing:invoice",
            "billing:cancel_invoice",
            "billing:receipt",
            "billing:void_payment",
        ),
    )
)
registry.record_actions.add(
    registry.RecordAction(
        "billing.pay",
        pgettext_lazy("button of the banner", "Take a payment"),
        "billing:pay",
        permissions.TAKE_PAYMENT,
        order=40,
        shortcut="e",
        icon="hand-coins",
    )
)
registry.banner_entries.add(registry.BannerEntry("billing.balance", permissions.VIEW, cards.balance, order=50))
registry.summary_cards.add(
    registry.SummaryCard(
        "billing",
        pgettext_lazy("of a patient", "Account"),
        permissions.VIEW,
        "billing/cards/summary.html",
        cards.summary,
        order=40,
    )
)
registry.home_cards.add(
    registry.HomeCard("billing", _("Billing"), permissions.VIEW, "billing/cards/home.html", cards.home, order=30)
)
registry.reception_flags.add(registry.ReceptionFlag("billing", permissions.VIEW, cards.reception, order=20))
registry.search_providers.add(registry.SearchProvider("billing", _("Invoices"), permissions.VIEW, cards.find, order=40))
registry.commands.add(
    registry.Command(
        "billing.invoices", _("Invoices"), "billing:invoices", permissions.VIEW, keywords=_("billing bill month")
    )
)
registry.commands.add(
    registry.Command(
        "billing.payments",
        _("Payments of the day"),
        "billing:payments",
        permissions.VIEW,
        keywords=_("closing till cheque cash card"),
    )
)
registry.commands.add(
    registry.Command(
        "billing.unpaid", _("Unpaid invoices"), "billing:unpaid", permissions.VIEW, keywords=_("due debt reminder")
    )
)
registry.checks.add(registry.CheckEntry("money", checks.MONEY, checks.money, order=40))

demo_parts.add(DemoPart("billing", demo.build, order=70))

naming.matters.add(
    naming.Matter(
        "billing",
        _("Invoices and payments"),
        shows=("account", "issue_page", "invoice", "receipt", "invoice_pdf", "receipt_pdf", "list"),
        order=40,
    )
)
naming.say(
    {
        "billing.issue": _("Issued an invoice"),
        "billing.cancel": _("Cancelled an invoice"),
        "billing.take_payment": _("Took a payment"),
        "billing.void_payment": _("Voided a payment"),
        "billing.account": _("Read a patient’s account"),
        "billing.issue_page": _("Prepared an invoice"),
        "billing.invoice": _("Read an invoice"),
        "billing.receipt": _("Read a receipt"),
        "billing.invoice_pdf": _("Opened the document of an invoice"),
        "billing.receipt_pdf": _("Opened the document of a receipt"),
        "billing.list": _("Read a list of invoices or payments"),
    }
)
merge_rules.add(MergeRule("billing.invoice.patient", _("Invoices"), permissions.VIEW, order=60))
merge_rules.add(MergeRule("billing.payment.payer", _("Payments"), permissions.VIEW, order=61))
