"""The sandbox's Kubernetes server, over real sockets and with the official client."""
