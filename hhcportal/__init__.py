"""What people see, and the wiring."""
