"""The local engine: runs the unchanged Pulumi program, provisions its data path and serves its distribution."""
