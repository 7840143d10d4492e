"""One statistical method per file: matrix in, arrays out, vectorised over targets."""
