"""The image pipeline: from the bytes of an original to the bytes of a rendition, with libvips and Pillow."""
