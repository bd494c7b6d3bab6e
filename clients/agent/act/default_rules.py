"""The rules file that `connect` writes."""

DEFAULT = """\
# What of this Act! database goes to the phones. Lines that begin with # do nothing: take the sign
# away to make them count. After a change, `mailbox-agent review` counts what would travel.
#
# Whatever is written here, private records and records of limited access never leave.

# The kinds of records that travel. Take out what nobody needs on the road.
# (Without "company", contacts keep no name of a company that they are linked to.)
kinds = [
  "contact", "company", "group", "opportunity", "activity", "note", "history",
  "secondary_contact", "field",
]

# Which contacts: "Contact" are your customers and prospects. "User" are the people of your own
# office; with them travel the appointments that are kept with nobody else.
contact_types = ["Contact"]

[calendar]
back_days = 90                 # activities from so many days ago
ahead_days = 365               # to so many days ahead
# zone = "Europe/Berlin"       # your office's time zone, if it is not that of this computer

[edits]
# Where a phone and the office have changed the same field of a record since the phone last heard of
# it: "office" keeps the office's value and tells the phone, "phone" takes the phone's, and "ask"
# keeps both until somebody says which: see `mailbox-agent conflicts`.
conflicts = "office"

# Fields: either only the ones named, or all without the ones named. Names are the labels that you
# see in Act!, or Act!'s API names.
# [fields.contact]
# without = ["Birth Date", "homeAddress", "Account Mgr"]
# [fields.opportunity]
# only = ["name", "status", "stage", "estimatedCloseDate", "productTotal"]

# The sync set: without one, all contacts travel. A contact travels if one of the blocks fits it,
# and a block fits if every one of its lines does. Notes, histories, activities and opportunities
# follow: they travel if one record that they are linked to does. Companies and groups all travel.
#
# [[sync_set]]
# "ID/Status" = { not = "Personal" }
# "Country" = ["US", "Canada", "Mexico"]      # one of these
#
# [[sync_set]]                                # or:
# "Account Mgr" = "Chris Huffman"
#
# What a line can say, for any field by its label or API name:
#   "City" = "Bern"                           is this
#   "City" = ["Bern", "Basel"]                is one of these
#   "City" = { not = ["Bern", "Basel"] }      is none of these
#   "City" = { contains = "burg" }            and  { starts_with = "St." }
#   "City" = { empty = false }                is filled in
#   "Record Manager" = "Chris Huffman"
#   group = "Trade fair"                      is in this group
#   any = [ { "City" = "Bern" }, { group = "Trade fair" } ]    one of these blocks fits
#   all = [ { any = [ … ] }, { any = [ … ] } ]                 all of these blocks fit
"""
