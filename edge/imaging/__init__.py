"""The image pipeline: from the bytes of an original to the bytes of a rendition. No other code of edge imports Pillow."""
