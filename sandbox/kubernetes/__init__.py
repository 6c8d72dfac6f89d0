"""A small, strict Kubernetes API server with its controllers, for tests and for trying things out.

It is usable alone, with any client::

    clock = StandingClock()
    cluster = Cluster(clock)
    seed_aureus(cluster)
    with running(cluster) as server:
        path = server.write_kubeconfig(folder / "kubeconfig", "aureus-bot")
        ...                                   # the client works against server.url
        clock.move(timedelta(seconds=5))      # and pods become ready
        cluster.break_service("image", "aureus", "aureus-bridge")

``methods.METHODS`` says how much of each API method there is.
"""
