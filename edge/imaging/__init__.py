"""Bytes in, bytes out: the only code at the edge that imports an imaging library."""
