"""The demo account: its sign-in, its records, and the people who work with them."""
