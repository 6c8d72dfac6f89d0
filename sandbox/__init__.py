"""The whole world in a box: small, strict servers of the outside systems, for tests and for `make try`."""
