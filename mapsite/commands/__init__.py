"""One module a group of commands; `mapsite.cli` joins them."""
