"""Words of which names, addresses and texts are made."""

FIRST = (
    "Anna", "Ben", "Clara", "David", "Ella", "Finn", "Greta", "Hannes", "Ida", "Jonas", "Karin",
    "Lukas", "Maja", "Nils", "Olga", "Paul", "Rosa", "Stefan", "Thea", "Uwe", "Vera", "Walter",
    "Xenia", "Yusuf", "Zoë", "Alice", "Bob", "Carol", "Dan", "Erin", "Frank", "Grace", "Henry",
    "Iris", "Jack", "Kate", "Liam", "Mary", "Noah", "Olivia", "Peter", "Quinn", "Ruth", "Sam",
    "Tom", "Una", "Victor", "Wendy", "José", "Siobhán",
)  # fmt: skip
LAST = (
    "Albrecht", "Bauer", "Conrad", "Dietz", "Engel", "Fischer", "Groß", "Hofmann", "Jäger",
    "Krüger",
    "Lehmann", "Müller", "Neumann", "Ott", "Pfeiffer", "Richter", "Schröder", "Thomas", "Ullrich",
    "Vogt", "Weiß", "Zimmermann", "Adams", "Baker", "Clark", "Davies", "Evans", "Foster", "Green",
    "Harris", "Irving", "Johnson", "King", "Lewis", "Moore", "Nelson", "O'Brien", "Parker", "Reed",
    "Smith-Jones", "Taylor", "Underwood", "Vaughan", "Walker", "Young", "Łukasz", "Nguyễn",
    "van der Berg", "de la Cruz", "Østergård",
)  # fmt: skip
FIRM_HEADS = (
    "Nord", "Süd", "Alpen", "Hanse", "Rhein", "Spree", "Elb", "Falken", "Linden", "Kupfer",
    "Granit",
    "Acme", "Blue Ridge", "Cedar", "Delta", "Evergreen", "Frontier", "Golden Gate", "Harbor",
    "Ironwood",
)  # fmt: skip
FIRM_TRADES = (
    "Maschinenbau", "Logistik", "Medizintechnik", "Textil", "Druck", "Werkzeuge", "Foods",
    "Systems",
    "Cutting", "Supplies", "Consulting", "Textiles", "Furniture", "Packaging", "Energy",
)  # fmt: skip
FIRM_FORMS = ("GmbH", "AG", "KG", "& Co. KG", "Inc.", "LLC", "Ltd", "plc")
PLACES = (
    ("Berlin", "BE", "10115", "Germany", 49), ("Hamburg", "HH", "20095", "Germany", 49),
    ("München", "BY", "80331", "Germany", 49), ("Köln", "NW", "50667", "Germany", 49),
    ("Wien", "", "1010", "Austria", 43), ("Zürich", "ZH", "8001", "Switzerland", 41),
    ("New York", "NY", "10001", "United States", 1), ("Chicago", "IL", "60601", "United States", 1),
    ("Phoenix", "AZ", "85001", "United States", 1), ("Toronto", "ON", "M5H 2N2", "Canada", 1),
    ("London", "", "EC1A 1BB", "United Kingdom", 44),
    ("Leeds", "", "LS1 4AP", "United Kingdom", 44),
)  # fmt: skip
STREETS = (
    "Hauptstr.",
    "Am Markt",
    "Lindenallee",
    "Bahnhofstr.",
    "Main St",
    "Oak Ave",
    "High Street",
)
TITLES = ("Geschäftsführer", "Einkauf", "Leiterin Vertrieb", "CEO", "Buyer", "Plant Manager", "")
DEPARTMENTS = ("Einkauf", "Vertrieb", "Technik", "Sales", "Operations", "")
ID_STATUS = ("Customer", "Prospect", "Suspect", "Vendor", "Personal", "Friend", "")
INDUSTRIES = ("Apparel", "Automotive", "Furniture", "Medical", "Printing", "Packaging")
TERRITORIES = ("North", "South", "East", "West")
PRIORITIES = ("A", "B", "C")
STAGES = ("Lead", "Qualified", "Quoted", "Won", "Lost")
GROUPS = (
    "Messe 2025", "Newsletter", "Kunden Nord", "Kunden Süd", "Key Accounts", "Trade Show",
    "Christmas cards", "Service contracts", "Distributors", "Board",
)  # fmt: skip
DEALS = ("Maschine", "Wartungsvertrag", "Ersatzteile", "Cutter", "Software", "Training")
SUBJECTS = (
    "Angebot besprechen", "Rückruf", "Wartung abstimmen", "Vertrag verlängern",
    "Follow up on quote",
    "Demo", "Site visit", "Quarterly review", "Send samples", "Call about delivery",
)  # fmt: skip
SENTENCES = (
    "Hat um ein Angebot bis Freitag gebeten.",
    "Die Maschine läuft seit dem Umbau ohne Störung.",
    "Möchte im Frühjahr auf zwei Schichten gehen.",
    "Asked for a quote on two units, delivery < 6 weeks & installation included.",
    "Prefers to be called before 10 am.",
    "The budget is approved; the board meets on the 3rd.",
    "Ansprechpartner für Technik ist ab März neu.",
    "Will send the drawings by e-mail.",
    "Rabatt von 5 % zugesagt, gültig bis Monatsende.",
    "Not interested in leasing at the moment.",
)  # fmt: skip
