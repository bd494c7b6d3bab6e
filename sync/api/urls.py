"""The contract's paths, below `/api/v1/`."""

from django.urls import path, re_path

from sync.api.acks import AcksView
from sync.api.base import UnknownPath
from sync.api.batches import BatchesView, BatchView
from sync.api.changes import ChangesView
from sync.api.mailbox import MailboxView
from sync.api.peers import CommandDoneView, LimitsView, PairingsView, PeerView, ResyncView
from sync.api.push_subscription import PushKeyView, PushSubscriptionView
from sync.api.schema.views import DocsView, SchemaView
from sync.api.sessions import FinishView, SessionsView
from sync.api.snapshots import CommitView, SnapshotsView, SnapshotView

urlpatterns = [
    path("mailbox", MailboxView.as_view()),
    path("sessions", SessionsView.as_view()),
    path("sessions/<str:session>/finish", FinishView.as_view()),
    path("batches", BatchesView.as_view()),
    path("batches/<str:batch>", BatchView.as_view()),
    path("changes", ChangesView.as_view()),
    path("acks", AcksView.as_view()),
    path("resync", ResyncView.as_view()),
    path("commands/<str:command>/done", CommandDoneView.as_view()),
    path("pairings", PairingsView.as_view()),
    path("peer", PeerView.as_view()),
    path("limits", LimitsView.as_view()),
    path("schema", SchemaView.as_view()),
    path("docs", DocsView.as_view()),
    path("push-subscription", PushSubscriptionView.as_view()),
    path("push-key", PushKeyView.as_view()),
    path("snapshots", SnapshotsView.as_view()),
    path("snapshots/<str:snapshot>", SnapshotView.as_view()),
    path("snapshots/<str:snapshot>/commit", CommitView.as_view()),
    re_path(r"", UnknownPath.as_view()),
]
