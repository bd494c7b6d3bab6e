"""Act! by its Web API: speaking to it, judging what travels, keeping track of it."""
