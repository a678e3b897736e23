-- GET /work with the tokens of the file TOKENS, one after the other; with none where it names no file.
local requests, at = {}, 0
function init(args)
  if os.getenv("TOKENS") == "" then
    requests[1] = wrk.format("GET", "/work")
    return
  end
  for token in io.lines(os.getenv("TOKENS")) do
    requests[#requests + 1] = wrk.format("GET", "/work", { Authorization = "Bearer " .. token })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, summary.errors.status + broken, latency:percentile(50), latency:percentile(99)))
end
