"""A small receiver: buyers' suggestions wait in it until they are fetched."""
