"""What runs at the edge: a canonical query and an original in, a rendition out."""
