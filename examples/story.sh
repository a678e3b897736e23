# What the five `check` scripts share; they source it. Needs bash, this checkout and DATABASE_URL, and no psql: what
# is to hold is said in SQL with ASSERT. Every check makes databases of its own on the URL's server and drops them.
set -euo pipefail
example=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd -P)
name=$(basename "$example")
top=$(dirname "$(dirname "$example")")
sluice=${SLUICE:-$top/sluice}
cd "$example"

# A developer's environment must not change what is checked.
unset DIRECT_URL DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD DB_SSL_MODE NODE_ENV DOTNET_ENVIRONMENT ASPNETCORE_ENVIRONMENT
export NO_COLOR=1

work=$(mktemp -d)
databases=()
verified=0

[[ ${DATABASE_URL:-} =~ ^(postgres(ql)?://[^/?#]*)(/[^?#]*)?(\?[^#]*)?$ ]] || {
  echo "$name: set DATABASE_URL to a server on which databases can be created: postgresql://USER:PASSWORD@HOST:5432/postgres" >&2
  exit 1
}
server=${BASH_REMATCH[1]}
parameters=${BASH_REMATCH[4]}
# The databases made here have the schema `public`, whichever the URL names.
parameters=$(sed -E 's/([?&])schema=[^&]*&?/\1/; s/[?&]$//' <<< "$parameters")

url_of() { echo "$server/$1$parameters"; }

on_server() { "$sluice" db execute --stdin --url "$(url_of postgres)" <<< "$1" >"$work/server.log" 2>&1 || { cat "$work/server.log" >&2; return 1; }; }

finish() {
  local result=$?
  trap - EXIT
  for database in "${databases[@]}"; do
    on_server "DROP DATABASE IF EXISTS \"$database\" WITH (FORCE)" || result=1
  done
  rm -rf "$work"
  if [ $result = 0 ]; then echo "$name: $verified things verified"; else echo "$name: CHECK FAILED" >&2; fi
  exit $result
}
trap finish EXIT
trap 'exit 130' INT TERM

ok() { verified=$((verified + 1)); echo "  ✓ $1"; }
fail() {
  echo "  ✗ $1" >&2
  [ -z "${2:-}" ] || sed 's/^/      /' "$2" >&2
  exit 1
}

# new_database WORD: makes an empty database; prints nothing, sets `made` to its URL.
new_database() {
  local database="sluice_check_${name//-/_}_$1_$$"
  on_server "CREATE DATABASE \"$database\""
  databases+=("$database")
  made=$(url_of "$database")
}

# expect CODE "what" "text that the answer has, or nothing" ARGS…: runs the tool.
expect() {
  local code=$1 what=$2 text=$3 answer=0
  shift 3
  "$sluice" "$@" </dev/null >"$work/answer" 2>&1 || answer=$?
  [ "$answer" = "$code" ] || fail "$what: sluice $* ended with $answer, not $code" "$work/answer"
  [ -z "$text" ] || grep -qF -- "$text" "$work/answer" || fail "$what: sluice $* did not say '$text'" "$work/answer"
  ok "$what"
}

# build FOLDER NAME.dll: a project of the example, quietly; nothing where no source is newer. The checkout's own build has the analyzers.
build() {
  local program=$1/bin/Release/net10.0/$2
  if [ ! -e "$program" ] || [ -n "$(find "$1" schema.prisma "$top/src" "$top"/Directory.*.props "$top/global.json" \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -newer "$program" -print -quit)" ]; then
    dotnet build "$1" -c Release -v q --nologo -p:RunAnalyzers=false >"$work/answer" 2>&1 || fail "$1 does not build" "$work/answer"
  fi
}

# holds "what" <<SQL: the script runs, all its assertions hold.
holds() { "$sluice" db execute --stdin >"$work/answer" 2>&1 || fail "$1" "$work/answer"; ok "$1"; }

# refused "what" SQLSTATE… <<SQL: the server must refuse the script for one of these reasons.
refused() {
  local what=$1
  shift
  if "$sluice" db execute --stdin >"$work/answer" 2>&1; then fail "$what: it was allowed"; fi
  grep -qE "ERROR ($(tr ' ' '|' <<< "$*")):" "$work/answer" || fail "$what: refused for another reason" "$work/answer"
  ok "$what"
}

# Every table of `public` that is no history, with its number of rows and a hash over them.
contents() {
  "$sluice" db execute --stdin --verbose 2>&1 >/dev/null <<'SQL' | sed -n 's/^notice: contents://p'
DO $$
DECLARE
  of_table regclass;
  rows bigint;
  hash text;
  found text := 'contents:';
BEGIN
  FOR of_table IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ('_prisma_migrations', 'schema_migrations') ORDER BY relname LOOP
    EXECUTE format('SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM %s AS t', of_table) INTO rows, hash;
    found := found || format(' %s=%s(%s)', of_table, rows, left(hash, 8));
  END LOOP;
  RAISE NOTICE '%', found;
END $$
SQL
}

# seeds_twice: the second run of the seed changes nothing.
seeds_twice() {
  local first second
  expect 0 "the seed runs" "has been executed." db seed
  first=$(contents)
  grep -q '=[1-9]' <<< "$first" || fail "the seed left no row: $first"
  expect 0 "the seed runs again" "has been executed." db seed
  second=$(contents)
  [ "$first" = "$second" ] || fail "the second run of the seed changed rows, from $first to $second"
  ok "and changes nothing:$(sed -E 's/\([0-9a-f]*\)//g' <<< "$second")"
}

# in_step "whose": history complete, nobody changed the database by hand, and it equals the schema.
in_step() {
  expect 0 "status: up to date ($1)" "Database schema is up to date!" migrate status
  expect 0 "the database equals schema.prisma ($1)" "" migrate diff --from-url "$DATABASE_URL" --to-schema "$example/schema.prisma" --exit-code
}
