-- wrk's script: -- KIND TOKEN [TAG]. It builds every request beforehand and says at the end, as JSON, what came of them.
local body = '{"name": "Bench Press", "sets": 4, "reps": 8, "weight": 82.5, "workout_day": "A"}'
local prepared, at = {}, 0

function init(arguments)
    local kind, token, tag = arguments[1], arguments[2], arguments[3]
    local headers = { ["Authorization"] = "Bearer " .. token }
    if kind == "one" then
        math.randomseed(os.time())
        for number = 1, 10000 do
            prepared[number] = wrk.format("GET", "/exercises/" .. math.random(1, 10000), headers)
        end
    elseif kind == "add" then
        headers["Content-Type"] = "application/json"
        prepared[1] = wrk.format("POST", "/exercises", headers, body)
    else
        if tag then headers["If-None-Match"] = tag end
        prepared[1] = wrk.format("GET", "/exercises", headers)
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
