"""What can go wrong with a question."""

from runtime.problems import Problem


class NothingToAnalyze(Problem):
    """Contract §4.5."""

    status = 400
    kind = "urn:problem:nothing-to-analyze"
    detail = "There are no exercises to analyze: add some to your routine first."
