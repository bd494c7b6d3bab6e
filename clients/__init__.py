"""Programs that speak the wire contract: the agent at the office and the reference device."""

__version__ = "0.1.0"
