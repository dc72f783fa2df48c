"""The dashboards that the Helm chart brings: what they show is said here, and written out as Grafana's JSON."""
