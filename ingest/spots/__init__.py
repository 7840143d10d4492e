"""Scanner files against sheet, lot and panel, one by one or in bulk; layouts seen on slides."""
