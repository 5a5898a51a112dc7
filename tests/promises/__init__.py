"""The promises of mapsite, each with tests that would fail without it."""
