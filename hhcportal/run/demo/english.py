"""English words of the demo's records: hotels, inns and wine merchants abroad."""

FIRST_NAMES = (
    "Alice", "Benjamin", "Charlotte", "Daniel", "Eleanor", "Francis", "Grace", "Henry", "Imogen",
    "James", "Katherine", "Liam", "Margaret", "Nathaniel", "Olivia", "Patrick", "Rosemary",
    "Simon", "Theresa", "Victor", "William", "Siobhán", "Zachary",
)  # fmt: skip
LAST_NAMES = (
    "Ashdown", "Bennett", "Carrington", "Dawson", "Ellsworth", "Fairbanks", "Gallagher", "Harding",
    "Ingram", "Kavanagh", "Lockwood", "Merriweather", "Norwood", "O'Sullivan", "Pemberton",
    "Radcliffe", "Sinclair", "Thornton", "Underhill", "Whitaker",
)  # fmt: skip
COMPANIES = (
    "The {name} Hotel", "{name} Wine Merchants Ltd", "{name} & Sons", "{name} Imports plc",
    "The {name} Arms", "{name} Fine Foods", "Bistro {name}", "{name} Cellars Ltd",
)  # fmt: skip
CITIES = (
    ("London", "SW1A 1AA", "+44 20"), ("Edinburgh", "EH1 1YZ", "+44 131"),
    ("Bath", "BA1 1LZ", "+44 1225"), ("York", "YO1 7HH", "+44 1904"),
    ("Cardiff", "CF10 1EP", "+44 29"), ("Brighton", "BN1 1UG", "+44 1273"),
)  # fmt: skip
STREETS = ("High Street", "Market Square", "Station Road", "Mill Lane", "King Street", "Quayside")
JOB_TITLES = (
    "Managing Director", "Purchasing", "Head Sommelier", "Head Chef", "Restaurant Manager",
    "Owner", "Personal Assistant", "Accounts Payable",
)  # fmt: skip
INDUSTRIES = ("Restaurants", "Hotels", "Wine merchant", "Wholesale", "Fine foods")
COUNTRY = "United Kingdom"
SALUTATION = "Dear {name}"
CLOSING = "Kind regards,\nWeingut Steinberg"
ACTIVITIES = (
    ("Meeting", "Tasting of {wine}"), ("Call", "Follow up on the offer for {wine}"),
    ("Meeting", "Annual review"), ("To-do", "Send the {year} price list"),
    ("Call", "Agree the delivery date"), ("To-do", "Pack samples of {wine}"),
)  # fmt: skip
HISTORIES = ("Call completed", "E-mail sent", "Meeting held", "Letter sent")
STAGES = ("First contact", "Samples sent", "Offer", "Negotiation", "Won", "Lost")
SENTENCES = (
    "Rewriting the list for {month} and looking for a dry Riesling to pour by the glass.",
    "Ordered {bottles} bottles of {wine}, to be delivered duty paid by the end of {month}.",
    "Loved the {wine} at the tasting, but thinks it too dear for the lunch menu.",
    "Wants a new price list with breaks from {bottles} bottles upwards.",
    "Complaint: two cases with damaged labels; we promised to replace them.",
    "Terms stay at 30 days; from {bottles} bottles they may take 2% off for early payment.",
    "The cellar can be reached in the mornings only – ring before the lorry arrives.",
    "Knows us from the fair and asked about single-vineyard bottlings.",
    "Would like to visit with eight guests in {month}; six wines and a light lunch will do.",
    "Succession is settled: the daughter takes over purchasing in {month}.",
    "Compares us with a grower who is €{price} a bottle cheaper, but cannot ship before {month}.",
    "Asked for invoices by e-mail only from now on.",
    "Please ring back, ideally between 2 and 4 pm and never on a Monday.",
)
MONTHS = ("January", "March", "April", "June", "September", "October", "November", "December")
