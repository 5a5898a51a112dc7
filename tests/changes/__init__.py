"""Suggestions: read, judged, kept, proposed and decided, with real git."""
