#!/bin/sh
# Makes the certificates of this directory anew, with OpenSSL 3: a root, a CA below it, and a
# device's certificate from that CA. `other.der` has the same issuer as `lamp.der`.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# signed NAME SUBJECT ISSUER SERIAL DAYS: a certificate of its own key, signed by that of ISSUER.
signed() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "$2" -out "$work/request"
    if [ "$1" = "$3" ]; then
        openssl x509 -req -in "$work/request" -key "$work/$1.key" -set_serial "$4" -days "$5" \
            -out "$work/$1.pem"
    else
        openssl x509 -req -in "$work/request" -CA "$work/$3.pem" -CAkey "$work/$3.key" \
            -set_serial "$4" -days "$5" -out "$work/$1.pem"
    fi
    openssl x509 -in "$work/$1.pem" -outform DER -out "$1.der"
}

signed root '/O=Example/CN=Root' root 1 7300
signed sub '/O=Example/CN=Sub' root 10 3650
signed lamp '/CN=lamp' sub 7 730
signed other '/CN=other' sub 8 730
