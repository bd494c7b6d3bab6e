"""The planted faults: what is replaced by what, and who notices."""

from typing import NamedTuple

_ACT = "tests/clients/act"
_GONE = f"{_ACT}/test_gone.py"
_INTERRUPTED = f"{_ACT}/test_interrupted.py"
_REACHING = f"{_ACT}/test_reaching.py"
_ACTIVITIES = f"{_ACT}/test_activities.py"
_WRITING = f"{_ACT}/test_writing.py"
_CONFLICTS = f"{_ACT}/test_conflicts.py"


class Fault(NamedTuple):
    """`old` occurs exactly once in the file at `path`; `test` fails where it is `new`."""

    name: str
    path: str
    old: str
    new: str
    test: str


FAULTS = (
    Fault(
        name="cursor at the head on a truncated page",
        path="mailbox/read.py",
        old="Place(head, False) if complete else Place(shown[-1][_FACTS - 2], full)",
        new="Place(head, False) if complete else Place(head, full)",
        test="tests/api/test_changes.py::test_pages_are_exact_and_reading_moves_nothing",
    ),
    Fault(
        name="trimming at the furthest reader",
        path="mailbox/expire.py",
        old="SELECT min(r.acked) FROM mailbox_reader r",
        new="SELECT max(r.acked) FROM mailbox_reader r",
        test="tests/mailbox/test_copy.py::test_a_letter_stays_until_every_device_has_it",
    ),
    Fault(
        name="no “already applied” guard",
        path="mailbox/apply.py",
        old='            if cursor.fetchone()[0] != "received":\n                return None\n',
        new="",
        test="tests/races/test_applying.py::test_a_batch_that_another_applied_meanwhile_is_left_alone",
    ),
    Fault(
        name="counter not lowered on replacement",
        path="mailbox/counts.py",
        old="        kinds.subtract(counted)\n",
        new="",
        test="tests/api/test_changes.py::test_a_newer_version_replaces_and_moves_to_the_end",
    ),
    Fault(
        name="an acknowledgement that moves another's reader",
        path="mailbox/acknowledge.py",
        old="WHERE id = %(reader)s AND generation",
        new="WHERE mailbox_id = %(mailbox)s AND %(reader)s > 0 AND generation",
        test="tests/races/test_collecting.py::test_an_acknowledgement_moves_no_reader_but_its_own",
    ),
    Fault(
        name="a page without the mailbox filter",
        path="mailbox/read.py",
        old="WHERE t.mailbox_id = r.mailbox_id AND t.place > r.start",
        new="WHERE t.place > r.start",
        test="tests/mailbox/test_isolation.py::test_pages_and_counts_are_its_own",
    ),
    Fault(
        name="places from a sequence instead of the locked counter",
        path="mailbox/letters.py",
        old="%(head)s + row_number() OVER (ORDER BY n.index) AS place",
        new="nextval('mailbox_batch_id_seq') AS place",
        test="tests/races/test_collecting.py::test_a_late_committer_leaves_no_gap",
    ),
    Fault(
        name="a count taken in the statement that waited for the lock",
        path="mailbox/resync.py",
        old="""\
        mailbox = locks.lock(mailbox_id)
        waiting, by_kind = counts.recount(mailbox_id, _TABLES[mailbox.direction])
""",
        new="""\
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH own AS (SELECT set_config('app.mailboxes', %s, true)), locked AS ("
                " SELECT m.id FROM mailbox_mailbox m, own WHERE m.id = %s FOR NO KEY UPDATE OF m)"
                " SELECT c.kind, count(*) FROM locked JOIN LATERAL"
                " (SELECT kind FROM mailbox_change WHERE mailbox_id = locked.id OFFSET 0) c"
                " ON true GROUP BY c.kind",
                [f"{{{mailbox_id}}}", mailbox_id],
            )
            by_kind = dict(cursor.fetchall())
        waiting = sum(by_kind.values())
        mailbox = locks.lock(mailbox_id)
""",
        test="tests/races/test_returning.py"
        "::test_a_resync_that_waited_counts_what_was_applied_meanwhile",
    ),
    Fault(
        name="`complete` before the last row",
        path="mailbox/read.py",
        old="complete = not shown or len(shown) == fetched",
        new="complete = not shown or len(shown) >= fetched - 1",
        test="tests/api/test_changes.py::test_pages_are_exact_and_reading_moves_nothing",
    ),
    Fault(
        name="a delete that is trimmed before a reader saw it",
        path="mailbox/expire.py",
        old="m.storage_days * interval '1 day'",
        new="m.storage_days * interval '1 hour'",
        test="tests/mailbox/test_expiry.py::test_a_delete_stays_for_the_storage_time",
    ),
    Fault(
        name="the stored idempotent answer taken without comparing the body",
        path="mailbox/accept.py",
        old="    if bytes(row[1]) != body_sha256:\n        raise KeyReused\n",
        new="",
        test="tests/api/test_batches.py::test_the_same_key_with_another_body_is_wrong",
    ),
    Fault(
        name="the applier that does not look again after releasing",
        path="mailbox/apply.py",
        old="        if not done.more or not _goes_on(done, until):\n",
        new="        done.more = False\n        if not done.more or not _goes_on(done, until):\n",
        test="tests/races/test_applying.py::test_who_lets_go_looks_once_more",
    ),
    Fault(
        name="Act!: what was edited in the cursor's moment left out",
        path="clients/agent/act/reading.py",
        old='f"edited ge {_earlier(cursor)}"',
        new='f"edited gt {cursor}"',
        test=f"{_INTERRUPTED}::test_a_kill_undoes_no_page_that_was_read",
    ),
    Fault(
        name="Act!: a short page taken for the end",
        path="clients/agent/act/pages.py",
        old="        before = met\n",
        new="        before = met\n        if len(page) < size:\n            return\n",
        test=f"{_ACT}/test_reading.py::test_pages_end_with_the_empty_one",
    ),
    Fault(
        name="Act!: the cursor past a failed record",
        path="clients/agent/act/taking.py",
        old="                if moves_cursor and kind not in self.frozen:\n",
        new="                if moves_cursor:\n",
        test=f"{_INTERRUPTED}::"
        "test_a_record_that_fails_three_times_is_set_aside_and_the_cursor_goes_on",
    ),
    Fault(
        name="Act!: deleted on one miss without an answer by id",
        path="clients/agent/act/reading.py",
        old="_MISSES = 2",
        new="_MISSES = 1",
        test=f"{_GONE}::test_one_miss_deletes_nothing_while_act_does_not_answer_by_id",
    ),
    Fault(
        name="Act!: what is private left to the server",
        path="clients/agent/act/sync_set.py",
        old='    if standing != "public":\n',
        new='    if standing == "unknown":\n',
        test=f"{_REACHING}::test_a_first_sync_a_days_work_and_secrets_end_in_the_sync_set",
    ),
    Fault(
        name="Act!: links to what stays left in what goes",
        path="clients/agent/act/judging.py",
        old="lambda kind, id: not self.is_in(kind, id)",
        new="lambda kind, id: False",
        test=f"{_REACHING}::test_what_turns_private_takes_what_names_it_along_and_brings_it_back",
    ),
    Fault(
        name="Act!: a task's id, which changes with its day, taken for the record's",
        path="clients/agent/act/judging.py",
        old="return Key(kind, calendar.record_id(row, self.rules.zone))",
        new="return Key(kind, plain_id(kind, row))",
        test=f"{_REACHING}::test_a_moved_appointment_is_a_change_and_no_delete",
    ),
    Fault(
        name="Act!: no guard against a mass delete",
        path="clients/agent/act/reading.py",
        old="    return leaving > 0 and (leaving == known or",
        new="    return not known and (leaving == known or",
        test=f"{_GONE}::test_too_much_that_is_missing_is_held_until_somebody_means_it",
    ),
    Fault(
        name="Act!: a create repeated without looking",
        path="clients/agent/act/creating.py",
        old="place = self._look() if self._known else None",
        new="place = None",
        test=f"{_ACT}/test_once.py::"
        "test_a_create_whose_agent_is_killed_before_its_outcome_is_made_once",
    ),
    Fault(
        name="Act!: the answer to a write not compared with what was asked",
        path="clients/agent/act/changing.py",
        old="arrived, missing = merging.taken(merged.changes, present.letter)",
        new="arrived, missing = list(merged.changes), []",
        test=f"{_WRITING}::test_what_act_did_not_take_is_told",
    ),
    Fault(
        name="Act!: a part of an address sent without the rest",
        path="clients/agent/act/patches.py",
        old="whole = found.get(name, row.get(name))",
        new="whole = found.get(name)",
        test=f"{_WRITING}::test_a_part_of_an_address_leaves_its_other_parts",
    ),
    Fault(
        name="Act!: the base ignored in a merge",
        path="clients/agent/act/merging.py",
        old="was = None if base is None else fields(base)",
        new="was = fields(present)",
        test=f"{_WRITING}::test_what_the_office_changed_in_other_fields_stands_beside",
    ),
    Fault(
        name="Act!: an activity cleared once more without looking",
        path="clients/agent/act/clearing.py",
        old="if asked is not None and present.row.get(CLEARED) is not True:",
        new="if asked is not None:",
        test=f"{_ACTIVITIES}::test_a_run_that_ended_amid_a_write_goes_on_where_it_was",
    ),
    Fault(
        name="Act!: an activity looked for only where it was",
        path="clients/agent/act/tasks.py",
        old="    for row in nearby(work, letter):\n        if is_of",
        new="    for row in ():\n        if is_of",
        test=f"{_ACTIVITIES}::test_one_that_the_office_has_moved_is_found_where_it_is_now",
    ),
    Fault(
        name="an outcome told before the write",
        path="clients/agent/collect.py",
        old="        outcomes = [take(",
        new="""\
        told = [
            {"batch": c.batch, "index": c.index, "state": "applied", "id": c.id, "version": 1}
            for c in page.changes
        ]
        reader.acknowledge(page.cursor, told)
        outcomes = [take(""",
        test=f"{_CONFLICTS}::test_no_outcome_is_told_before_the_write",
    ),
    Fault(
        name="Act!: a conflict settled by the last upload",
        path="clients/agent/act/changing.py",
        old='if merged.clashes and work.policy != "phone":',
        new="if merged.clashes and not base:",
        test=f"{_CONFLICTS}::test_nothing_of_an_edit_is_written_where_the_office_stands",
    ),
)
