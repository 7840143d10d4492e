"""What is printed where, and what a spelling means: catalog, array lists, layouts."""
