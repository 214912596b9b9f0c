"""Side by side with the peers: how fast, how large and how good, as ratios."""

import os

# numpy's threads wait for each other by spinning, which on a busy machine takes ten times as long as the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
