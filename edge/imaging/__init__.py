"""The image pipeline, which makes the bytes of a rendition from those of an original. Only this folder uses Pillow."""
