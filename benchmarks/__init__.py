"""Paired timings against peers."""
