"""What time, operators and snapshots do to the model."""

from tests.model.oracle import DAY, LIFE, SERVER, Key, Oracle, Record, Snapshot, Swept


def sweep(model: Oracle) -> Swept:
    """Everything whose time has come; who had not acknowledged it is marked."""
    swept = Swept()
    _forget(model, swept)
    if not model.keep_copy:
        _make_stubs(model, swept)
    _expire_edits(model)
    if model.snapshot and model.hours - model.snapshot.opened >= DAY:
        model.snapshot = None
    for batch in model.pushed.values():
        batch.key_kept = batch.key_kept and model.hours - batch.taken < LIFE
    _forget_batches(model)
    return swept


def _is_old(model: Oracle, taken: int) -> bool:
    return model.hours - taken >= model.storage_days * DAY


def _devices(model: Oracle) -> list[str]:
    return [name for name in model.readers if name != SERVER]


def _lose(model: Oracle, names: list[str], place: int) -> None:
    for name in names:
        reader = model.readers[name]
        if place > reader.acked and not reader.mark:
            reader.mark = "cursor-expired"


def _forget(model: Oracle, swept: Swept) -> None:
    for key, record in list(model.down.items()):
        if record.text is None and _is_old(model, record.taken):
            del model.down[key]
            swept.forgotten.append((key, record))
            _lose(model, _devices(model), record.place or 0)
            if record.is_stub:
                _read_anew_later(model)


def _read_anew_later(model: Oracle) -> None:
    """No snapshot can tell of the end of what the mailbox does not know at all."""
    for name in _devices(model):
        reader = model.readers[name]
        reader.later_mark = reader.later_mark or "cursor-expired"


def _make_stubs(model: Oracle, swept: Swept) -> None:
    everybody = min(
        (model.readers[name].acked for name in _devices(model)), default=model.heads["down"]
    )
    for key, record in model.down.items():
        place, age = record.place, model.hours - record.taken
        if record.text is None or place is None:
            continue
        if (age >= DAY and place <= everybody) or _is_old(model, record.taken):
            swept.stubbed.append((key, place))
            _lose(model, _devices(model), place)
            record.text, record.place, record.taken = None, None, model.hours


def _expire_edits(model: Oracle) -> None:
    for outcome in model.outcomes.values():
        if outcome.final is None and _is_old(model, outcome.taken):
            outcome.state, outcome.final = "expired", model.hours
    acked = model.readers[SERVER].acked
    gone = [
        edit
        for edit in model.up
        if (edit.place <= acked and model.hours - edit.taken >= DAY) or _is_old(model, edit.taken)
    ]
    model.up = [edit for edit in model.up if edit not in gone]
    for edit in gone:
        _lose(model, [SERVER], edit.place)


def _forget_batches(model: Oracle) -> None:
    """A month after their end, and that of the last of their outcomes."""
    for batch in list(model.pushed.values()):
        last = [
            batch.final,
            *(model.outcomes[name].final for name in _outcomes_of(model, batch.id)),
        ]
        if any(final is None or model.hours - final < LIFE for final in last):
            continue
        if any(edit.batch == batch.id for edit in model.up):
            continue
        del model.pushed[batch.id]
        for name in _outcomes_of(model, batch.id):
            del model.outcomes[name]


def _outcomes_of(model: Oracle, batch: str) -> list[tuple[str, int]]:
    return [name for name in model.outcomes if name[0] == batch]


def set_copy(model: Oracle, *, keep: bool) -> None:
    """Switched on, the mailbox is not known to be whole."""
    if keep and not model.keep_copy:
        model.filled = False
    model.keep_copy = keep


def new_epoch(model: Oracle) -> None:
    """Every reader is marked, nothing is known to be whole, an open snapshot is given up."""
    model.filled, model.snapshot = False, None
    for name, reader in model.readers.items():
        if name != SERVER:
            reader.later_mark = "epoch-changed"
        reader.mark = reader.mark or "epoch-changed"


def commit(model: Oracle) -> list[Key]:
    """End the open snapshot: what it did not name becomes deletes, which are returned."""
    snapshot = model.snapshot
    assert snapshot is not None
    model.snapshot = None
    model.highest = max(model.highest, snapshot.version)
    _fill(model, snapshot)
    gone = [key for key, record in model.down.items() if _is_missing(snapshot, key, record)]
    for key in sorted(gone):
        model.write(key, "delete", snapshot.version, None, model.hours)
    return gone


def _is_missing(snapshot: Snapshot, key: Key, record: Record) -> bool:
    covered = key[0] in snapshot.kinds and key not in snapshot.names
    return covered and record.op == "put" and record.version < snapshot.version


def _fill(model: Oracle, snapshot: Snapshot) -> None:
    """The mailbox is whole again, unless stubs of other kinds, or of named records, are left.

    Who may hold what the mailbox forgot has to read from the start: cursors given at the start
    end, and who is beyond it is told to resync.
    """
    stubs = {key for key, record in model.down.items() if record.is_stub}
    missing = [key for key in stubs if key[0] not in snapshot.kinds or key in snapshot.names]
    if not model.keep_copy or model.filled or missing:
        return
    model.filled = True
    for reader in model.readers.values():
        if not reader.later_mark:
            continue
        later, reader.later_mark = reader.later_mark, ""
        if not reader.mark and reader.acked:
            reader.mark = later
        elif not reader.mark:
            reader.generation += 1
