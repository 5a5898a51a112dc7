"""Tests of how suggestions come in."""
