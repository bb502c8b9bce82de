"""Given names by decade of birth, as the public registers of France know them, most frequent first."""

WOMEN: dict[int, str] = {
    1930: "Marie Jeanne Jacqueline Denise Simone Yvonne Paulette Odette Lucienne Suzanne Thérèse Madeleine Huguette "
    "Germaine Marcelle Ginette Raymonde Gisèle Renée Andrée",
    1940: "Marie Monique Françoise Jacqueline Nicole Jeannine Michèle Danielle Christiane Colette Josette Claudine "
    "Arlette Yvette Annie Éliane Liliane Bernadette Geneviève Solange",
    1950: "Martine Brigitte Catherine Françoise Chantal Christine Marie-Claude Dominique Patricia Nicole Évelyne "
    "Jocelyne Anne-Marie Mireille Marie-Thérèse Ghislaine Maryse Régine Élisabeth Joëlle",
    1960: "Sylvie Catherine Nathalie Isabelle Véronique Christine Corinne Pascale Valérie Laurence Brigitte Muriel "
    "Florence Anne Béatrice Agnès Fabienne Marie-Christine Carole Hélène",
    1970: "Sandrine Stéphanie Nathalie Céline Valérie Isabelle Karine Christelle Virginie Delphine Sophie Laetitia "
    "Sabrina Anne-Sophie Magali Séverine Peggy Estelle Frédérique Cécile",
    1980: "Aurélie Émilie Julie Céline Élodie Audrey Laetitia Jennifer Mélanie Vanessa Amandine Sabrina Stéphanie "
    "Charlotte Marion Pauline Anne-Laure Gaëlle Claire Mathilde",
    1990: "Laura Marine Camille Pauline Manon Sarah Marion Anaïs Justine Morgane Océane Chloé Margaux Alexandra "
    "Mélissa Solène Alice Coralie Mégane Clara",
    2000: "Léa Emma Manon Chloé Camille Inès Clara Sarah Océane Lucie Jade Maëlys Eva Anaïs Louise Romane Lola "
    "Juliette Lisa Zoé",
    2010: "Emma Louise Jade Chloé Alice Lina Léa Manon Inès Mila Rose Lola Juliette Anna Agathe Romane Léna Ambre "
    "Éléna Apolline",
    2020: "Jade Louise Ambre Alba Emma Rose Alice Romy Anna Lina Léna Mia Lou Julia Charlie Agathe Iris Inaya Adèle "
    "Victoire",
}

MEN: dict[int, str] = {
    1930: "Jean André Pierre René Roger Marcel Robert Georges Raymond Louis Maurice Henri Paul Lucien Albert Fernand "
    "Émile Gaston Léon Marius",
    1940: "Jean Michel Jean-Claude Pierre Claude Gérard Bernard Jean-Pierre Daniel Jacques Guy Serge Christian Roland "
    "André Yves Gilbert Francis Maurice Bruno",
    1950: "Patrick Jean-Pierre Alain Philippe Bernard Jean-Claude Christian Gérard Jacques Jean-Paul Dominique Joël "
    "Didier Jean-Luc Jean-Louis Thierry Hervé Marc Yvon Jean-François",
    1960: "Philippe Thierry Pascal Éric Laurent Christophe Frédéric Bruno Didier Olivier Patrice Franck Stéphane Denis "
    "Jean-Marc François Vincent Gilles Jean-Michel Xavier",
    1970: "Christophe Stéphane Frédéric David Sébastien Nicolas Laurent Olivier Jérôme Cédric Arnaud Fabrice Ludovic "
    "Samuel Emmanuel Grégory Franck Benoît Jean-Baptiste Yann",
    1980: "Julien Nicolas Guillaume Mathieu Romain Thomas Jérémy Sébastien Alexandre Mickaël Anthony Damien Florian "
    "Vincent Jonathan Benjamin Pierre-Yves Loïc Kévin Rémi",
    1990: "Kévin Thomas Maxime Alexandre Florian Quentin Jordan Valentin Antoine Dylan Clément Corentin Théo Hugo "
    "Adrien Bastien Jean-Charles Guillaume Simon Tanguy",
    2000: "Lucas Théo Hugo Enzo Thomas Mathis Alexandre Nathan Clément Antoine Maxime Léo Louis Matteo Raphaël Yanis "
    "Tom Noah Evan Robin",
    2010: "Gabriel Lucas Raphaël Louis Jules Nathan Léo Arthur Hugo Ethan Adam Enzo Noah Maël Timéo Sacha Liam Aaron "
    "Martin Gaspard",
    2020: "Gabriel Léo Raphaël Louis Arthur Jules Noah Maël Adam Isaac Gabin Sacha Naël Éden Marius Malo Côme Aylan "
    "Milo Augustin",
}

# Of other origins, for families who keep them: women, men.
BY_ORIGIN: dict[str, tuple[str, str]] = {
    "maghreb": (
        "Fatima Khadija Nadia Samira Leïla Malika Farida Yasmina Karima Naïma Soraya Houria Amel Sonia Rania Nour "
        "Assia Maryam Salma Yousra",
        "Mohamed Ahmed Karim Rachid Saïd Mustapha Abdelkader Youssef Hamza Bilal Omar Nabil Farid Sofiane Mehdi Ilyès "
        "Amine Ayoub Ibrahim Walid",
    ),
    "portugal": (
        "Maria Ana Fernanda Lurdes Graça Isabel Conceição Paula Sandra Cristina",
        "José António Manuel Carlos João Paulo Luís Fernando Rui Joaquim",
    ),
    "italy": ("Rosa Carmela Giulia Angela Lucia Antonella", "Antonio Giuseppe Salvatore Vincenzo Marco Luigi"),
    "spain": ("Carmen Dolores Pilar Mercedes Inmaculada Lucía", "Francisco Manuel Miguel Ángel Ramón Vicente"),
    "poland": ("Krystyna Danuta Ewa Agnieszka Wanda Zofia", "Stanisław Tadeusz Marek Łukasz Zygmunt Paweł"),
    "africa": (
        "Aminata Fatoumata Mariam Awa Aïssata Djénéba Rokia Hawa Oumou Grâce",
        "Mamadou Moussa Ibrahima Ousmane Souleymane Abdoulaye Boubacar Seydou Cheikh Amadou",
    ),
    "vietnam": ("Thị Lan Thị Hoa Thu Hương Mai Linh Ngọc", "Văn Hùng Minh Quang Tuấn Đức Anh"),
    "turkey": ("Ayşe Fatma Emine Zeynep Elif Hatice Gülsüm Merve", "Mehmet Mustafa Ali Hüseyin Yıldız Ömer Emre Kemal"),
    "armenia": ("Anahit Araxie Lusine Nariné Siranouche Taline", "Aram Hagop Krikor Vartan Gayané Tigran"),
    "china": ("Xiaoling Mei Fang Ying Lihua Yan", "Wei Jian Ming Jun Hao Zhiqiang"),
    "england": ("Elizabeth Sarah Margaret Susan Kate Emily", "John David Andrew Peter James William"),
}
