"""People, sera and scores: typed rows, ids, dates, and what a spreadsheet did to them."""
