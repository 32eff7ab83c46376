#!/bin/sh
# Makes the certificates and the revocation list of this folder anew, with OpenSSL 3; the keys are
# thrown away. The ids of certificates change with it: connections.jsonl names some of them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
: > "$work/index"
printf '1001\n' > "$work/crlnumber"
cat > "$work/config" <<END
[ca]
default_ca = plant
[plant]
database = $work/index
crlnumber = $work/crlnumber
new_certs_dir = $work
default_md = sha256
serial = $work/serial
policy = any
unique_subject = no
[any]
organizationName = supplied
commonName = supplied
[req]
distinguished_name = req
[authority]
basicConstraints = critical,CA:TRUE
[device]
basicConstraints = critical,CA:FALSE
END

# issue ISSUER NAME SERIAL FROM TO EXTENSIONS FILE: a certificate for a new key.
issue() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$2.key"
    openssl req -new -key "$work/$2.key" -subj "/O=Acme/CN=$2" -out "$work/$2.csr" -config "$work/config"
    printf '%s\n' "$3" > "$work/serial"
    if [ "$1" = self ]; then sign="-selfsign -keyfile $work/$2.key"
    else sign="-keyfile $work/$1.key -cert $work/$1.pem"; fi
    # shellcheck disable=SC2086
    openssl ca -batch -notext -config "$work/config" -extensions "$6" $sign \
        -startdate "$4" -enddate "$5" -in "$work/$2.csr" -out "$work/$2.pem" 2> "$work/log"
    openssl x509 -in "$work/$2.pem" -out "$7"
}

issue self plant 1000 20200101000000Z 20391231235959Z authority ca/plant.pem
issue plant line-1 1001 20210101000000Z 20351231235959Z authority issuers/line-1.pem
issue plant line-2 1002 20210101000000Z 20351231235959Z authority issuers/line-2.pem
issue plant ratchet 2001 20220101000000Z 20321231235959Z device certificates/ratchet.pem
issue plant wrench 2002 20200501000000Z 20220501000000Z device certificates/wrench.pem
issue plant drill 2003 20220101000000Z 20321231235959Z device certificates/drill.pem
issue line-1 lathe 3001 20220101000000Z 20321231235959Z device certificates/lathe.pem
issue line-2 press 3002 20220101000000Z 20321231235959Z device certificates/press.pem
issue plant retired 2004 20100101000000Z 20150101000000Z device certificates/retired.pem
for name in line-2 drill; do
    openssl ca -config "$work/config" -keyfile "$work/plant.key" -cert "$work/plant.pem" \
        -revoke "$work/$name.pem" 2> "$work/log"
done
openssl ca -gencrl -config "$work/config" -keyfile "$work/plant.key" -cert "$work/plant.pem" \
    -crldays 3650 -out crl/plant.crl 2> "$work/log"
