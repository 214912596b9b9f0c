"""Benchmarks that compare this project with other image resizers: speed, rendition size and quality."""

import os

# The threads of numpy's OpenBLAS wait for each other in busy loops. On a busy machine, this takes ten times as long as
# the calculation.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
