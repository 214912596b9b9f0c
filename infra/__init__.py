"""What exists in AWS: one component per file, put together by __main__.py."""
