"""One check per file: a claim in, a finding out."""
