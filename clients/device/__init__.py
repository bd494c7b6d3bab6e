"""The reference device: what a phone does, on the command line."""
