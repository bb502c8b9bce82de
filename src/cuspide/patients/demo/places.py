"""Where the demo's patients were born and live. Births: real communes and countries by their official geographic
code (INSEE). Homes: a town that does not exist, in telephone numbers that ARCEP keeps for fiction."""

NEAR = [
    ("26362", "Valence"), ("26198", "Montélimar"), ("26281", "Romans-sur-Isère"), ("26108", "Crest"),
    ("26235", "Pierrelatte"), ("07186", "Privas"), ("07102", "Guilherand-Granges"), ("84138", "Valréas"),
    ("38185", "Grenoble"), ("69383", "Lyon 3e Arrondissement"),
]  # fmt: skip
FAR = [
    ("42218", "Saint-Étienne"), ("84007", "Avignon"), ("30189", "Nîmes"), ("59350", "Lille"), ("67482", "Strasbourg"),
    ("31555", "Toulouse"), ("33063", "Bordeaux"), ("44109", "Nantes"), ("35238", "Rennes"), ("29019", "Brest"),
    ("06088", "Nice"), ("63113", "Clermont-Ferrand"), ("21231", "Dijon"), ("57463", "Metz"), ("68224", "Mulhouse"),
    ("74010", "Annecy"), ("73065", "Chambéry"), ("75114", "Paris 14e Arrondissement"),
]  # fmt: skip
CORSICA = [("2A004", "Ajaccio"), ("2B033", "Bastia")]
OVERSEAS = [("97209", "Fort-de-France"), ("97411", "Saint-Denis"), ("97120", "Pointe-à-Pitre")]
COUNTRIES: dict[str, list[tuple[str, str]]] = {
    "maghreb": [("99352", "Algérie"), ("99350", "Maroc"), ("99351", "Tunisie")],
    "portugal": [("99139", "Portugal")],
    "italy": [("99127", "Italie")],
    "spain": [("99134", "Espagne")],
    "poland": [("99122", "Pologne")],
    "africa": [("99341", "Sénégal"), ("99335", "Mali"), ("99326", "Côte d’Ivoire"), ("99322", "Cameroun")],
    "vietnam": [("99243", "Viêt Nam")],
    "turkey": [("99208", "Turquie")],
    "armenia": [("99252", "Arménie")],
    "china": [("99216", "Chine")],
    "england": [("99132", "Royaume-Uni")],
}
LANGUAGE = {"maghreb": "ar", "portugal": "pt", "italy": "it", "spain": "es", "turkey": "tr", "vietnam": "vi",
            "china": "zh", "england": "en"}  # fmt: skip

TOWNS = [("26999", "Valbonne-sur-Cuspide")] * 12 + [
    ("26998", "Saint-Émail-le-Haut"), ("26998", "Saint-Émail-le-Bas"), ("26997", "La Molaire"),
    ("26997", "Pont-de-Canine"), ("26996", "Les Trois-Racines"), ("26996", "L’Ivoirie"),
]  # fmt: skip
STREETS = [
    "rue des Tilleuls", "rue Haute", "rue de la République", "avenue Jean-Jaurès", "place du Marché",
    "chemin des Vignes", "rue du Four", "impasse des Lilas", "route de Crest", "boulevard Victor-Hugo",
    "rue Pasteur", "allée des Platanes", "rue de l’Église", "rue Marie-Curie", "chemin du Moulin",
    "quai de la Cuspide", "rue des Écoles", "lotissement Les Amandiers", "rue Saint-Apollonie", "cours du Palais",
    "rue du Pont-Vieux", "montée du Château", "rue des Frères-Lumière", "avenue de la Gare",
]  # fmt: skip

MOBILE = "063998"
LANDLINES = ["046571"] * 9 + ["019900", "026191", "035301", "053649"]
"""ARCEP, decision 2018-0881: blocks of numbers that are never given, for fiction."""
