"""Run the workflows that `mapsite init --ci` writes, on this machine."""
