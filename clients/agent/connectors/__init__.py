"""The places where the office keeps its records."""
