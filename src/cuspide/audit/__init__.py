"""The chained trace: who read or changed what, when and where. Tampering shows. It knows no user and no patient."""
