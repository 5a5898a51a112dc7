"""What the CRM says: an export of its deals, row by row."""
