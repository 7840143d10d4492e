"""What a delivered file says: bytes, characters, cells, each with its address."""
