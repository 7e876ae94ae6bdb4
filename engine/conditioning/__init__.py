"""Conditioning: what a request turns into before the network sees it."""
