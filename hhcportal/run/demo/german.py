"""German words of the demo's records: a winery and those who buy its wine."""

FIRST_NAMES = (
    "Anna", "Bernd", "Christiane", "Dieter", "Elke", "Friedrich", "Gisela", "Hanna", "Ingo",
    "Jürgen", "Katharina", "Lukas", "Maria", "Norbert", "Petra", "Ralf", "Sabine", "Thomas",
    "Ulrike", "Volker", "Wiebke", "Zoë", "Jörg", "Bärbel", "Günther",
)  # fmt: skip
LAST_NAMES = (
    "Anders", "Baumgärtner", "Claßen", "Dörfler", "Eichhorn", "Förster", "Großmann", "Hübner",
    "Jäger", "Köhler", "Lützow", "Moos", "Nußbaum", "Oberländer", "Pfeiffer", "Reuß",
    "Schäfer", "Tröger", "Überreiter", "Vögele", "Weiß", "Zöllner",
)  # fmt: skip
COMPANIES = (
    "Restaurant {name}", "Hotel {name}", "Weinhandlung {name} GmbH", "Feinkost {name} KG",
    "Gasthof {name}", "{name} & Söhne OHG", "Vinothek {name}", "Getränke {name} GmbH & Co. KG",
)  # fmt: skip
CITIES = (
    ("Berlin", "10117", "+49 30"), ("Köln", "50667", "+49 221"),
    ("Mannheim", "68161", "+49 621"), ("München", "80331", "+49 89"),
    ("Würzburg", "97070", "+49 931"), ("Lübeck", "23552", "+49 451"),
    ("Düsseldorf", "40213", "+49 211"), ("Saarbrücken", "66111", "+49 681"),
)  # fmt: skip
STREETS = ("Hauptstraße", "Marktplatz", "Am Römerwall", "Bahnhofstraße", "Obere Gasse", "Mühlweg")
JOB_TITLES = (
    "Geschäftsführerin", "Einkauf", "Sommelier", "Küchenchef", "Restaurantleitung", "Inhaber",
    "Assistenz der Geschäftsführung", "Buchhaltung",
)  # fmt: skip
INDUSTRIES = ("Gastronomie", "Hotellerie", "Fachhandel", "Großhandel", "Feinkost")
COUNTRY = "Deutschland"
SALUTATION = "Guten Tag {name}"
CLOSING = "Mit freundlichen Grüßen\nWeingut Steinberg"
ACTIVITIES = (
    ("Termin", "Verkostung {wine}"), ("Anruf", "Nachfassen Angebot {wine}"),
    ("Termin", "Jahresgespräch"), ("Aufgabe", "Preisliste {year} senden"),
    ("Anruf", "Liefertermin klären"), ("Aufgabe", "Musterflaschen {wine} packen"),
)  # fmt: skip
HISTORIES = ("Anruf geführt", "E-Mail gesendet", "Termin durchgeführt", "Brief gesendet")
STAGES = ("Erstkontakt", "Muster verschickt", "Angebot", "Verhandlung", "Gewonnen", "Verloren")
SENTENCES = (
    "Hat die Karte umgestellt und sucht einen trockenen Riesling im offenen Ausschank.",
    "{bottles} Flaschen {wine} bestellt, Lieferung frei Haus bis Ende {month}.",
    "War von der Verkostung des {wine} sehr angetan, fand ihn aber für den Mittagstisch zu teuer.",
    "Bittet um eine neue Preisliste mit Staffelpreisen ab {bottles} Flaschen.",
    "Reklamation: zwei Kartons mit beschädigten Etiketten, Ersatz ist zugesagt.",
    "Zahlungsziel bleibt bei 30 Tagen, ab {bottles} Flaschen gewähren wir 2 % Skonto.",
    "Der Zugang zum Lager ist nur vormittags möglich, bitte vorher anrufen.",
    "Kennt uns von der Messe in Düsseldorf und fragt nach der Lage Steinberger Höhe.",
    "Möchte im {month} mit acht Gästen in den Keller kommen; Brotzeit und sechs Weine genügen.",
    "Nachfolge geregelt: die Tochter übernimmt im {month} den Einkauf.",
    "Vergleicht uns mit einem Erzeuger aus der Wachau, der um {price} € je Flasche günstiger ist.",
    "Wünscht den Rechnungsversand künftig nur noch elektronisch.",
    "Rückruf erbeten, am besten zwischen 14 und 16 Uhr, nicht am Montag (Ruhetag).",
)
MONTHS = ("Januar", "März", "April", "Juni", "September", "Oktober", "November", "Dezember")
