"""The image pipeline: the bytes of an original in, the bytes of a rendition out. Only this folder imports Pillow."""
