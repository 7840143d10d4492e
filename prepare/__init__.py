"""Before a load: look at bare files, start a study folder, check it. Stores nothing."""
