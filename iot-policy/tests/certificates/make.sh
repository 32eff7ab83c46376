#!/bin/sh
# Makes the certificates of this directory anew, with OpenSSL 3: see README.md.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa.key"
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/ec.key"

# request KEY STRING_MASK: a request for the sections [dn] and [ext] on standard input.
request() {
    printf '[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\nstring_mask=%s\n' "$2" > "$work/config"
    cat >> "$work/config"
    openssl req -new -key "$work/$1.key" -config "$work/config" -out "$work/request"
}

# signed NAME KEY SERIAL DAYS: the request, signed by its own key.
signed() {
    openssl x509 -req -in "$work/request" -signkey "$work/$2.key" -set_serial "$3" -days "$4" \
        -extfile "$work/config" -extensions ext -outform DER -out "$1.der"
}

# The example of the developer guide, "Using X.509 certificate policy variables".
request ec utf8only <<'END'
[dn]
C=US
O=IoT Devices
OU=SmartHome
ST=WA
CN=IoT Devices Primary CA
GN=Primary CA1
initials=XY
dnQualifier=Example corp
SN=SmartHome
title=CA1
pseudonym=Primary_CA
generationQualifier=2
serialNumber=987
END
openssl x509 -req -in "$work/request" -signkey "$work/ec.key" -days 7000 -out "$work/ca.pem"
request rsa utf8only <<'END'
[dn]
C=US
O=IoT Devices
OU=LightBulb
ST=NY
CN=LightBulb Device Cert
GN=Bulb
initials=ZZ
dnQualifier=Bulb001
SN=Multi Color
title=RGB
pseudonym=RGB Device
generationQualifier=4
serialNumber=123
[ext]
basicConstraints=CA:FALSE
keyUsage=digitalSignature,nonRepudiation,keyEncipherment
subjectAltName=DNS:example.com,IP:1.2.3.4,URI:ResourceIdentifier001,email:device1@example.com,dirName:subject
issuerAltName=DNS:issuer.com,IP:5.6.7.8,URI:PrimarySignerCA,email:primary@issuer.com,dirName:issuer
[subject]
C=US
O=IoT
OU=SmartHome
CN=LightBulbCert
[issuer]
C=US
O=Issuer
OU=IoT Devices
CN=Primary Issuer CA
END
openssl x509 -req -in "$work/request" -CA "$work/ca.pem" -CAkey "$work/ec.key" \
    -set_serial 0x921285cbb7a5e086 -days 7000 -extfile "$work/config" -extensions ext \
    -outform DER -out bulb.der

# Several values, in parts of their own and in one; characters that AWS IoT treats apart; kinds of
# alternative names that no variable reads; a negative serial number; an end after 2049.
request ec utf8only <<'END'
[dn]
C=JP
1.O=Amazon Web Services O=Amazon.com Inc. L=Seattle
2.O=A, \"B\" \\ <C>;
1.OU=one
2.OU=two
3.OU=three
4.OU=four
5.OU=five
6.OU=six
CN=b
+CN=a
+GN=given
1.title=*
2.title=plain
3.title=price \$5
4.title=a+b
5.title=why?
SN=温度計
L=not a variable
emailAddress=mail@example.com
[ext]
subjectAltName=DNS:1.example,DNS:2.example,DNS:*.example,DNS:4.example,DNS:5.example,DNS:6.example,IP:2001:db8::1,IP:192.0.2.1,otherName:1.2.3.4;UTF8:other,RID:1.2.3.4,dirName:plus,dirName:odd
[plus]
CN=a
+O=b
[odd]
O=Example, Inc.
CN="trail "
END
signed many ec -1311768467294899695 20000

# 1024 and 1025 characters, and the odd ends of an alternative name.
long=$(printf '%01024d' 0 | tr 0 x)
request ec utf8only <<END
[dn]
1.dnQualifier=$long
2.dnQualifier=${long}y
[ext]
basicConstraints=CA:FALSE
END
signed long ec 0 7000

# One string type each; OpenSSL holds serialNumber and C to PrintableString.
for type in bmp:0x0800 teletex:0x0004; do
    request ec "MASK:${type#*:}" <<'END'
[dn]
C=FR
CN=Détecteur
serialNumber=7
[ext]
basicConstraints=CA:FALSE
END
    signed "${type%:*}" ec 127 7000
done

# A revocation list: two certificates, and one whose hold was taken back.
request ec utf8only <<'END'
[dn]
O=Acme
CN=Plant CA
END
openssl x509 -req -in "$work/request" -signkey "$work/ec.key" -days 7000 -out "$work/ca.pem"
{
    printf 'R\t401231235959Z\t220401000000Z\t1001\tunknown\t/CN=a\n'
    printf 'R\t401231235959Z\t220402000000Z,keyCompromise\t00FFFFFFFFFFFFFFFF\tunknown\t/CN=b\n'
    printf 'R\t401231235959Z\t220403000000Z,removeFromCRL\t1003\tunknown\t/CN=c\n'
} > "$work/index"
printf '1001\n' > "$work/crlnumber"
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s\ncrlnumber=%s\ndefault_md=sha256\n' \
    "$work/index" "$work/crlnumber" > "$work/config"
openssl ca -gencrl -config "$work/config" -keyfile "$work/ec.key" -cert "$work/ca.pem" \
    -crldays 7000 -out "$work/crl.pem"
openssl crl -in "$work/crl.pem" -outform DER -out revoked.crl

# An indirect list, of other issuers' certificates, that nobody signed; and one of the first
# version with neither entries nor an end.
cat > "$work/indirect" <<'END'
asn1=SEQUENCE:list
[list]
body=SEQUENCE:body
algorithm=SEQUENCE:ecdsa
signature=FORMAT:HEX,BITSTRING:00
[ecdsa]
oid=OID:ecdsa-with-SHA256
[body]
version=INTEGER:1
algorithm=SEQUENCE:ecdsa
issuer=SEQUENCE:publisher
this=UTCTIME:220401000000Z
entries=SEQUENCE:entries
[publisher]
rdn=SET:publisher_cn
[publisher_cn]
cn=SEQUENCE:publisher_attribute
[publisher_attribute]
oid=OID:commonName
value=UTF8:Publisher
[other]
rdn=SET:other_cn
[other_cn]
cn=SEQUENCE:other_attribute
[other_attribute]
oid=OID:commonName
value=UTF8:Other CA
[entries]
1=SEQUENCE:own
2=SEQUENCE:others
3=SEQUENCE:next
[own]
serial=INTEGER:1
date=UTCTIME:220401000000Z
[others]
serial=INTEGER:2
date=UTCTIME:220401000000Z
extensions=SEQUENCE:extensions
[next]
serial=INTEGER:3
date=UTCTIME:220401000000Z
[extensions]
1=SEQUENCE:issuer
[issuer]
oid=OID:2.5.29.29
critical=BOOL:true
value=OCTWRAP,SEQUENCE:names
[names]
directory=EXPLICIT:4,SEQUENCE:other
END
openssl asn1parse -noout -genconf "$work/indirect" -out indirect.crl
sed -e '/^version=/d' -e '/^entries=/d' "$work/indirect" > "$work/empty"
openssl asn1parse -noout -genconf "$work/empty" -out empty.crl
