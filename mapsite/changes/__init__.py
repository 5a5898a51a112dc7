"""How a plan changes: what buyers suggest, how it is judged and where it is written."""
