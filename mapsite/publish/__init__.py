"""Where a room can be read: links, targets, publishing and withdrawing."""
