"""The image pipeline: from the bytes of an original to the bytes of a rendition. Only this part of edge uses Pillow."""
