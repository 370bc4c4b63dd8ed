#!/bin/sh
# Makes the test certificates anew: own CA, and one leaf each that is good, expired, not yet valid and for another name. All for 100 years.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index.txt"
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = own
[own]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
CNF
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=campus-gauge test CA' \
  -addext 'basicConstraints=critical,CA:TRUE' -keyout "$work/ca.key" -out "$work/ca.csr" 2>/dev/null
openssl ca -batch -config "$work/ca.cnf" -selfsign -keyfile "$work/ca.key" -notext \
  -startdate 20200101000000Z -enddate 21200101000000Z -in "$work/ca.csr" -out ca.crt 2>/dev/null
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=leaf' -keyout leaf.key -out "$work/x.csr" 2>/dev/null
leaf() { # name, subject alternative names, start, end
  openssl req -new -key leaf.key -subj "/CN=$1" -addext "subjectAltName=$2" -out "$work/$1.csr"
  openssl ca -batch -config "$work/ca.cnf" -cert ca.crt -keyfile "$work/ca.key" -notext \
    -startdate "$3" -enddate "$4" -in "$work/$1.csr" -out "$1.crt" 2>/dev/null
}
leaf good 'DNS:localhost,DNS:school.test,IP:127.0.0.1' 20200101000000Z 21200101000000Z
leaf expired 'DNS:localhost,DNS:school.test' 20200101000000Z 20210101000000Z
leaf not-yet 'DNS:localhost,DNS:school.test' 21000101000000Z 21200101000000Z
leaf wrong-name 'DNS:other.test' 20200101000000Z 21200101000000Z
