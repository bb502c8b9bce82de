// Billing: the shares of an invoice and what is left of a payment, worked out while one types; the server does it again.

import "./billing.css";
import "./shares";
import "./tender";
