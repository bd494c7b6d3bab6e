"""Who talked when: sessions, presence, commands, silences, ticks; and how accounts stood."""

from sync.models.command import Command
from sync.models.health import AccountHealth
from sync.models.presence import Presence
from sync.models.session import Session
from sync.models.silence import Silence
from sync.models.tick import Tick

__all__ = ["AccountHealth", "Command", "Presence", "Session", "Silence", "Tick"]
