"""Clustering and principal components: pure functions of matrices, nothing else."""
