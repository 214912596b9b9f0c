"""A fuzzer: renders originals with random changes, and reports crashes, hangs and unexpected errors."""
