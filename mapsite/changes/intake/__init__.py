"""How suggestions come in: one module a channel, each from bytes to outcomes."""
