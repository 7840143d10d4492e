"""Every problem of a study folder with its cell, and what a load would do."""
