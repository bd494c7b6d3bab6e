"""The table of operations: every method on every path that the API answers."""

from sync.api.acks import Ack, AcksView
from sync.api.batches import BatchesView, BatchView
from sync.api.changes import DEFAULT_LIMIT, ChangesView
from sync.api.limits import PAGE_CHANGES, WAIT_SECONDS
from sync.api.mailbox import MailboxView
from sync.api.peers import (
    CommandDone,
    CommandDoneView,
    LimitsView,
    Pairing,
    PairingsView,
    PeerView,
    ResyncView,
)
from sync.api.schema import answers, examples
from sync.api.schema.batches import DeviceBatch, ServerBatch
from sync.api.schema.operation import Answer, Content, Operation, header, in_path, query
from sync.api.schema.views import DocsView, SchemaView
from sync.api.schema.wake_ups import WAKE_UPS
from sync.api.sessions import FinishView, SessionFinish, SessionStart, SessionsView
from sync.api.snapshots import (
    Commit,
    CommitView,
    Opening,
    SnapshotsView,
    SnapshotView,
)

_SYNC_SESSION = header(
    "Sync-Session",
    "The session on which this is booked. Without it, or with one that is unknown or finished, "
    "it is booked on an implicit session; nothing is refused for it.",
    type="string",
)

OPERATIONS = (
    Operation(
        method="post", path="/pairings", view=PairingsView, name="pair", tag="Pairing",
        summary="Turn a pairing code into a token",
        description=(
            "The code is made in the portal, names the role, lives ten minutes and works once. "
            "Where the answer was lost, the same code with the same `install_id` answers again "
            "with a fresh token, as long as the first was never used. Twenty wrong tries in ten "
            "minutes close the door to an address."
        ),
        body=Content(shapes=(Pairing,), example=examples.PAIRING),
        answer=Answer(
            status=201, description="Paired. The token is shown this once.",
            content=Content(shapes=(answers.Paired,), example=examples.PAIRED),
        ),
        codes=("pairing-code-unknown", "account-inactive", "slow-down"),
    ),
    Operation(
        method="delete", path="/peer", view=PeerView, name="unpair", tag="Pairing",
        summary="Unpair this program",
        description="The token is dead with the next request.",
        answer=Answer(status=204, description="Unpaired."),
    ),
    Operation(
        method="get", path="/limits", view=LimitsView, name="limits", tag="Pairing",
        summary="What a request may hold",
        description="The same as in the answer to a pairing. Needs no token.",
        answer=Answer(
            status=200, description="The limits.",
            content=Content(shapes=(answers.Limits,), example=examples.LIMITS),
        ),
    ),
    Operation(
        method="get", path="/mailbox", view=MailboxView, name="poll", tag="Syncing",
        summary="Is there mail for me?",
        description=(
            "The most frequent request of all: cheap, and a sign of life. Ask again after "
            "`poll_after` seconds, or wait for news. A device that is to be erased sees "
            "`account`, `commands` and `time` alone."
        ),
        parameters=(
            query(
                "wait",
                "Seconds to wait for news: a change, a command, a change of the account, a final "
                "outcome. Answered at once where something waits, where a command was never "
                "fetched, and by a mailbox that is set up without waiting.",
                type="integer", minimum=0, maximum=WAIT_SECONDS,
            ),
        ),
        answer=Answer(
            status=200, description="What lies there for the caller.",
            content=Content(
                shapes=(answers.DeviceMailbox, answers.ServerMailbox, answers.ErasedMailbox),
                example=examples.MAILBOX,
            ),
        ),
    ),
    Operation(
        method="post", path="/sessions", view=SessionsView, name="start_session", tag="Syncing",
        summary="A sync begins",
        description=(
            "A peer has one open session: a new one, or 15 minutes without a request, closes it "
            "as `interrupted`. The answer is the one of `GET /mailbox` with the session's id."
        ),
        body=Content(shapes=(SessionStart,), example=examples.START),
        answer=Answer(
            status=201, description="The session is open.",
            content=Content(
                shapes=(answers.DeviceSession, answers.ServerSession), example=examples.STARTED
            ),
        ),
    ),
    Operation(
        method="post", path="/sessions/{session}/finish", view=FinishView, name="finish_session",
        tag="Syncing", summary="A sync ends",
        description="Safe to repeat: the first result stays, and a late finish is told it.",
        parameters=(in_path("session", "The session's id, as its start answered it."),),
        body=Content(shapes=(SessionFinish,), example=examples.FINISH),
        answer=Answer(
            status=200, description="How the session ended.",
            content=Content(shapes=(answers.SessionResult,), example=examples.FINISHED),
        ),
        codes=("not-found",),
    ),
    Operation(
        method="post", path="/batches", view=BatchesView, name="push", tag="Syncing",
        summary="Push changes",
        description=(
            "202 means committed and flushed. A change that is wrong is refused alone, by its "
            "index; the others land, in the order as sent. Repeat with the same "
            "`Idempotency-Key` and the same body until an answer arrives: it is the stored one, "
            "with `Idempotent-Replayed: true`. Keys are kept for 30 days; a refused request does "
            "not use its key."
        ),
        parameters=(
            header(
                "Idempotency-Key", "The sender's name for this batch, the same in every try.",
                required=True, type="string", pattern="^[!-~]{1,128}$",
            ),
            _SYNC_SESSION,
        ),
        body=Content(shapes=(ServerBatch, DeviceBatch), example=examples.SENT),
        answer=Answer(
            status=202, description="Stored; what was accepted will be applied.",
            content=Content(shapes=(answers.BatchReceived,), example=examples.RECEIVED),
            headers={"Idempotent-Replayed": "`true` where the answer is the stored one."},
        ),
        codes=(
            "idempotency-key-missing", "not-found", "in-progress", "idempotency-key-reused",
            "snapshot-closed", "mailbox-full",
        ),
    ),
    Operation(
        method="get", path="/batches/{batch}", view=BatchView, name="batch", tag="Syncing",
        summary="What became of a batch",
        description=(
            "For its sender alone. A device finds the outcome of each of its changes here: "
            "`waiting`, `collected` by the server, then `applied`, `conflict`, `rejected` or "
            "`expired`."
        ),
        parameters=(in_path("batch", "The batch's id, as the push answered it."),),
        answer=Answer(
            status=200, description="How the batch stands.",
            content=Content(shapes=(answers.BatchState,), example=examples.BATCH_STATE),
        ),
        codes=("not-found",),
    ),
    Operation(
        method="get", path="/changes", view=ChangesView, name="collect", tag="Syncing",
        summary="Collect a page of changes",
        description=(
            "Reading removes nothing and moves nothing. A page holds `limit` changes unless it "
            "is the last one or was cut at 4 MiB."
        ),
        parameters=(
            query(
                "after", "The cursor of the page before; without it, the acknowledged place.",
                type="string",
            ),
            query(
                "limit", "How many changes at most.",
                type="integer", minimum=1, maximum=PAGE_CHANGES, default=DEFAULT_LIMIT,
            ),
            _SYNC_SESSION,
        ),
        answer=Answer(
            status=200, description="What lies behind the place.",
            content=Content(shapes=(answers.DownPage, answers.UpPage), example=examples.PAGE),
        ),
        codes=("cursor-invalid", "cursor-expired", "cursor-ahead", "epoch-changed"),
    ),
    Operation(
        method="post", path="/acks", view=AcksView, name="acknowledge", tag="Syncing",
        summary="Acknowledge what was stored",
        description=(
            "First store a page and its cursor in one local transaction, then acknowledge. An "
            "older cursor moves nothing. A server says with `outcomes` what became of edits."
        ),
        parameters=(_SYNC_SESSION,),
        body=Content(shapes=(Ack,), example=examples.ACK),
        answer=Answer(
            status=200, description="What waits now.",
            content=Content(shapes=(answers.Acknowledged,), example=examples.ACKNOWLEDGED),
        ),
        codes=("cursor-invalid", "cursor-expired", "cursor-ahead", "epoch-changed"),
    ),
    Operation(
        method="post", path="/resync", view=ResyncView, name="resync", tag="Syncing",
        summary="Go back to the start",
        description="Clears the mark of a reader that lost something; ends its earlier cursors.",
        body=Content(shapes=(dict,), example={}, required=False),
        answer=Answer(
            status=202, description="The reader is at the start.",
            content=Content(shapes=(answers.Resynced,), example=examples.RESYNCED),
        ),
    ),
    Operation(
        method="post", path="/snapshots", view=SnapshotsView, name="open_snapshot",
        tag="Snapshots", summary="Begin to send all of some kinds",
        description=(
            "Its parts are batches that name it as `snapshot`, applied as they come. `version` "
            "lies above every version given so far. One is open at a time; what is not "
            "committed within 24 hours is dropped, and nothing is undone."
        ),
        body=Content(shapes=(Opening,), example=examples.OPENING),
        answer=Answer(
            status=201, description="The snapshot is open.",
            content=Content(shapes=(answers.SnapshotOpened,), example=examples.OPENED),
        ),
        codes=("snapshot-open",),
    ),
    Operation(
        method="get", path="/snapshots/{snapshot}", view=SnapshotView, name="snapshot",
        tag="Snapshots", summary="How far a snapshot has come",
        description="For the account's server, whichever one opened it.",
        parameters=(in_path("snapshot", "The snapshot's id, as its opening answered it."),),
        answer=Answer(
            status=200, description="How the snapshot stands.",
            content=Content(shapes=(answers.SnapshotState,), example=examples.SNAPSHOT_STATE),
        ),
        codes=("not-found",),
    ),
    Operation(
        method="post", path="/snapshots/{snapshot}/commit", view=CommitView,
        name="commit_snapshot", tag="Snapshots", summary="All of it is sent",
        description=(
            "Records of its kinds that no part named, and whose version lies below the "
            "snapshot's, become deletes of that version. `changes` is how many changes of its "
            "parts were accepted, so that nothing is deleted because a part got lost. Safe to "
            "repeat."
        ),
        parameters=(in_path("snapshot", "The snapshot's id, as its opening answered it."),),
        body=Content(shapes=(Commit,), example=examples.COMMIT),
        answer=Answer(
            status=202, description="Committed; the deletes are being made.",
            content=Content(shapes=(answers.SnapshotCommitted,), example=examples.COMMITTED),
        ),
        codes=("not-found", "snapshot-incomplete", "snapshot-closed"),
    ),
    Operation(
        method="post", path="/commands/{command}/done", view=CommandDoneView, name="command_done",
        tag="Syncing", summary="A command is done, or failed",
        description="Safe to repeat. A failed `erase` stays; a done one ends the token.",
        parameters=(in_path("command", "The command's id, as a mailbox answer named it."),),
        body=Content(shapes=(CommandDone,), example=examples.DONE, required=False),
        answer=Answer(status=204, description="Noted."),
        codes=("not-found",),
    ),
    *WAKE_UPS,
    Operation(
        method="get", path="/schema", view=SchemaView, name="schema", tag="About",
        summary="This description, for programs", description="OpenAPI 3.1. Needs no token.",
        answer=Answer(
            status=200, description="The document.", content=Content(shapes=(dict,)),
        ),
    ),
    Operation(
        method="get", path="/docs", view=DocsView, name="docs", tag="About",
        summary="This description, for people", description="One page. Needs no token.",
        answer=Answer(
            status=200, description="The page.",
            content=Content(shapes=(str,), media_type="text/html"),
        ),
    ),
)  # fmt: skip
