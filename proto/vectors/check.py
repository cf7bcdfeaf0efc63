#!/usr/bin/env python3
"""Checks the vectors beside this file from the text of PROTOCOL.md: `python3 proto/vectors/check.py`.

A second implementation, for reading: it shares no code with the first, so a mistake that both the
Rust code and its own tests make does not pass here. It is slow, runs in variable time, and must
never see a real key. Only the standard library is needed; envelopes are opened if the package
`cryptography` is there and knows ML-KEM, else it says what it left out.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
counts = {}


def check(what, holds, kind):
    if not holds:
        sys.exit(f"{kind}: {what}: not as PROTOCOL.md says")
    counts[kind] = counts.get(kind, 0) + 1


def load(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


# Section 1: hashes and signatures.

def tagged(tag, *parts):
    return hashlib.sha256(b"bellrope/" + tag.encode() + b"/v1\0" + b"".join(parts)).digest()


# Ed25519 as in RFC 8032, sections 5.1 and 6, and strict: only canonical points, none of small order.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    """Points (x, y) on the twisted Edwards curve; affine, because it is short."""
    (a, b), (c, d) = p, q
    e = D * a * b * c * d % P
    return (a * d + b * c) * pow(1 + e, -1, P) % P, (b * d + a * c) * pow(1 - e, -1, P) % P


def times(n, p):
    q = (0, 1)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def verifies(key, purpose, statement, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or times(8, a) == (0, 1) or times(8, r) == (0, 1):
        return False
    message = b"bellrope/" + purpose.encode() + b"/v1" + struct.pack(">Q", len(statement)) + statement
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return times(s, BASE) == add(r, times(k, a))


# Statements of fixed length: what is longer has leftover bytes.
LENGTHS = {"grant": 74, "prove": 96, "open": 64, "sponsor": 80, "token": 40, "receipt": 36, "head": 80}


def statements():
    vectors = load("statements.json")
    keys = {name: bytes.fromhex(key["public"]) for name, key in vectors["keys"].items()}
    for one in vectors["hashes"]:
        found = tagged(one["tag"], *map(bytes.fromhex, one["parts"]))
        check(one["tag"], found.hex() == one["hash"], "hashes")
    for one in vectors["statements"]:
        data, signature = bytes.fromhex(one["bytes"]), bytes.fromhex(one["signature"])
        check(one["purpose"], len(data) == LENGTHS[one["purpose"]], "statements")
        check(one["purpose"], verifies(keys[one["signer"]], one["purpose"], data, signature), "statements")
        travels = struct.pack(">Q", len(data)) + data + signature
        check(one["purpose"], travels.hex() == one["signed_statement"], "statements")
    for one in vectors["refused"]:
        key, data, signature = (bytes.fromhex(one[field]) for field in ("public", "bytes", "signature"))
        taken = len(data) == LENGTHS[one["purpose"]] and verifies(key, one["purpose"], data, signature)
        check(one["why"], not taken, "refused statements")
    receipts(vectors["receipts"], keys[vectors["receipts"]["signer"]])


# Sections 4 and 5: chains and receipts.

def receipts(vectors, relay):
    mailbox = bytes.fromhex(vectors["mailbox"])
    heads = [tagged("chain", mailbox)]
    for leaf in vectors["leaves"]:
        heads.append(tagged("head", heads[-1], bytes.fromhex(leaf)))
    check("heads", [head.hex() for head in heads] == vectors["heads_from_0"], "chains")
    for number, text in enumerate(vectors["receipts"], 1):
        data = bytes.fromhex(text)
        sequence, envelope, head, time = struct.unpack(">Q", data[32:40])[0], data[40:72], data[72:104], data[104:112]
        leaf = tagged("entry", envelope, time)
        fits = sequence == number and head == heads[number] == tagged("head", heads[number - 1], leaf)
        check(f"receipt {number}", fits and receipt(data, relay), "receipts")
    for one in vectors["refused"]:
        check(one["why"], not receipt(bytes.fromhex(one["receipt"]), relay), "refused receipts")


def receipt(data, relay):
    fact, (index, size, steps) = data[:112], struct.unpack(">IIQ", data[112:128])
    if index >= size or size > 1024 or len(data) != 128 + 32 * steps + 64:
        return False
    path = [data[at:at + 32] for at in range(128, len(data) - 64, 32)]
    node, width = tagged("receipt-leaf", fact), size
    while width > 1:
        if index % 2 == 1 or index + 1 < width:
            if not path:
                return False
            sibling = path.pop(0)
            pair = (sibling, node) if index % 2 else (node, sibling)
            node = tagged("receipt-node", *pair)
        index, width = index // 2, (width + 1) // 2
    statement = struct.pack(">I", size) + node
    return not path and verifies(relay, "receipt", statement, data[-64:])


# Section 2: addresses; and tokens, whose text the README describes.

def base32(text):
    """`None` for what is not the one spelling of some bytes."""
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return data if base64.b32encode(data).decode().rstrip("=") == text.upper() else None


def address(text):
    parts = re.fullmatch(r"bellrope://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]+)/(.*)", text)
    if not parts or not 1 <= int(parts[2]) <= 65535:
        return "form"
    place, data = f"{parts[1].lower()}:{parts[2]}", base32(parts[3])
    if data is None or len(data) != 36 or data[32:] != tagged("address", place.encode(), b"/", data[:32])[:4]:
        return "checksum"
    return {"host": parts[1].lower().strip("[]"), "port": int(parts[2]), "key": data[:32].hex()}


def token(text):
    if not re.fullmatch(r"brt1-[a-z2-7]+", text):
        return "form"
    data = base32(text[5:])
    if data is None or len(data) < 4 or data[-4:] != tagged("token", data[:-4])[:4]:
        return "checksum"
    return data[:-4]


def codes():
    vectors = load("codes.json")
    for good in vectors["addresses"]["good"]:
        check(good["text"], {"text": good["text"], **address(good["text"])} == good, "addresses")
    for bad in vectors["addresses"]["bad"]:
        check(bad["why"], address(bad["text"]) == bad["reason"], "refused addresses")
    for good in vectors["tokens"]["good"]:
        data = token(good["text"])
        check(good["text"], data.hex() == good["signed_statement"], "tokens")
        length, token_id, *numbers = struct.unpack(">Q16sQQQ", data[:48])
        check("fields", numbers == [good["bytes"], good["token_expires"], good["mailbox_ends"]], "tokens")
        check("id", (length, token_id.hex()) == (40, good["id"]), "tokens")
        check("signature", verifies(bytes.fromhex(good["relay"]), "token", data[8:48], data[48:]), "tokens")
    for bad in vectors["tokens"]["bad"]:
        check(bad["why"], token(bad["text"]) == bad["reason"], "refused tokens")


# Section 6, Sealing.

LINE = rb"[A-Za-z0-9+/]{43}\n"
OUTER = re.compile(rb"age-encryption\.org/v1\n-> mlkem768x25519 [A-Za-z0-9+/]{1494}\n" + LINE + rb"--- " + LINE)
INNER = re.compile(rb"age-encryption\.org/v1\n(?:-> X25519 " + LINE + LINE + rb"){1,256}--- " + LINE)


def bech32(text):
    """The prefix and the bytes (BIP 173, without its limit of length)."""
    prefix, _, data = text.lower().rpartition("1")
    values = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(letter) for letter in data]
    checksum = 1
    for value in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values:
        top, checksum = checksum >> 25, (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    check(text, checksum == 1, "key texts")
    bits = "".join(f"{value:05b}" for value in values[:-6])
    return prefix, bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits) - 7, 8))


def extract(salt, data):
    return hmac.digest(salt, data, "sha256")


def expand(key, info, length):
    data, block = b"", b""
    while len(data) < length:
        block = hmac.digest(key, block + info + bytes([len(data) // 32 + 1]), "sha256")
        data += block
    return data[:length]


def unbase64(text):
    """Without padding, and in its one spelling only."""
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    return data if base64.b64encode(data).rstrip(b"=") == text else None


def aead(key, nonce, data):
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, data, None)
    except InvalidTag:
        return None


def x25519(secret, share):
    """`None` for a share of low order: the package refuses what comes out as zero."""
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        return None


def x25519_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


class Epoch:
    """X-Wing (draft-connolly-cfrg-xwing-kem) under HPKE (RFC 9180) in base mode: KEM 0x647a, HKDF-SHA256,
    ChaCha20Poly1305."""

    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        self.mlkem, self.x = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), expanded[64:]
        self.public = self.mlkem.public_key().public_bytes_raw() + x25519_public(self.x)

    def unwrap(self, share, body):
        shared_x = x25519(self.x, share[1088:])
        if shared_x is None:
            return "damaged"
        shared = self.mlkem.decapsulate(share[:1088])
        shared = hashlib.sha3_256(shared + shared_x + share[1088:] + self.public[1184:] + b"\\.//^\\").digest()
        suite = b"HPKE" + struct.pack(">HHH", 0x647A, 1, 3)

        def labeled(salt, label, data):
            return extract(salt, b"HPKE-v1" + suite + label + data)

        info = labeled(b"", b"info_hash", b"age-encryption.org/mlkem768x25519")
        context = b"\0" + labeled(b"", b"psk_id_hash", b"") + info
        secret = labeled(shared, b"secret", b"")

        def derived(label, length):
            info = struct.pack(">H", length) + b"HPKE-v1" + suite + label + context
            return expand(secret, info, length)

        return aead(derived(b"key", 32), derived(b"base_nonce", 12), body)


class Member:
    """The age specification's X25519 recipient."""

    def __init__(self, seed):
        self.secret, self.public = seed, x25519_public(seed)

    def unwrap(self, share, body):
        shared = x25519(self.secret, share)
        if shared is None:
            return "damaged"
        key = expand(extract(share + self.public, shared), b"age-encryption.org/v1/X25519", 32)
        return aead(key, bytes(12), body)


def open_layer(shape, data, key, no_match):
    """The payload, or a verdict."""
    header = shape.match(data)
    if not header:
        return "damaged"
    lines, file_key = header[0].split(b"\n"), None
    for argument, body in zip(lines[1:-2:2], lines[2:-2:2]):
        share, body = unbase64(argument.split(b" ")[2]), unbase64(body)
        if share is None or body is None:
            return "damaged"
        file_key = file_key or key.unwrap(share, body)
    if file_key in (None, "damaged"):
        return file_key or no_match
    mac_key = expand(extract(b"", file_key), b"header", 32)
    covered = header[0][:-len(lines[-2]) - 1] + b"---"
    if hmac.digest(mac_key, covered, "sha256") != unbase64(lines[-2][4:]):
        return "damaged"
    nonce, chunk = data[header.end():header.end() + 16], data[header.end() + 16:]
    # One chunk of STREAM, the first and the last: no layer is longer than one.
    opened = aead(expand(extract(nonce, file_key), b"payload", 32), bytes(11) + b"\1", chunk)
    return "damaged" if opened is None else opened


def open_envelope(data, epoch, member):
    if len(data) not in (4096, 8192, 16384, 65536):
        return "damaged"
    inner = open_layer(OUTER, data, epoch, "not for this epoch")
    padded = inner if isinstance(inner, str) else open_layer(INNER, inner, member, "not for this member")
    if isinstance(padded, str):
        return padded
    end = 4 + struct.unpack(">I", padded[:4])[0]
    readers = INNER.match(inner)[0].count(b"\n-> ")
    check("the formula", len(padded) - 4 == len(data) - 1765 - 98 * readers, "lengths")
    return padded[4:end] if end <= len(padded) and not any(padded[end:]) else "damaged"


def envelopes():
    vectors = load("seal.json")
    kinds = (("epochs", Epoch, "age-secret-key-pq-", "age1pq"), ("members", Member, "age-secret-key-", "age"))
    keys = {}
    for name, kind, secret, public in kinds:
        keys[name] = [kind(bytes.fromhex(key["seed"])) for key in vectors[name]]
        for key, read in zip(vectors[name], keys[name]):
            check(name, bech32(key["identity"]) == (secret, bytes.fromhex(key["seed"])), "key texts")
            check(name, bech32(key["recipient"]) == (public, read.public), "key texts")
    for vector in vectors["envelopes"]:
        data = base64.b64decode(vector["envelope"])
        for one in vector["tries"]:
            found = open_envelope(data, keys["epochs"][one["epoch"]], keys["members"][one["member"]])
            verdict = found if isinstance(found, str) else "opens"
            check(vector["name"], verdict == one["verdict"], "envelopes " + verdict)
            if verdict == "opens":
                check(vector["name"], found.decode() == vector["payload"], "payloads")


statements()
codes()
try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    MLKEM768PrivateKey.from_seed_bytes(bytes(64))
except Exception as missing:  # Of an older package, or of the library below it, in many ways.
    print(f"skipped: seal.json, for want of the package cryptography with ML-KEM ({missing})")
else:
    envelopes()
print("checked: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
