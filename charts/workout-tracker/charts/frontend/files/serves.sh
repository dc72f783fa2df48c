# The app's page, and through the same door the API and the coach; what operators see is not there.
set -eu
curl --fail --silent --show-error --max-time 10 "$URL/" | grep -q '<div id='
curl --fail --silent --show-error --max-time 10 "$URL/api/health"; echo
curl --fail --silent --show-error --max-time 10 "$URL/ai-coach/health"; echo
test "$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 "$URL/api/metrics")" = 404
