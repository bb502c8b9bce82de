"""Insurers of the demo. The complementary ones are invented, and so are their numbers."""

REGIMES = [("01", "261", 84), ("02", "260", 6), ("91", "261", 6), ("08", "755", 1), ("04", "750", 1), ("10", "750", 1)]
"""Regime, fund, share in per cent."""

MUTUELLES = [
    ("Mutuelle des Trois Rivières", "99910011"), ("Prévoyance du Dauphiné", "99910029"), ("Solidéa Santé", "99910037"),
    ("Mutuelle Vercors", "99910045"), ("Alliance Familiale", "99910052"), ("Horizon Mutuelle", "99910060"),
    ("Santé Pour Tous", "99910078"), ("Mutuelle de l’Enseignement du Sud-Est", "99910086"),
    ("Entreprise & Santé", "99910094"), ("Groupe Miralis", "99910102"), ("La Cigogne Prévoyance", "99910110"),
    ("Mutuelle des Artisans", "99910128"), ("Assurances Belvédère", "99910136"), ("Territoria Santé", "99910144"),
]  # fmt: skip
