"""Certificates of many kinds, made by the `openssl` command: a line of JSON each.

    python3 certificates.py [certificates] [seed] > certificates.jsonl

A line has the DER form in base64 and what was asked for: the key, the hash, the serial number and, where
they were chosen, the dates in seconds. Needs nothing but Python and OpenSSL 3.
"""

import base64
import calendar
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile
import time

KEYS = (
    [("rsa-2048", "RSA", ["rsa_keygen_bits:2048"])] * 4
    + [("rsa-3072", "RSA", ["rsa_keygen_bits:3072"])] * 2
    + [("rsa-4096", "RSA", ["rsa_keygen_bits:4096"])]
    + [("rsa-2048-e3", "RSA", ["rsa_keygen_bits:2048", "rsa_keygen_pubexp:3"])]
    + [("rsa-pss", "RSA-PSS", ["rsa_keygen_bits:2048"])]
    + [("p-256", "EC", ["ec_paramgen_curve:P-256"])] * 4
    + [("p-384", "EC", ["ec_paramgen_curve:P-384"])] * 2
    + [("p-521", "EC", ["ec_paramgen_curve:P-521"])] * 2
    + [("secp256k1", "EC", ["ec_paramgen_curve:secp256k1"])]
    + [("ed25519", "ED25519", [])] * 2
    + [("ed448", "ED448", [])]
)
HASHES = ["sha256"] * 4 + ["sha384", "sha512", "sha1", "sha224"]
# Around the change from UTCTime to GeneralizedTime, and the ends of both.
DATES = [
    ("20220101000000Z", "20320101000000Z"),
    ("20220101000000Z", "20491231235959Z"),
    ("20220101000000Z", "20500101000000Z"),
    ("20500101000000Z", "20510228120000Z"),
    ("19700101000000Z", "20380119031408Z"),
    ("20000229000000Z", "20240229235959Z"),
    ("19991231235959Z", "20991231235959Z"),
    ("20220101000000Z", "21000301000000Z"),
    ("20220101000000Z", "99991231235959Z"),
]
# Which strings a name may have, and words that they can hold: Printable and UTF8, Printable and Teletex,
# Printable and BMP, and what OpenSSL takes of all.
LATIN = ["lamp", "Fühler", "a" * 60, "O=odd, CN=one", "é", "x y", "100%", "*.example.com"]
PLANE = LATIN + ["センサー", "датчик"]
STRINGS = [("utf8only", PLANE + ["😀"]), ("MASK:0x0006", LATIN), ("MASK:0x0802", PLANE), ("nombstr", LATIN), ("default", PLANE)]
EXTENSIONS = {
    "basicConstraints": ["CA:FALSE", "critical,CA:TRUE", "critical,CA:TRUE,pathlen:3", "CA:TRUE,pathlen:0"],
    "keyUsage": ["critical,digitalSignature,keyEncipherment", "keyCertSign,cRLSign", "digitalSignature,decipherOnly,keyAgreement"],
    "extendedKeyUsage": ["clientAuth", "critical,serverAuth,clientAuth", "codeSigning,1.3.6.1.4.1.99999.7", "anyExtendedKeyUsage"],
    "subjectKeyIdentifier": ["hash", "00:01:02"],
    "subjectAltName": [
        "DNS:lamp.example.com",
        "email:a@example.com,URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6,IP:192.0.2.1,IP:2001:db8::1,RID:1.2.3.4",
        "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:lamp@例え",
        ",".join(f"DNS:d{number}.example.com" for number in range(200)),
        "critical,dirName:directory",
    ],
    "issuerAltName": ["URI:https://ca.example.com/"],
    "certificatePolicies": ["2.5.29.32.0", "1.2.3.4,1.3.6.1.4.1.99999.1", "1.2.3,@policy"],
    "nameConstraints": ["critical,permitted;DNS:.example.com,excluded;IP:192.0.2.0/255.255.255.0"],
    "policyConstraints": ["requireExplicitPolicy:3,inhibitPolicyMapping:0"],
    "inhibitAnyPolicy": ["2"],
    "crlDistributionPoints": ["URI:http://crl.example.com/a.crl", "points"],
    "authorityInfoAccess": ["OCSP;URI:http://ocsp.example.com/,caIssuers;URI:http://ca.example.com/ca.crt"],
    "subjectInfoAccess": ["1.3.6.1.5.5.7.48.5;URI:http://ca.example.com/"],
    "tlsfeature": ["status_request"],
    "nsComment": ["OpenSSL Generated Certificate"],
    "nsCertType": ["client,email"],
    "1.3.6.1.4.1.99999.2": ["ASN1:UTF8String:a value of its own", "critical,ASN1:NULL", "DER:04:03:01:02:03"],
    "1.3.6.1.4.1.99999.3": ["ASN1:SEQUENCE:sequence"],
}
SECTIONS = """
[policy]
policyIdentifier=1.3.6.1.4.1.99999.4
CPS.1=https://ca.example.com/cps
userNotice.1=@notice
[notice]
explicitText=UTF8:Nur für Geräte
organization=Example
noticeNumbers=1,2
[points]
fullname=URI:http://crl.example.com/b.crl
CRLissuer=dirName:directory
reasons=keyCompromise,CACompromise
[directory]
C=DE
CN=lists
[sequence]
field1=BOOL:TRUE
field2=OID:1.2.840.113549
field3=IMP:0,INT:-129
[ca]
default_ca=own
[any]
"""


def openssl(*words, given=None):
    done = subprocess.run(["openssl", *words], input=given, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"openssl {words}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def seconds(date):
    return calendar.timegm(time.strptime(date, "%Y%m%d%H%M%SZ"))


class Maker:
    def __init__(self, directory, number, seed):
        self.random = random.Random(f"{seed} {number}")
        self.directory = os.path.join(directory, str(number))
        self.keys = directory
        os.mkdir(self.directory)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, likelihood):
        return self.random.random() < likelihood

    def file(self, name, text=""):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def name(self, words):
        fields = ["C=DE", "ST=" + self.pick(words), "L=Köln", "O=" + self.pick(words), "CN=" + self.pick(words)]
        fields += ["serialNumber=00-17", "emailAddress=a@example.com", "DC=example", "title=t", "GN=g", "SN=s"]
        fields += ["1.3.6.1.4.1.99999.5=own", "dnQualifier=q", "pseudonym=p", "initials=i", "generationQualifier=III"]
        count = self.pick([1, 2, 5, 8])
        if self.chance(0.05):
            return [f"OU={self.pick(LATIN[:2])} {number}" for number in range(40)]
        return self.random.sample(fields, count)

    def serial(self):
        sign = "-" if self.chance(0.1) else ""
        bits = self.pick([1, 7, 8, 16, 31, 32, 63, 64, 127, 128, 152, 159])
        return int(f"{sign}{self.random.getrandbits(bits) | 1 << (bits - 1)}")

    def config(self, extensions, own=""):
        mask, words = self.pick(STRINGS)
        name = "\n".join(
            f"{at}.{'+' if at and self.chance(0.1) else ''}{field}" for at, field in enumerate(self.name(words))
        )
        return self.file(
            "config",
            f"[req]\nprompt=no\nutf8=yes\nstring_mask={mask}\ndistinguished_name=name\n[name]\n{name}\n"
            f"{SECTIONS}[extensions]\n{extensions}\n{own}",
        )

    def extensions(self):
        if self.chance(0.1):
            return ""
        names = self.random.sample(sorted(EXTENSIONS), self.pick([1, 3, 5, len(EXTENSIONS)]))
        return "\n".join(f"{name}={self.pick(EXTENSIONS[name])}" for name in names)

    def signing(self, key):
        """The options of a signature, and its hash."""
        if key.startswith("ed"):
            return [], None
        digest = self.pick(HASHES)
        options = ["-" + digest]
        if key == "rsa-pss" or key.startswith("rsa") and self.chance(0.3):
            options += ["-sigopt", "rsa_padding_mode:pss"]
            if self.chance(0.5):
                options += ["-sigopt", "rsa_pss_saltlen:" + self.pick(["digest", "20"])]
        return options, digest

    def key(self):
        at = self.random.randrange(len(KEYS))
        return KEYS[at][0], os.path.join(self.keys, f"{at}.pem")

    def one(self):
        key, path = self.key()
        serial = self.serial()
        kind = self.pick(["self-signed", "self-signed", "issued", "version 1", "dated"])
        told = {"kind": kind, "key": key, "serial": str(serial)}
        extensions = self.extensions()
        if kind == "self-signed":
            options, told["hash"] = self.signing(key)
            config = self.config(extensions)
            days = str(self.pick([1, 365, 3650, 36500]))
            words = ["-x509", "-new", "-key", path, "-config", config, "-set_serial", str(serial), "-days", days]
            if extensions:
                words += ["-extensions", "extensions"]
            der = openssl("req", *words, *options, "-outform", "DER")
        else:
            config = self.config(extensions)
            wish = self.file("wish", openssl("req", "-new", "-key", path, "-config", config).decode())
            if kind == "dated":
                # A database that is new each time: it keeps a line for each certificate.
                start, end = self.pick(DATES)
                told["notBefore"], told["notAfter"] = seconds(start), seconds(end)
                told["serial"] = str(abs(serial))
                digits = f"{abs(serial):x}"
                own = (
                    f"[own]\ndatabase={self.file('index')}\nnew_certs_dir={self.directory}\n"
                    f"serial={self.file('serial', '0' * (len(digits) % 2) + digits)}\npolicy=any\n"
                    "default_md=default\nemail_in_dn=yes\nunique_subject=no\nx509_extensions=extensions\n"
                )
                options, told["hash"] = self.signing(key)
                if options:
                    options[:1] = ["-md", options[0][1:]]
                config = self.config(extensions or "basicConstraints=CA:FALSE", own)
                words = ["-selfsign", "-keyfile", path, "-in", wish, "-startdate", start, "-enddate", end]
                words += ["-batch", "-notext", "-utf8", "-preserveDN"]
                pem = openssl("ca", "-config", config, *words, *options)
                der = openssl("x509", "-outform", "DER", given=pem)
            else:
                issuer, issuer_path = self.key()
                options, told["hash"] = self.signing(issuer)
                root = openssl("req", "-x509", "-new", "-key", issuer_path, "-config", config)
                words = ["-req", "-in", wish, "-CA", self.file("root", root.decode()), "-CAkey", issuer_path]
                words += ["-set_serial", str(serial), "-days", "30"]
                if kind == "issued":
                    extensions += "\nauthorityKeyIdentifier=keyid,issuer:always\n"
                    file = self.file("extfile", f"{SECTIONS}[extensions]\n{extensions}")
                    words += ["-extfile", file, "-extensions", "extensions"]
                der = openssl("x509", *words, *options, "-outform", "DER")
        told["der"] = base64.b64encode(der).decode()
        return told


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    with tempfile.TemporaryDirectory() as directory:
        for at, (_, algorithm, options) in enumerate(KEYS):
            words = [word for option in options for word in ("-pkeyopt", option)]
            openssl("genpkey", "-algorithm", algorithm, *words, "-out", os.path.join(directory, f"{at}.pem"))
        make = lambda number: Maker(directory, number, seed).one()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for told in pool.map(make, range(count)):
                print(json.dumps(told))


main()
