"""What can go wrong with jobs."""

from runtime.problems import Problem, ServiceUnavailable


class JobNotFound(Problem):
    """Nobody asked for it, or it was too long ago."""

    status = 404
    kind = "urn:problem:job-not-found"
    detail = "Job not found"


class TaskIsRunning(Problem):
    """One run of a task at a time."""

    status = 409
    kind = "urn:problem:task-is-running"
    detail = "The task is running, or waits to be: see GET /admin/jobs"


class QueueUnavailable(ServiceUnavailable):
    """Redis holds the queue."""

    kind = "urn:problem:queue-unavailable"
    detail = "The queue of jobs cannot be reached"
