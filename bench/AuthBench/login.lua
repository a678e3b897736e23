-- POST /auth/v1/login of one account after the other, always with the right password.
local at = math.random(1000)
function request()
  at = (at + 1) % 1000
  return wrk.format("POST", "/auth/v1/login", { ["Content-Type"] = "application/json" }, '{"identifier":"user' .. at .. '@example.com","password":"' .. os.getenv("PASSWORD") .. '"}')
end
function done(summary, latency)
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, summary.errors.status + broken, latency:percentile(50), latency:percentile(99)))
end
