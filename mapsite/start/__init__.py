"""First files: a repository, and plans that grow from templates."""
