"""What a process needs to stand up: settings, logs, metrics, traces, errors, limits and the HTTP edge."""
