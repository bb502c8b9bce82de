"""Family names as they are met in France: the frequent ones first, then those of regions and of other origins.

Words of one name are joined by `_`.
"""

FREQUENT = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David "
    "Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Müller Lefèvre Faure André "
    "Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas "
    "Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun "
    "Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy "
    "Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois "
    "Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger "
    "Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam "
    "Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé "
    "Schneider Fernandez Le_Gall Collet Léger Bouvier Julien Prévost Millet Perrot Daniel Le_Roux Cousin Germain "
    "Breton Besson Langlois Rémy Le_Goff Pelletier Lévêque Perrier Leblanc Barré Lebrun Marchal Weber Mallet Hamon "
    "Boulanger Jacob Monnier Michaud Rodriguez Guichard Gillet Étienne Grondin Poulain Tessier Chevallier Collin "
    "Chauvin Bouchet Gay Lemaître Bénard Maréchal Humbert Reynaud Antoine Hoarau Perret Barthélemy Cordier Pichon "
    "Lejeune Gilbert Lamy Delaunay Pasquier Carlier Laporte"
)

OF_THE_REGION = (
    "Chapon Vallon Faure-Brac Champin Reboul Chalaye Courbis Bouvier-Garnier Mazet Chabert Sauvageon Brès Vignal "
    "Rochegude Crozier Bourguignon Teyssier Eyraud Chastan Bonnefoy Gourdol Fayolle Deloche Despesse Ageron Nodin "
    "Béranger Combier Bœuf Ollivier-Reynier Roussillon Savel Traversier Vérilhac Xatard Barnéoud Cœurdacier Mottet"
)

COMPOUND_AND_PARTICLES = (
    "de_La_Tour d’Ornano du_Plessis de_Montgolfier de_Lavernée d’Aubigny Le_Bihan Le_Floc’h L’Hostis Le_Bris "
    "Martin-Dupray Petit-Jean Grand-Clément Saint-Martin Beau-Désert Haute-Fort van_der_Berghe Van_den_Bossche "
    "Mac_Donnell N’Guessan O’Brien de_Oliveira_Santos da_Costa_e_Silva"
)

BY_ORIGIN = {
    "brittany": ("Le_Guen Kerbrat Quéméneur Tanguy Guivarc’h Kermarrec Riou Morvan Cariou Jaouen"),
    "alsace": ("Zimmermann Schwartz Wolff Muller Kieffer Hoffmann Wurtz Fuchs Baumgartner Ehrhart"),
    "corsica": ("Casanova Colonna Santoni Luciani Mattei Paoli Albertini Leccia Poggi Filippi"),
    "overseas": ("Césaire Bellerose Marie-Joseph Jean-Baptiste Zobda Tibère Virapin Técher Maillot Boyer"),
    "maghreb": (
        "Benali Bouzid Haddad Saïdi Cherif Mansouri Belkacem Amrani El_Idrissi Ben_Ahmed Brahimi Kaci Meziane Toumi "
        "Slimani Bensalem Hamidi Zerrouki Ait_Ouali Boudjemaa"
    ),
    "portugal": ("da_Silva Ferreira Pereira Dos_Santos Rodrigues Gonçalves de_Sousa Fernandes Lopes Carvalho"),
    "italy": ("Rossi Ferrari Esposito Ricci Marchetti Conti Lombardi D’Angelo De_Luca Moretti"),
    "spain": ("Gómez Ruiz Navarro Muñoz Hernandez Romero Ortega Peña Núñez Molina"),
    "poland": ("Kowalski Nowak Wójcik Lewandowski Kaczmarek Zieliński Szymański Dąbrowski"),
    "africa": ("Diallo Traoré Diop Koné Camara Ndiaye Touré N’Diaye Coulibaly Kouassi Mbemba Sow"),
    "vietnam": ("Nguyễn Trần Phạm Lê Hoàng Đặng Võ"),
    "turkey": ("Yılmaz Kaya Demir Şahin Çelik Öztürk Aydın Arslan"),
    "armenia": ("Sarkissian Der_Haroutiounian Boyadjian Kevorkian Tchakerian Manoukian"),
    "china": ("Wang Li Zhang Chen Liu Hu"),
    "england": ("Smith Taylor Walker Hughes Bennett Clarke"),
}
