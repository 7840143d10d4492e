"""Synthetic cytokine array studies in real file formats; knows no database."""
