"""What this machine has and lacks for making films: looks, and the command that tells of them."""
