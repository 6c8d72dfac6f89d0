"""A small, strict Kubernetes API server with its controllers, for tests and for trying things out."""
