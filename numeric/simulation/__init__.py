"""Replicas of one system put together into measured quantities with standard errors."""
