#!/bin/sh
# InfluxDB 3 Core by its documented HTTP API. Never run against a real one. 按其文档编写，未在真实的 3 Core 上运行过。
#   INFLUX_URL=http://127.0.0.1:8181 sh setup.sh ADMIN_TOKEN_FILE
# Core has admin tokens only: the sink and Grafana both use one, so keep this server away from others. Retention cannot be changed later.
set -eu
file="${1:?usage: setup.sh ADMIN_TOKEN_FILE}"
: "${INFLUX_URL:?must be set}"

make() {
  # The token goes through a file descriptor: arguments are seen by every user of the machine.
  status="$(
    printf 'header = "Authorization: Bearer %s"\n' "$(tr -d '\r\n' < "$file")" |
      curl -sS -K - -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' --data "$2" \
        "$INFLUX_URL/api/v3/configure/database"
  )"
  case "$status" in
    2*) echo "已建立 made: database $1" ;;
    409) echo "已有 there: database $1" ;;
    *)
      echo "InfluxDB 3 拒绝 refuses database $1: $status" >&2
      exit 1
      ;;
  esac
}
make readiness '{"db":"readiness","retention_period":"90d"}'
make readiness_rollup '{"db":"readiness_rollup"}'
