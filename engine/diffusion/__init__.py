"""Diffusion: schedules, samplers, guidance and the state they work on."""
