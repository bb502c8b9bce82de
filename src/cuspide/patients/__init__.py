"""Who the patients are: identity, contacts, cover, alerts, and how they are found."""
