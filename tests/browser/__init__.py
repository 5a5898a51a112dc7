"""Rooms in a real browser."""
