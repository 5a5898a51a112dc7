"""Which of the CRM's deals may go on: its export, against the plans."""
