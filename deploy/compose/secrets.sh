#!/bin/sh
# Makes the secrets of deploy/compose.yaml that are not there yet; never changes one. 生成 compose 用的密码文件，已有的不动。
# Grafana reads its two as user 472, so those are readable by all; the directory is yours alone.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
for name in influx_admin influx_writer influx_reader grafana_admin; do
  file="secrets/$name"
  if [ -e "$file" ]; then
    echo "已有 there: deploy/compose/$file"
  else
    od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n' > "$file.new"
    case "$name" in
      influx_reader | grafana_admin) chmod 0444 "$file.new" ;;
      *) chmod 0400 "$file.new" ;;
    esac
    mv "$file.new" "$file"
    echo "已生成 made: deploy/compose/$file"
  fi
done
