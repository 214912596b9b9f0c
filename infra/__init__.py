"""The AWS resources of the stack: one component per file, combined by `ImageResizer`."""
