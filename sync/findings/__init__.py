"""What is wrong with an account, why, and what helps: pure functions of facts and the time."""
