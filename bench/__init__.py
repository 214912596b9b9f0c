"""Benchmarks beside other image resizers: speed, rendition size and quality, as ratios to sharp."""

import os

# The threads of numpy's OpenBLAS wait for each other by spinning, which takes ten times as long as the work on a busy
# machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
