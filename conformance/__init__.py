"""The picture cases. Each picture case has an original made by code, and a check of the pixels of its rendition."""
