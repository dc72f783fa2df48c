"""Names and shapes of what the worker keeps in Redis, for whoever reads it. Pure: whoever reads brings the client."""
