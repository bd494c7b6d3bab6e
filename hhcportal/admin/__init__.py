"""Support's and the administrators' tool: Django's admin, which reads everything but content.

It may build reading querysets over every room's models and writes nothing but through
`sync.lifecycle`. What is registered is registered here; nothing else has pages.
"""

from hhcportal.admin import account, audit, mailbox, peers, people, sync

__all__ = ["account", "audit", "mailbox", "peers", "people", "sync"]
