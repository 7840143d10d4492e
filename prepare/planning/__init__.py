"""A plan before the data: a proposal, and what a plan can show."""
