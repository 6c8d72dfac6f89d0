"""The loops that bring the world nearer to what its objects ask for: deployments, replica sets, pods, autoscalers."""
