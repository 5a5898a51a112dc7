"""Publishing, tried on real servers."""
