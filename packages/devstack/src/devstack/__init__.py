"""The whole system on one machine without Kubernetes: embedded servers, and a supervisor for the services."""
