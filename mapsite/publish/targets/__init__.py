"""The kinds of places that rooms can be published to, one module each."""
