"""The people of the demo: `python -m hhcportal.run.demo.editor PORT`, the port of Act!.

Every half minute somebody at the office writes into the records, or the owner of the phone edits
something there, through the device's own command line. The data never outgrow their caps.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial

from hhcportal.run.demo import act_server, phone, table
from hhcportal.run.demo.folders import ACT, connector, source
from hhcportal.run.demo.records import HISTORIES, NOTES, Row, Writer

PAUSE = (20.0, 40.0)
CAPS = {"notes": NOTES + 40, "histories": HISTORIES + 40}
MOST_IN_ACT = 40
_PHONES_SHARE = 0.3
_CUSTOMERS = 60


class Office:
    """What happens at the office's desks and on one phone."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._writer = Writer(chance, date.today())  # noqa: DTZ011 - the office's day

    def add_note(self) -> str:
        contact = self._contact()
        note = {**self._writer.note(contact), "createdOn": self._writer.today()}
        self._add("notes", note)
        return f"office: note about {contact['fullName']}"

    def add_history(self) -> str:
        contact = self._contact()
        history = self._writer.history(contact)
        history["startTime"] = f"{self._writer.today()}T{time.strftime('%H:%M')}"
        self._add("histories", history)
        return f"office: {history['type']} with {contact['fullName']}"

    def edit_contact(self) -> str:
        chosen = self._contact()
        fields = {
            "jobTitle": self._writer.job_title(chosen),
            "lastReach": self._writer.today(),
            "remarks": self._writer.text(chosen, 1, 2),
        }
        self._update("contacts", chosen["id"], fields)
        return f"office: contact {chosen['fullName']} edited"

    def clear_activity(self) -> str:
        activity = self._chance.choice(table.read(source() / "activities.csv"))
        done = "no" if activity["cleared"] == "yes" else "yes"
        self._update("activities", activity["id"], {"cleared": done})
        return f"office: {activity['regarding']} {'cleared' if done == 'yes' else 'reopened'}"

    def move_opportunity(self) -> str:
        opportunity = self._chance.choice(table.read(source() / "opportunities.csv"))
        fields = {
            "stage": self._writer.stage(self._contact_of(opportunity)),
            "probability": str(10 * self._chance.randint(1, 9)),
        }
        self._update("opportunities", opportunity["id"], fields)
        return f"office: {opportunity['name']} is now {fields['stage']}"

    def delete_note(self) -> str:
        def drop(rows: list[Row]) -> None:
            if len(rows) > NOTES // 2:
                rows.pop(self._chance.randrange(len(rows)))

        table.change(source() / "notes.csv", drop)
        return "office: a note deleted"

    def edit_on_the_phone(self) -> str:
        contact = self._contact()
        field = self._chance.choice((f"mobile={self._writer.mobile()}", self._remark(contact)))
        return phone.use("edit", "contact", contact["id"], field)

    def note_on_the_phone(self) -> str:
        contact = self._contact()
        note = self._writer.note(contact)
        fields = (
            f"contact={contact['fullName']}",
            f"contactId={contact['id']}",
            f"createdOn={self._writer.today()}",
            f"text={note['text']}",
        )
        return phone.use("new", "note", *fields)

    def _remark(self, contact: Row) -> str:
        return f"remarks={self._writer.text(contact, 1, 2)}"

    def _contact(self) -> Row:
        """One of the customers that are dealt with these days."""
        return self._chance.choice(table.read(source() / "contacts.csv")[:_CUSTOMERS])

    def _contact_of(self, row: Row) -> Row:
        contacts = table.read(source() / "contacts.csv")
        return next((c for c in contacts if c["id"] == row["contactId"]), contacts[0])

    def _add(self, stem: str, row: Row) -> None:
        def append(rows: list[Row]) -> None:
            rows.append(row)
            del rows[: max(0, len(rows) - CAPS[stem])]

        table.change(source() / f"{stem}.csv", append)

    def _update(self, stem: str, id: str, fields: Row) -> None:
        def update(rows: list[Row]) -> None:
            for row in rows:
                if row["id"] == id:
                    row.update(fields)

        table.change(source() / f"{stem}.csv", update)


def main(port: str) -> None:
    chance = random.Random()  # noqa: S311 - nothing here is a secret
    work = partial(_in_act, port, chance) if connector() == ACT else partial(_in_files, chance)
    while True:
        time.sleep(chance.uniform(*PAUSE))
        try:
            told = work()
        except (OSError, ValueError, LookupError) as error:
            # Whoever tries the demo may have saved a file in another form.
            told = f"office: the records cannot be edited now ({error!r})"
        if told:
            print(f"{time.strftime('%H:%M:%S')} {told}", flush=True)


def _in_act(port: str, chance: random.Random) -> str:
    """One edit at the Act! server or on the phone."""
    if chance.random() < _PHONES_SHARE:
        return phone.Owner(chance).work()
    done = act_server.do(port, "office-day", count=1, seed=chance.getrandbits(32), most=MOST_IN_ACT)
    [edit] = done["edits"]
    return f"office: {edit['what'].replace('_', ' ')} {edit['id'] or ''}"


def _in_files(chance: random.Random) -> str:
    """One edit in a file or on the phone; nothing before there are files."""
    if not source().exists():
        return ""
    office = Office(chance)
    deeds: dict[Callable[[], str], int] = {
        office.add_note: 20,
        office.add_history: 22,
        office.edit_contact: 18,
        office.clear_activity: 12,
        office.move_opportunity: 8,
        office.delete_note: 4,
        office.edit_on_the_phone: 12,
        office.note_on_the_phone: 6,
    }
    [deed] = chance.choices(list(deeds), list(deeds.values()))
    return deed()


if __name__ == "__main__":
    main(sys.argv[1])
