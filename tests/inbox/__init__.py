"""A real inbox, and everything that can come to one."""
