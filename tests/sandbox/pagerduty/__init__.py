"""The sandbox's PagerDuty, over real TLS sockets, with httpx and with PagerDuty's own client."""
