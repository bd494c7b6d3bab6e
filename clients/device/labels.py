"""What the members of records are called."""

from __future__ import annotations

import re

from clients.device.language import Language

_ENGLISH = {
    "activityPriorityName": "Priority",
    "activityTypeName": "Type",
    "altEmailAddress": "Other e-mail",
    "companyID": "Company record",
    "contactID": "Belongs to",
    "createUserName": "Written by",
    "cut": "Shortened here",
    "displayDate": "Date",
    "displayName": "Label",
    "emailAddress": "E-mail",
    "fullName": "Name",
    "historyType": "Type",
    "idStatus": "ID/Status",
    "isAlarmed": "Reminder",
    "isAllDay": "All day",
    "isCleared": "Done",
    "isTimeless": "Without an hour",
    "isUser": "Act! user",
    "aemBounceBack": "E-mails bounce",
    "aemOptOut": "Wants no e-mails",
    "leadMinutes": "Minutes before",
    "messengerID": "Messenger",
    "noteText": "Text",
    "originalTime": "First planned for",
    "parentID": "Part of",
    "personalEmailAddress": "Private e-mail",
    "productTotal": "Total",
    "recurSpec": "Repeats",
    "sicCode": "SIC code",
    "statusName": "Status",
}
_ACT = {
    "businessPhone": "Phone",
    "fullName": "Contact",
    "jobTitle": "Title",
    "website": "Web Site",
}
"""Act!'s usual labels where they are not the name spelt out."""

_GERMAN = {
    "activityPriorityName": "Priorität",
    "activityTypeName": "Art",
    "actualCloseDate": "Abgeschlossen am",
    "address": "Adresse",
    "aemBounceBack": "E-Mails kommen zurück",
    "aemOptOut": "Möchte keine E-Mails",
    "altEmailAddress": "Weitere E-Mail",
    "alternateCountryCode": "Landesvorwahl (weiteres Telefon)",
    "alternateExtension": "Durchwahl (weiteres Telefon)",
    "alternatePhone": "Weiteres Telefon",
    "attachment": "Anhang",
    "bannerColor": "Farbe",
    "billingAddress": "Rechnungsadresse",
    "birthday": "Geburtstag",
    "businessAddress": "Adresse",
    "businessCountryCode": "Landesvorwahl",
    "businessExtension": "Durchwahl",
    "businessPhone": "Telefon",
    "companies": "Firmen",
    "company": "Firma",
    "companyID": "Firmendatensatz",
    "competitor": "Wettbewerber",
    "contactID": "Gehört zu",
    "contactType": "Kontaktart",
    "contacts": "Kontakte",
    "createUserName": "Geschrieben von",
    "created": "Angelegt",
    "creator": "Angelegt von",
    "cut": "Hier gekürzt",
    "dataType": "Datentyp",
    "department": "Abteilung",
    "description": "Beschreibung",
    "details": "Einzelheiten",
    "displayDate": "Datum",
    "displayName": "Bezeichnung",
    "division": "Bereich",
    "emailAddress": "E-Mail",
    "endTime": "Ende",
    "estimatedCloseDate": "Voraussichtlicher Abschluss",
    "fax": "Fax",
    "faxCountryCode": "Landesvorwahl (Fax)",
    "faxExtension": "Durchwahl (Fax)",
    "faxPhone": "Fax",
    "firstName": "Vorname",
    "fullName": "Name",
    "grossMargin": "Rohertrag",
    "groups": "Gruppen",
    "historyType": "Art",
    "homeAddress": "Privatadresse",
    "homeCountryCode": "Landesvorwahl (privat)",
    "homeExtension": "Durchwahl (privat)",
    "homePhone": "Telefon privat",
    "idStatus": "ID/Status",
    "industry": "Branche",
    "isAlarmed": "Erinnerung",
    "isAllDay": "Ganztägig",
    "isCleared": "Erledigt",
    "isTimeless": "Ohne Uhrzeit",
    "isUser": "Act!-Benutzer",
    "jobTitle": "Position",
    "lastAttempt": "Letzter Versuch",
    "lastEmail": "Letzte E-Mail",
    "lastLetterSent": "Letzter Brief",
    "lastMeeting": "Letzte Besprechung",
    "lastName": "Nachname",
    "lastReach": "Zuletzt erreicht",
    "lastResults": "Letzte Ergebnisse",
    "leadMinutes": "Minuten vorher",
    "length": "Länge",
    "location": "Ort",
    "messengerID": "Messenger",
    "middleName": "Weiterer Vorname",
    "mobileCountryCode": "Landesvorwahl (mobil)",
    "mobileExtension": "Durchwahl (mobil)",
    "mobilePhone": "Mobiltelefon",
    "name": "Name",
    "namePrefix": "Anrede",
    "nameSuffix": "Namenszusatz",
    "noteText": "Text",
    "numberOfEmployees": "Mitarbeiter",
    "openDate": "Eröffnet",
    "opportunities": "Verkaufschancen",
    "originalTime": "Zuerst geplant für",
    "pagerCountryCode": "Landesvorwahl (Pager)",
    "pagerExtension": "Durchwahl (Pager)",
    "pagerPhone": "Pager",
    "parentID": "Teil von",
    "personalEmailAddress": "Private E-Mail",
    "phone": "Telefon",
    "phoneExtension": "Durchwahl",
    "picklist": "Auswahlliste",
    "probability": "Wahrscheinlichkeit",
    "product": "Produkt",
    "productTotal": "Summe",
    "products": "Positionen",
    "reason": "Grund",
    "recordManager": "Zuständig",
    "recordType": "Datensatzart",
    "recurSpec": "Wiederholung",
    "referredBy": "Empfohlen von",
    "regarding": "Betreff",
    "region": "Region",
    "revenue": "Umsatz",
    "salutation": "Briefanrede",
    "scheduledBy": "Geplant von",
    "scheduledFor": "Geplant für",
    "shippingAddress": "Lieferadresse",
    "sicCode": "SIC-Code",
    "source": "Herkunft",
    "stage": "Phase",
    "stageStartDate": "In dieser Phase seit",
    "startTime": "Beginn",
    "status": "Status",
    "statusName": "Status",
    "subject": "Betreff",
    "territory": "Gebiet",
    "tickerSymbol": "Börsenkürzel",
    "tollFreeExtension": "Durchwahl (kostenfrei)",
    "tollFreePhone": "Kostenfreies Telefon",
    "website": "Webseite",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def label(name: str, language: Language) -> str:
    """What a member is called, by its usual meaning in Act!; an unknown name is spelt out."""
    if language.code == "de" and name in _GERMAN:
        return _GERMAN[name]
    return _ENGLISH.get(name) or _spelt(name)


def is_usual(name: str, shown: str) -> bool:
    """Whether the office has left a field the label that Act! gives it in English."""
    usual = (_ACT.get(name), _ENGLISH.get(name), _spelt(name))
    return shown.casefold() in {label.casefold() for label in usual if label}


def _spelt(name: str) -> str:
    """`businessPhone` → `Business phone`; what is no such name stays as it is."""
    if not name.isalnum() or not name.isascii():
        return name
    words = _WORD.findall(name)
    spelt = " ".join(word if word.isupper() else word.lower() for word in words)
    return spelt[:1].upper() + spelt[1:]
