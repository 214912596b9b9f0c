"""Picture cases: originals made by code, and checks of the pixels of their renditions."""
