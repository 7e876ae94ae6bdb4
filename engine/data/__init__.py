"""Data: clips, precomputed latents and batches for training."""
