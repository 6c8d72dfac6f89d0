"""A small, strict Alertmanager with its notifications, for tests and for trying things out.

It is usable alone, with anything that speaks to the API v2::

    clock = StandingClock()
    manager = Alertmanager(clock, [Webhook("http://127.0.0.1:8080/webhooks/alertmanager", token="secret")])
    with running(manager) as server:
        httpx.post(f"{server.url}/api/v2/alerts", json=[{"labels": {"alertname": "ServiceDown"}}])
        clock.move(timedelta(seconds=30))     # group_wait is over, and the webhook is called

``methods.METHODS`` says how much of each API method there is.
"""
