"""What a buyer sees: from a plan to the files of its room."""
