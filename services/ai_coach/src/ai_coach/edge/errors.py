"""What can go wrong between the coach and the API."""

from runtime.problems import ServiceUnavailable


class ApiUnreachable(ServiceUnavailable):
    """Contract §4.6."""

    kind = "urn:problem:api-unreachable"
    detail = "Unable to connect to workout API."
