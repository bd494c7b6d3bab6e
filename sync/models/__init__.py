"""Who talked when: sessions, presence, commands, ticks."""

from sync.models.command import Command
from sync.models.presence import Presence
from sync.models.session import Session
from sync.models.tick import Tick

__all__ = ["Command", "Presence", "Session", "Tick"]
