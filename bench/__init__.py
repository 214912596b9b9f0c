"""Side by side with the peers: how fast, how large and how good, as ratios."""
