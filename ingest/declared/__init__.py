"""What a study says of itself in study.toml, before its data."""
