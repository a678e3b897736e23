# Sourced by bench/backfill, bench/online and bench/drill: a PostgreSQL of its own with fsync, and what clients of pgbench feel beside a command.
# Each transaction is timed from when it was due, so that what waits behind a stall counts as late too.
top=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d); PATH="$("$top/.ci/postgres"):$PATH"; export PATH
export PGOPTIONS="-c client_min_messages=warning"
"$top/sluice" --version >/dev/null
sluice=$top/artifacts/sluice/sluice
clients=
cd "$work"
trap 'kill $clients 2>/dev/null || true; "$sluice" db stop >/dev/null 2>&1; rm -rf "$work"' EXIT
DATABASE_URL=$("$sluice" db start --print-url 2>/dev/null | tail -1); export DATABASE_URL
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
[ "$(sql 'SHOW fsync')" = on ]
# Checkpoints would come at other moments in each round; with room for them they come in none.
sql "ALTER SYSTEM SET max_wal_size = '8GB'"; sql "ALTER SYSTEM SET checkpoint_timeout = '1h'"; sql 'SELECT pg_reload_conf()' >/dev/null

now() { date +%s%N; }
begin() { # NAME ARGUMENTS…: clients of pgbench, whose latencies go to log-NAME
  local name=$1; shift
  pgbench -n -T 3600 -l --log-prefix="$work/log-$name" "$@" "$DATABASE_URL" >/dev/null 2>>"$work/errors-$name" & begun=$!
  clients="$clients $begun"
}
quit() { # PID…: ends clients
  kill "$@" 2>/dev/null || true; wait "$@" 2>/dev/null || true
}
felt() { # NAME SINCE: latencies of log-NAME… since then, sorted
  awk -v from="$2" 'NF >= 6 && $5 * 1e9 + $6 * 1e3 >= from { print $3 }' "$work/log-$1"* | sort -n >"$work/$1"
}
at() { awk -v p="$2" '{ v[NR] = $1 } END { i = int(NR * p + 0.999999); printf "%.1f", v[i < 1 ? 1 : i] / 1000 }' "$work/$1"; }
