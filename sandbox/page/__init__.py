"""The page of the sandbox: a small Slack in the browser, with the cluster beside it."""
