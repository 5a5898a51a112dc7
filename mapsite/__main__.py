"""Run the commands with ``python -m mapsite``."""

from mapsite.cli import main

main()
