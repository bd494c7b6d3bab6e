"""Which members of an Act! object travel, and what each of them holds.

Only what is named here leaves the office: what a later Act! adds is not sent unseen. Left out are

- what moves without an edit, and would send records again that nobody changed: `edited` and
  `editedBy` (our own writes raise them), the counters of days and contacts, `weightedTotal` and
  the totals per contact, company and group, flags of the hierarchy, `duration`, `alarmDue`,
  `isAlarmCleared`, the scores and addresses' coordinates that other services compute;
- copies of another record's members (`contactNames`, `scheduledWith…`, `contactEmail`,
  `contactPhone`, `contactCompany`, names in links): an edit of that record leaves this one's
  `edited` alone, so copies grow stale on the phones. Links travel as ids; the linked record
  travels itself;
- what belongs to other programs (ids of Outlook, QuickBooks, Nylas, calendars, imports), to the
  agent's own user (`isFavorite`, `accessorId`), or only to a screen (masks of phone numbers);
- `isPrivate` and `acl`: whatever travels is public.

Names and types are those of the act-web-api table.
"""

from __future__ import annotations

from clients.agent.act.records import LINKS, PARENT, PRODUCTS

ADDRESS = ("line1", "line2", "line3", "city", "state", "postalCode", "country")
CUSTOM = "customFields"
ATTACHMENT = "attachment"
RECURRENCE = "recurSpec"
STAGE = "stage"
STATUS = "status"
HISTORY_TYPE = "historyType"

_PERSON = (
    "fullName",
    "company",
    "jobTitle",
    "department",
    "contactType",
    "idStatus",
    "namePrefix",
    "firstName",
    "middleName",
    "lastName",
    "nameSuffix",
    "salutation",
    "companyID",
    "isUser",
    "emailAddress",
    "altEmailAddress",
    "personalEmailAddress",
    *(
        f"{phone}{part}"
        for phone in ("business", "mobile", "home", "alternate", "fax", "pager")
        for part in ("Phone", "Extension", "CountryCode")
    ),
    "website",
    "messengerID",
    "businessAddress",
    "homeAddress",
    "birthday",
    "referredBy",
    "lastResults",
    "lastReach",
    "lastAttempt",
    "lastMeeting",
    "lastEmail",
    "lastLetterSent",
    "aemOptOut",
    "aemBounceBack",
)
_OWNER = ("recordManager", "recordManagerID", "created")
_AUTHOR = ("createUserID", *_OWNER)

OF_KIND: dict[str, tuple[str, ...]] = {
    "contact": ("id", *_PERSON, CUSTOM, *_OWNER),
    "secondary_contact": ("id", PARENT, *_PERSON, CUSTOM, *_OWNER),
    "company": (
        "id",
        "name",
        "division",
        "description",
        "idStatus",
        "industry",
        "region",
        "territory",
        "phone",
        "phoneExtension",
        "tollFreePhone",
        "tollFreeExtension",
        "fax",
        "faxExtension",
        "website",
        "address",
        "billingAddress",
        "shippingAddress",
        "referredBy",
        "revenue",
        "numberOfEmployees",
        "sicCode",
        "tickerSymbol",
        "parentID",
        "rootParentID",
        CUSTOM,
        *_OWNER,
    ),
    "group": ("id", "name", "description", "address", "parentID", CUSTOM, *_OWNER),
    "opportunity": (
        "id",
        "name",
        STATUS,
        "statusName",
        STAGE,
        "probability",
        "openDate",
        "estimatedCloseDate",
        "actualCloseDate",
        "stageStartDate",
        "productTotal",
        "grossMargin",
        "product",
        PRODUCTS,
        "competitor",
        "source",
        "reason",
        "creator",
        *LINKS,
        CUSTOM,
        *_OWNER,
    ),
    "activity": (
        "subject",
        "activityTypeName",
        "activityTypeId",
        "startTime",
        "endTime",
        "isTimeless",
        "isAllDay",
        "location",
        "details",
        "activityPriorityName",
        "activityPriorityId",
        "isCleared",
        "isAlarmed",
        "leadMinutes",
        "seriesID",
        "isRecurring",
        "originalTime",
        RECURRENCE,
        "bannerColor",
        "scheduledFor",
        "scheduledForId",
        "scheduledBy",
        "scheduledById",
        *LINKS,
        ATTACHMENT,
        "created",
    ),
    "note": ("id", "noteText", "noteTypeID", "displayDate", *LINKS, ATTACHMENT, *_AUTHOR),
    "history": (
        "id",
        "regarding",
        "details",
        HISTORY_TYPE,
        "historyTypeID",
        "startTime",
        "endTime",
        *LINKS,
        ATTACHMENT,
        "createUserName",
        *_AUTHOR,
    ),
    "field": ("id", "recordType", "name", "displayName", "dataType", "length", "picklist"),
}

PRODUCT = (
    "id",
    "name",
    "itemNumber",
    "type",
    "quantity",
    "price",
    "discount",
    "discountPrice",
    "total",
    "cost",
    "productID",
    CUSTOM,
)

DAYS = {"birthday", "openDate", "estimatedCloseDate", "actualCloseDate"}
"""Times that mean a day. Seen live as midnight, `2025-04-14T00:00:00+00:00`."""

TIMES = {
    "created",
    "displayDate",
    "startTime",
    "endTime",
    "originalTime",
    "stageStartDate",
    "lastReach",
    "lastAttempt",
    "lastMeeting",
    "lastEmail",
    "lastLetterSent",
}
ADDRESSES = {"businessAddress", "homeAddress", "address", "billingAddress", "shippingAddress"}
RICH = {"note": "noteText", "history": "details", "activity": "details"}
"""The member of a kind that holds rich text."""

ALWAYS = {
    "id",
    PARENT,
    "seriesID",
    "isRecurring",
    "originalTime",
    "startTime",
    "endTime",
    "isTimeless",
    "isAllDay",
    *LINKS,
}
"""What no choice of fields takes away: without it a phone could not place the record."""

# The order of the table's enums.
STATUSES = ("Open", "Won", "Lost", "Inactive")
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def paths(kind: str) -> list[str]:
    """Every field of the kind that travels and can be chosen, by its API name."""
    return [
        path
        for name in OF_KIND[kind]
        if name != CUSTOM
        for path in ([f"{name}.{part}" for part in ADDRESS] if name in ADDRESSES else [name])
    ]
