#!/bin/sh
# InfluxDB 2.x by hand with its own `influx` command (2.1 or newer), when `campus-gauge sink setup` cannot be used. Makes what is not there.
# By its documentation; never run against a real 2.x. 按其文档编写，未在真实的 2.x 上运行过。
#   INFLUX_HOST=http://127.0.0.1:8086 INFLUX_TOKEN=… INFLUX_ORG=bureau sh setup.sh DIRECTORY
# Two tokens go into DIRECTORY, readable by you alone: writer.token (token_file of collector.yaml) and reader.token (Grafana).
set -eu
directory="${1:?usage: setup.sh DIRECTORY}"
: "${INFLUX_HOST:?must be set}" "${INFLUX_TOKEN:?must be set}" "${INFLUX_ORG:?must be set}"
umask 077
mkdir -p "$directory"

# First column of the row whose second is the name.
bucket_id() {
  influx bucket list --hide-headers 2>/dev/null | awk -F '\t' -v name="$1" '$2 == name { print $1; exit }'
}

ids=''
for pair in readiness:90d readiness_rollup:0; do
  name="${pair%%:*}"
  id="$(bucket_id "$name")"
  if [ -n "$id" ]; then
    echo "已有 there: bucket $name"
  else
    influx bucket create --name "$name" --retention "${pair##*:}" >/dev/null
    id="$(bucket_id "$name")"
    echo "已建立 made: bucket $name"
  fi
  # InfluxQL names a database; newer servers map a bucket of the same name by themselves.
  if influx v1 dbrp list --db "$name" --hide-headers 2>/dev/null | grep -q "$id"; then
    echo "已有 there: mapping $name"
  else
    influx v1 dbrp create --db "$name" --rp autogen --bucket-id "$id" --default >/dev/null
    echo "已建立 made: mapping $name"
  fi
  ids="$ids $id"
done

# shellcheck disable=SC2086 # two ids, split on purpose
set -- $ids
make_token() {
  file="$directory/$1"
  shift
  if [ -s "$file" ]; then
    echo "已有 there: $file"
  else
    influx auth create "$@" --json | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p' | head -n 1 > "$file"
    [ -s "$file" ] || { rm -f "$file"; echo "no token came back for $file" >&2; exit 1; }
    echo "已建立 made: $file"
  fi
}
make_token writer.token --description 'campus-gauge writer' \
  --read-bucket "$1" --write-bucket "$1" --read-bucket "$2" --write-bucket "$2"
make_token reader.token --description 'campus-gauge reader' --read-bucket "$1" --read-bucket "$2"
