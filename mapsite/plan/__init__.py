"""What a plan is: from the text of a YAML file to dates, states and problems."""
