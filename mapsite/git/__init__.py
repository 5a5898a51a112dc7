"""What git knows of plans: their versions, and the way that each has come."""
