"""Who talked when, and was silent; what was asked for; of what people are told."""

from sync.models.command import Command
from sync.models.health import AccountHealth
from sync.models.notice import Notice
from sync.models.presence import Presence
from sync.models.session import Session
from sync.models.silence import Silence
from sync.models.tick import Tick
from sync.models.wake_up import PushSubscription, VapidKey, WakeUp

__all__ = [
    "AccountHealth",
    "Command",
    "Notice",
    "Presence",
    "PushSubscription",
    "Session",
    "Silence",
    "Tick",
    "VapidKey",
    "WakeUp",
]
