"""Training: the step, the loop over batches, the data."""
