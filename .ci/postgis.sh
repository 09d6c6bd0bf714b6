#!/usr/bin/env bash
# Start a throw-away PostGIS server for the tests and print its address:
#   eval "export $(bash .ci/postgis.sh)"
# Debian's package is installed if it is missing (needs root). The cluster lies in a new temporary
# folder, listens on a free port of the loopback only, and trusts connections from there.
# Stop it with: bash .ci/postgis.sh stop FOLDER (the folder is named on standard error).
set -euo pipefail

find_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
as_server() { # the server refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

if [ "${1:-}" = stop ]; then
  as_server "$(find_bin)/pg_ctl" -D "$2/cluster" -m immediate stop >&2
  rm -rf "$2"
  exit
fi

if ! ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1; then
  {
    apt-get update -qq
    # No default cluster: this one is enough.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o DPkg::Lock::Timeout=300 postgresql-15-postgis-3
  } >&2
fi

bin=$(find_bin)
data=$(mktemp -d "${TMPDIR:-/tmp}/zoning-postgis.XXXXXX")
[ "$(id -u)" = 0 ] && chown postgres "$data"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$data" # the server cannot enter the caller's folder

as_server "$bin/initdb" -D "$data/cluster" -U zoning --auth=trust --no-sync -E UTF8 --locale=C >&2
as_server "$bin/pg_ctl" -D "$data/cluster" -w -t 60 -l "$data/log" start -o "\
  -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='$data' \
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB" >&2
as_server "$bin/createdb" -h 127.0.0.1 -p "$port" -U zoning zoning
as_server "$bin/psql" -h 127.0.0.1 -p "$port" -U zoning -d zoning -qc "CREATE EXTENSION postgis" >&2
echo "stop with: bash .ci/postgis.sh stop $data" >&2
echo "ZONING_POSTGIS_URL=postgresql://zoning@127.0.0.1:$port/zoning"
