"""A small, strict PagerDuty: REST API v2, Events API v2 and webhooks v3, for tests and for trying things out.

It is usable alone, with any client that trusts ``server.ca``::

    clock = StandingClock()
    account = PagerDuty(clock)
    seed_aureus(account)
    with running(account) as server:
        server.write_ca(folder / "pagerduty.pem")
        ...                                    # the client works against server.url
        clock.move(timedelta(minutes=30))      # and what nobody acknowledged goes up a level
        account.faults.add(Fault("ratelimit", times=2))

``methods.METHODS`` says how much of each method there is.
"""
