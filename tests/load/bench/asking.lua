-- wrk's script: -- FILE. Each line of it is a request, METHOD PATH TOKEN TAG BODY with tabs between them, and they are
-- asked in turn. What came of them it says at the end, as JSON.
local prepared, at = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, token, tag, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
        local headers = {}
        if token ~= "" then headers["Authorization"] = "Bearer " .. token end
        if tag ~= "" then headers["If-None-Match"] = tag end
        if body ~= "" then headers["Content-Type"] = "application/json" else body = nil end
        prepared[#prepared + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    at = at % #prepared + 1
    return prepared[at]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "bytes": %d, "p50": %.3f, "p99": %.3f}\n',
        summary.requests, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, summary.bytes,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
