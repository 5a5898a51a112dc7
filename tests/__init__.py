"""The tests of mapsite."""
