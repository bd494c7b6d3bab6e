"""The agent: it stands beside the CRM at the office and carries changes to and from the mailbox."""
