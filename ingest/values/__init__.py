"""Files of finished values against sheet and panel."""
