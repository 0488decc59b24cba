"""Where parts of a job run and where their results are kept."""
