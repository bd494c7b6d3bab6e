"""What is stored. Only this room writes these tables; everyone else calls its functions.

A *place* is a position in one mailbox, given out under that mailbox's row lock, counting
from 1; place 0 is the start. Columns that hold places are bigints.
"""

from mailbox.models.batch import Batch, Content, Outcome
from mailbox.models.box import Mailbox, Reader
from mailbox.models.change import Change, UpChange
from mailbox.models.snapshot import Named, Snapshot

__all__ = [
    "Batch",
    "Change",
    "Content",
    "Mailbox",
    "Named",
    "Outcome",
    "Reader",
    "Snapshot",
    "UpChange",
]
