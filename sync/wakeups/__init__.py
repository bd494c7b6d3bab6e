"""Wake-ups: a push without content that tells a silent device to ask for its mail."""
