-- POST to the path in ROUTE, each with the token that the answer before brought. A thread has one connection and one token of the file TOKENS.
local counter = 0
function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end
local token
function init(args)
  local at = 0
  for line in io.lines(os.getenv("TOKENS")) do
    if at == number then token = line end
    at = at + 1
  end
end
function request()
  return wrk.format("POST", os.getenv("ROUTE"), { ["Content-Type"] = "application/json" }, '{"refreshToken":"' .. token .. '"}')
end
function response(status, headers, body)
  token = body:match('"refreshToken":"([^"]+)"') or token
end
function done(summary, latency)
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, summary.errors.status + broken, latency:percentile(50), latency:percentile(99)))
end
