#!/usr/bin/env python3
"""Checks the vectors beside this file from the text of PROTOCOL.md: `python3 proto/vectors/check.py`.

A second implementation, for reading: it shares no code with the first, so a mistake that both the
Rust code and its own tests make does not pass here. It is slow, runs in variable time, and must
never see a real key. Only the standard library is needed; envelopes are opened if the package
`cryptography` is there and knows ML-KEM, else it says what it left out.
"""

import base64
import calendar
import datetime
import functools
import hashlib
import hmac
import ipaddress
import itertools
import json
import pathlib
import re
import struct
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "PROTOCOL.md"
counts, reached = {}, {}


def check(what, holds, kind, *rules):
    """`rules` are the numbers in PROTOCOL.md of what decided."""
    if not holds:
        sys.exit(f"{kind}: {what}: not as PROTOCOL.md says")
    counts[kind] = counts.get(kind, 0) + 1
    for rule in rules:
        reached[rule] = reached.get(rule, 0) + 1


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


@functools.cache
def verifies(key, purpose, statement, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or times(8, a) == (0, 1) or times(8, r) == (0, 1):
        return False
    message = b"bellrope/" + purpose.encode() + b"/v1" + struct.pack(">Q", len(statement)) + statement
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return times(s, BASE) == add(r, times(k, a))


# Statements of fixed length: what is longer has leftover bytes.
LENGTHS = {"grant": 74, "prove": 96, "open": 64, "sponsor": 80, "succeed": 96, "revoke": 64, "keys": 104, "token": 72, "receipt": 36,
           "head": 80, "restored": 48}


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
    named = certified(vectors["certificate_name"], keys["relay"])
    check("certificate", named == [keys[name] for name in ("relay_tls", "relay_log", "relay_token")], "certificates")
    scheme, text = vectors["certificate_identity"].split(":")
    named = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check("identity", (scheme, named) == ("bellrope-relay", keys["relay"]), "certificates")
    for one in vectors["refused"]:
        key, data, signature = (bytes.fromhex(one[field]) for field in ("public", "bytes", "signature"))
        taken = len(data) == LENGTHS[one["purpose"]] and verifies(key, one["purpose"], data, signature)
        check(one["why"], not taken, "refused statements")
    receipts(vectors["receipts"], keys[vectors["receipts"]["signer"]])


def certified(name, relay):
    """Section 2: the keys that a name in a relay's certificate says, `None` when its identity did not sign them."""
    scheme, text = name.split(":")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    length, statement, signature = struct.unpack(">Q", data[:8])[0], data[8:-64], data[-64:]
    if scheme != "bellrope-keys" or not length == LENGTHS["keys"] == len(statement):
        return None
    return [statement[at:at + 32] for at in (8, 40, 72)] if verifies(relay, "keys", statement, signature) else None


# Sections 4 and 5: envelopes, chains and receipts.

BUCKETS = (4096, 8192, 16384, 65536)


def receipts(vectors, log):
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
        check(f"receipt {number}", fits and receipt(data, log), "receipts")
    for one in vectors["refused"]:
        check(one["why"], not receipt(bytes.fromhex(one["receipt"]), log), "refused receipts")


def receipt(data, log):
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
    return not path and verifies(log, "receipt", statement, data[-64:])


# Section 5: evidence files.

def travelling(data, length):
    """The bytes and the signature of a signed statement of this length."""
    if len(data) != 8 + length + 64 or struct.unpack(">Q", data[:8])[0] != length:
        raise ValueError
    return data[8:-64], data[-64:]


def evidence(text):
    """Whose it is and what is in it; `None` for what is no evidence."""
    lines = [line.strip() for line in re.split(r"\r?\n", text) if line.strip()]
    if len(text.encode()) > 65536 or lines[:1] != ["bellrope evidence 1"] or not lines[1:] or lines[1][:6] != "relay ":
        return None
    of, pieces = address(lines[1][6:]), []
    for line in lines[2:]:
        word, space, rest = line.partition(" ")
        if not space:
            return None
        try:
            data = base64.b64decode(rest, validate=True) if word in ("keys", "head", "receipt", "restored") else b""
            if word == "receipt" and not (len(data) >= 192 and len(data) == 192 + 32 * struct.unpack(">Q", data[120:128])[0]):
                raise ValueError
            pieces.append((word, travelling(data, LENGTHS[word]) if word in ("keys", "head", "restored") else data))
        except ValueError:
            return None
    return None if isinstance(of, str) else (bytes.fromhex(of["key"]), pieces)


def claimed(word, piece, logs):
    """What a relay says by it of a place, if one of these keys signed it."""
    if word == "receipt":
        mailbox, place, envelope, head, time = struct.unpack(">32sQ32s32sQ", piece[:112])
        entry = tagged("entry", envelope, piece[104:112])
        signed = any(receipt(piece, log) for log in logs)
    else:
        mailbox, place, head, time = struct.unpack(">32sQ32sQ", piece[0])
        entry, signed = None, any(verifies(log, "head", *piece) for log in logs)
    return {"mailbox": mailbox, "place": place, "head": head, "entry": entry, "time": time} if signed else None


def contradict(one, other):
    if one["mailbox"] != other["mailbox"]:
        return False
    if one["place"] == other["place"]:
        return one["head"] != other["head"] or None is not one["entry"] != other["entry"] is not None
    return any(next_["entry"] and next_["place"] == before["place"] + 1
               and next_["head"] != tagged("head", before["head"], next_["entry"])
               for before, next_ in ((one, other), (other, one)))


def goes_back(before, later):
    same = before["mailbox"] == later["mailbox"] and later["entry"] is None
    return same and later["place"] < before["place"] and later["time"] > before["time"]


def proven(files):
    relay, pieces = files[0][0], [piece for _, pieces in files for piece in pieces]
    logs = [data[40:72] for word, (data, signature) in (p for p in pieces if p[0] == "keys")
            if verifies(relay, "keys", data, signature)]
    found = {"signed": [], "unsigned": 0, "contradictions": [], "went_back": [], "restored": []}
    for word, piece in pieces:
        if word in ("head", "receipt"):
            said, place = claimed(word, piece, logs), "signed"
        elif word == "restored":
            whose, *times = struct.unpack(">32sQQ", piece[0])
            said = times if whose == relay and any(verifies(log, "restored", *piece) for log in logs) else None
            place = "restored"
        else:
            continue
        if said is None:
            found["unsigned"] += 1
        elif said not in found[place]:
            found[place].append(said)
    for at, one in enumerate(found["signed"]):
        for other in found["signed"][at + 1:]:
            if contradict(one, other):
                found["contradictions"].append([one, other])
            else:
                found["went_back"] += [pair for pair in ([one, other], [other, one]) if goes_back(*pair)]
    return found


def written(value):
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    return [written(item) for item in value] if isinstance(value, list) else readable(value)


def evidences():
    vectors = load("evidence.json")
    for one in vectors["together"]:
        found = written(proven([evidence(text) for text in one["files"]]))
        check(f"{one['name']}: {found}", found == one["found"], "evidence")
    for one in vectors["bad"]:
        check(one["why"], evidence(one["text"]) is None, "refused evidence")


# Section 2: addresses; and tokens, whose text the README describes.

def base32(text):
    """`None` for what is not the one spelling of some bytes."""
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return data if base64.b32encode(data).decode().rstrip("=") == text.upper() else None


def host(text):
    """Section 2: the one spelling of a host, `None` for what is none."""
    if ":" not in text:
        return text.lower() if re.fullmatch(r"[A-Za-z0-9._-]{1,253}", text) else None
    try:
        number = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    mapped = number.ipv4_mapped
    return None if "%" in text else f"::ffff:{mapped}" if mapped else number.compressed


def place(text):
    """Host and port of `HOST:PORT`, `None` for what is none."""
    parts = re.fullmatch(r"(\[([^\[\]]*:[^\[\]]*)\]|([^:]*)):([0-9]+)", text)
    name = parts and host(parts[2] or parts[3] or "")
    return (name, int(parts[4])) if name and 1 <= int(parts[4]) <= 65535 else None


def spelled(name, port):
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def address(text):
    parts = re.fullmatch(r"bellrope://([^/]*)/(.*)", text)
    where = parts and place(parts[1])
    if not where:
        return "form"
    data = base32(parts[2])
    if data is None or len(data) != 36 or data[32:] != tagged("address", spelled(*where).encode(), b"/", data[:32])[:4]:
        return "checksum"
    return {"host": where[0], "port": where[1], "key": data[:32].hex()}


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
        length, relay, token_id, *numbers = struct.unpack(">Q32s16sQQQ", data[:80])
        check("fields", numbers == [good["bytes"], good["token_expires"], good["mailbox_ends"]], "tokens")
        check("id", (length, relay.hex(), token_id.hex()) == (72, good["relay"], good["id"]), "tokens")
        check("signature", verifies(bytes.fromhex(good["signer"]), "token", data[8:80], data[80:]), "tokens")
    for bad in vectors["tokens"]["bad"]:
        check(bad["why"], token(bad["text"]) == bad["reason"], "refused tokens")


# Sections 2 and 3: frames.

def envelope(r):
    data = r.bytes()
    if len(data) not in BUCKETS:
        raise Malformed
    return data


def leaves(r):
    found = r.sequence(lambda: r.take(32))
    if not 1 <= len(found) <= 512:
        raise Malformed
    return found


def statement(r):
    """A signed statement as it travels; to a frame it is bytes."""
    data, signature = r.signed()
    return struct.pack(">Q", len(data)) + data + signature


def receipt_bytes(r):
    start = r.take(120)
    path = r.sequence(lambda: r.take(32))
    return start + struct.pack(">Q", len(path)) + b"".join(path) + r.take(64)


def fixed(size):
    return lambda r: r.take(size)


def unsigned(size):
    return lambda r: r.number(size)


REQUEST = ("request", unsigned(4))
TO_RELAY = {
    1: ("Hello", ("version_min", unsigned(2)), ("version_max", unsigned(2))),
    2: ("Prove", REQUEST, ("grant", statement), ("proof", fixed(64))),
    3: ("Post", REQUEST, ("envelope", envelope)),
    4: ("Subscribe", REQUEST, ("after", unsigned(8))),
    5: ("AskHead", REQUEST),
    6: ("CreateWithToken", REQUEST, ("opening", statement), ("token", statement)),
    7: ("CreateSponsored", REQUEST, ("opening", statement), ("sponsorship", statement)),
    8: ("Succeed", REQUEST, ("opening", statement), ("succession", statement)),
    9: ("Revoke", REQUEST, ("revocation", statement)),
}
TO_CLIENT = {
    1: ("Welcome", ("version", unsigned(2)), ("time", unsigned(8)), ("heartbeat_seconds", unsigned(4)),
        ("retention_days", unsigned(4)), ("restored", lambda r: r.option(lambda: statement(r)))),
    2: ("Proven", REQUEST, ("mailbox", fixed(32))),
    3: ("Stored", REQUEST, ("receipt", receipt_bytes)),
    4: ("Deliver", ("sequence", unsigned(8)), ("time", unsigned(8)), ("envelope", envelope)),
    5: ("Skipped", ("first", unsigned(8)), ("leaves", leaves)),
    6: ("NewestHead", REQUEST, ("head", statement)),
    7: ("Heartbeat", ("head", statement)),
    8: ("Created", REQUEST, ("mailbox", fixed(32)), ("ends", unsigned(8)), ("quota_bytes", unsigned(8))),
    9: ("Refused", REQUEST, ("reason", unsigned(2)), ("retry_seconds", unsigned(4))),
    10: ("Revoked", REQUEST),
}


def frame(data, messages, longest=69632):
    """Number, name and fields of the first message, `None` before all of it is there; `Malformed` ends the connection."""
    r = Reader(data)
    length = r.number(4)
    if not 2 <= length <= longest:
        raise Malformed
    if length > len(r.rest):
        return None
    r = Reader(r.take(length))
    number = r.number(2)
    if number not in messages:
        raise Malformed
    name, *fields = messages[number]
    found = {field: readable(read(r)) for field, read in fields}
    r.end()
    return number, name, found


def frames():
    vectors = load("frames.json")
    for direction, messages in (("to_relay", TO_RELAY), ("from_relay", TO_CLIENT)):
        for one in vectors[direction]:
            found = frame(bytes.fromhex(one["frame"]), messages)
            check(one["message"], found == (one["number"], one["message"], one["fields"]), "frames")
        check(direction, {one["number"] for one in vectors[direction]} == set(messages), "messages of a direction")
    for one in vectors["refused"]:
        messages, longest = (TO_RELAY if one["by"] == "relay" else TO_CLIENT), (69632 if one["proven"] else 4096)
        check(one["why"], malformed(lambda: frame(bytes.fromhex(one["bytes"]), messages, longest)), "refused frames")
    for one in vectors["refused_grants"]:
        _, name, fields = frame(bytes.fromhex(one["frame"]), TO_RELAY)
        signed = decode(bytes.fromhex(fields["grant"]), Reader.signed)
        check(one["why"], name == "Prove" and one["reason"] == 2 and not grant(*signed), "refused grants")
    keys = load("statements.json")["keys"]
    relay = bytes.fromhex(keys["relay"]["public"])
    named = {one["message"]: one["fields"] for one in vectors["to_relay"]}
    check("Succeed", succession(named["Succeed"], relay), "successions")
    check("Revoke", own(named["Revoke"]["revocation"], "revoke") is not None, "revocations")
    for one in vectors["refused_successions"]:
        _, name, fields = frame(bytes.fromhex(one["frame"]), TO_RELAY)
        refused = name == "Succeed" and one["reason"] == 2 and not succession(fields, relay)
        check(one["why"], refused, "refused successions")
    for one in vectors["refused_revocations"]:
        _, name, fields = frame(bytes.fromhex(one["frame"]), TO_RELAY)
        refused = name == "Revoke" and one["reason"] == 2 and own(fields["revocation"], "revoke") is None
        check(one["why"], refused, "refused revocations")


def own(signed, purpose):
    """The bytes of a statement that the key at its beginning signed for this purpose; `None` if it did not."""
    data, signature = decode(bytes.fromhex(signed), Reader.signed)
    return data if len(data) == LENGTHS[purpose] and verifies(data[:32], purpose, data, signature) else None


def succession(fields, relay):
    opening, said = own(fields["opening"], "open"), own(fields["succession"], "succeed")
    if opening is None or said is None:
        return False
    return opening[32:] == said[32:64] == relay and said[64:] == tagged("mailbox", opening[:32])


def malformed(attempt):
    try:
        attempt()
    except Malformed:
        return True
    return False


def grant(data, signature):
    try:
        authority, _, rights, _ = decode(data, lambda r: (r.take(32), r.take(32), r.number(2), r.number(8)))
    except Malformed:
        return False
    return rights in (1, 2, 3) and verifies(authority, "grant", data, signature)


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
    if len(data) not in BUCKETS:
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
    for one in load("groups.json")["invitation_keys"]:
        public = Epoch(bytes.fromhex(one["outer"]["seed"])).public
        check("outer", public.hex() == one["outer"]["public"], "keys of invitations")
    for one in load("groups.json")["epochs"]:
        check("epoch", Epoch(bytes.fromhex(one["seed"])).public.hex() == one["recipient"], "epochs")
    for one in load("groups.json")["devices"]:
        check(one["name"], Epoch(bytes.fromhex(one["turn_seed"])).public.hex() == one["turn"], "devices")
    for vector in vectors["envelopes"]:
        data = base64.b64decode(vector["envelope"])
        for one in vector["tries"]:
            found = open_envelope(data, keys["epochs"][one["epoch"]], keys["members"][one["member"]])
            verdict = found if isinstance(found, str) else "opens"
            check(vector["name"], verdict == one["verdict"], "envelopes " + verdict)
            if verdict == "opens":
                check(vector["name"], found.decode() == vector["payload"], "payloads")


# Section 1: encoding. A reader takes a value from the front; `Malformed` is what must be refused.

class Malformed(Exception):
    pass


class Reader:
    def __init__(self, data):
        self.rest = data

    def take(self, length):
        if length > len(self.rest):
            raise Malformed
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def bytes(self):
        return self.take(self.number(8))

    def text(self):
        try:
            return self.bytes().decode()
        except UnicodeDecodeError:
            raise Malformed from None

    def sequence(self, item):
        return [item() for _ in range(self.number(8))]

    def option(self, item):
        present = self.number(1)
        if present > 1:
            raise Malformed
        return item() if present else None

    def end(self):
        if self.rest:
            raise Malformed

    # Section 6: what several structures have.

    def member_key(self):
        key = self.take(32)
        u = int.from_bytes(key, "little")
        if u >= P or low_order(u):
            raise Malformed
        return key

    def extensions(self):
        """Whether there is a critical one; this version knows none."""
        return any(number < 32768 for number in self.all_extensions())

    def all_extensions(self):
        items = self.sequence(lambda: (self.number(2), self.bytes()))
        numbers = [number for number, _ in items]
        if numbers != sorted(set(numbers)):
            raise Unordered
        return dict(items)

    def signed(self):
        return self.bytes(), self.take(64)


class Unordered(Malformed):
    """R12, which a person need not tell from R1."""


@functools.cache
def low_order(u):
    """Whether the order divides eight: doubling (RFC 7748's curve, x-coordinates alone) comes to infinity by then."""
    for _ in range(3):
        bottom = 4 * u * (u * u + 486662 * u + 1) % P
        if bottom == 0:
            return True
        u = (u * u - 1) ** 2 * pow(bottom, -1, P) % P
    return False


def decode(data, structure):
    reader = Reader(data)
    value = structure(reader)
    reader.end()
    return value


# Section 6: rosters.

class Refused(Exception):
    """By a rule, and what is said where the rule has two answers."""


def need(holds, rule, said=None):
    if not holds:
        raise Refused(rule, said)


@functools.cache
def valid(key):
    a = point(key)
    return a is not None and times(8, a) != (0, 1)


def epoch_keys(r):
    number, recipient, mailbox = r.number(4), r.bytes(), r.take(32)
    relays = relay_list(r)
    return {"number": number, "recipient": recipient, "mailbox": mailbox, "relays": relays, "newer": r.extensions()}


def found(r):
    r.take(16)
    value = {"group": r.text(), "name": r.text(), "member": r.member_key(), "turn": r.bytes(), "epoch": epoch_keys(r)}
    return {**value, "newer": r.extensions() or value["epoch"]["newer"]}


def admit(r):
    value = {"invitation": r.take(32), "role": r.number(2), "name": r.text(), "mailbox": r.take(32),
             "expires": r.number(8)}
    return {**value, "newer": r.extensions() or 4 < value["role"] < 32768 or value["role"] == 0}


def approve(r):
    value = {"at": r.number(4), "device": r.take(32), "member": r.member_key(), "turn": r.option(r.bytes)}
    return {**value, "newer": r.extensions()}


def turn(r):
    value = {"removed": r.sequence(lambda: r.take(32)), "epoch": epoch_keys(r), "consents": r.sequence(r.signed)}
    return {**value, "newer": r.extensions() or value["epoch"]["newer"] or newer_consents(value["consents"])}


def consent(r):
    value = {"group": r.take(32), "epoch": r.number(4), "by": r.take(32), "to": r.number(2), "about": r.take(32)}
    return {**value, "newer": r.extensions()}


def newer_consents(consents):
    return any((decoded(data, consent) or {"newer": False})["newer"] for data, _ in consents)


def role_change(r):
    value = {"device": r.take(32), "consents": r.sequence(r.signed)}
    return {**value, "newer": r.extensions() or newer_consents(value["consents"])}


def hand(r):
    return {"to": r.take(32), "newer": r.extensions()}


def take(r):
    return {"signatures": r.sequence(lambda: (r.take(32), r.take(64))), "newer": r.extensions()}


def withdraw(r):
    return {"at": r.number(4), "newer": r.extensions()}


def another(r):
    value = {"invitation": r.take(32), "of": r.take(32), "mailbox": r.take(32), "expires": r.number(8)}
    return {**value, "newer": r.extensions()}


def add_device(r):
    value = {"at": r.number(4), "device": r.take(32), "member": r.member_key(), "turn": r.bytes()}
    value["proof"] = r.number(2), r.take(32), r.take(64)
    if value["proof"][0] not in (1, 2):
        raise Malformed
    return {**value, "newer": r.extensions()}


def registration(r):
    value = {"by": r.take(32), "key": r.option(lambda: r.take(32)), "signature": r.take(64)}
    return {**value, "newer": r.extensions()}


def lease(r):
    value = {"lease": [r.number(8), r.number(8)]}
    r.extensions()
    return value


def relay(r):
    name, port, key = r.text(), r.number(2), r.take(32)
    if host(name) != name or port == 0:
        raise Malformed
    return name, port, key


def relay_list(r):
    return r.sequence(lambda: relay(r))


def move(r):
    value = {"relays": relay_list(r)}
    r.extensions()
    if not 1 <= len(value["relays"]) <= 8:
        raise Malformed
    return value


def rota(r, person):
    """DU1."""
    length = len(r.rest)

    def line():
        return person(r), r.option(lambda: person(r))

    place = r.text()
    clock = r.sequence(lambda: (r.number(8), int.from_bytes(r.take(2), "big", signed=True)))
    week = r.sequence(lambda: (r.number(2), r.number(2), line()))
    days = r.sequence(lambda: (r.number(8), r.number(8), r.option(line)))
    newer = r.extensions()
    moments = [at for at, _ in clock]
    lines = [one for _, _, one in week + days if one]
    sound = (len(place) <= 48 and all(" " <= letter <= "~" for letter in place) and 1 <= len(clock) <= 24
             and moments == sorted(set(moments)) and all(abs(ahead) <= 1080 for _, ahead in clock)
             and len(week) <= 64 and len(days) <= 64 and all(begins < 10080 and 1 <= minutes <= 10080 for begins, minutes, _ in week)
             and all(begins < ends <= begins + 100 * 86400 and begins % 60 == ends % 60 == 0 for begins, ends, _ in days)
             and all(first != second for first, second in lines))
    if newer or not sound or length - len(r.rest) > 12288:
        raise Malformed
    return {"place": place, "clock": clock, "week": week, "days": days}


def device_rota(r):
    return rota(r, lambda r: r.take(32))


LISTS = ("countries", "acts", "subjects", "origins")


def about(r):
    value = {"countries": r.sequence(lambda: r.take(2))}
    for name in LISTS[1:]:
        value[name] = r.sequence(lambda: r.number(2))
    return {**value, "newer": r.extensions()}


def policy(r, person):
    def rules():
        return r.sequence(lambda: (person(r), about(r)))

    value = {"circle": r.option(lambda: r.sequence(lambda: person(r))), "besides": rules(), "kept_out": rules()}
    newer = any(one["newer"] for _, one in value["besides"] + value["kept_out"])
    return {**value, "newer": r.extensions() or newer}


def device_policy(r):
    length = len(r.rest)
    value = policy(r, lambda r: r.take(32))
    return {**value, "length": length - len(r.rest)}


AS_FOUNDED = {"circle": None, "besides": [], "kept_out": []}


CHANGES = {1: found, 2: admit, 3: approve, 4: withdraw, 5: turn, 6: role_change, 7: role_change, 8: hand, 9: take,
           10: device_policy, 11: another, 12: add_device, 13: registration}
ADD, RECOVERY = 12, 13
TURN, PROMOTE, DEMOTE, HAND, TAKE, POLICY = 5, 6, 7, 8, 9, 10
LEASE = 32769
MOVE = 32770
DUTY = 32771
RETENTION = 32773


def retention_of(r):
    """ER9."""
    months = r.option(lambda: r.number(2))
    if r.extensions() or months is not None and not 3 <= months <= 120:
        raise Malformed
    return {"retention": (months,)}


def entry(r):
    value = {"position": r.number(4), "previous": r.take(32), "time": r.number(8), "author": r.take(32)}
    number, body = r.number(2), r.bytes()
    newer = r.extensions()
    change = decode(body, CHANGES[number]) if number in CHANGES else {"newer": number < 32768}
    if number == LEASE:
        change |= decoded(body, lease) or {}
    if number == MOVE:
        change |= decoded(body, move) or {}
    if number == DUTY:
        change |= {"rota": decoded(body, device_rota)}
    if number == RETENTION:
        change |= decoded(body, retention_of) or {}
    return {**value, "number": number, "change": change, "newer": newer or change["newer"]}


def named(name):
    fits = 1 <= len(name) <= 64 and not any(unicodedata.category(c) == "Cc" for c in name)
    need(fits, "R6")


@functools.cache
def encapsulation_key(key):
    """FIPS 203, section 7.2: 768 coefficients of 12 bits below the modulus, and a seed; then X25519's 32 bytes."""
    if len(key) != 1216:
        return False
    packed = int.from_bytes(key[:1152], "little")
    return all(packed >> 12 * at & 0xFFF < 3329 for at in range(768))


def handle(invitation):
    digest = tagged("handle", invitation)
    return "D-" + "".join("23456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 30] for byte in digest[:5])


READERS = (1, 2, 3)


def is_open(admission):
    return admission is not None and admission["device"] is None and not admission["replaced"] and not admission["withdrawn"]


# Section 6: Pen.

class Pen:
    """Who writes, and who is asked: after some entry. The holder is a device, who is asked are people, and `devices` says whose each device is."""

    def __init__(self, holder, coordinators, members, devices):
        self.holder, self.coordinators, self.members, self.devices = holder, coordinators, members, devices

    def __eq__(self, other):
        return vars(self) == vars(other)

    def persons(self, devices):
        return {self.devices[one] for one in devices if one in self.devices}

    def asked(self, by):
        """Whether there are as many members among these people as are asked beside one of two coordinators."""
        return len(by & set(self.members)) >= min(max(len(self.members), 1), 2)

    def quorum(self, devices):
        by = self.persons(devices)
        coordinators, members = by & set(self.coordinators), by & set(self.members)
        if len(self.coordinators) > 2:
            return len(coordinators) * 2 > len(self.coordinators)
        if len(self.coordinators) == 2:
            return bool(coordinators - self.persons([self.holder])) and self.asked(by)
        return len(members) >= 2 and len(members) * 2 > len(self.members)

    def others(self, author, about, consents, gone):
        """The people beside the author's who agreed, by devices that stay."""
        return self.persons({one for one, whom in consents if whom == about} - gone) - self.persons([author])

    def agreed(self, about, by):
        if len(self.coordinators) < 2:
            return True
        if len(self.coordinators) == 2 and about in self.coordinators:
            return self.asked(by - {about})
        return bool(by & set(self.coordinators) - {about})

    def after(self, act, struck=frozenset()):
        """R5, R16 and R17, without what those who are struck have signed."""
        kind, author = act["kind"], act["author"]
        coordinators, members, devices = list(self.coordinators), list(self.members), dict(self.devices)
        need(author not in struck, "R5", "rogue")
        if kind == TAKE:
            whose = devices.get(author)
            need(author != self.holder and whose is not None, "R17")
            need(len(coordinators) < 2 or whose in coordinators, "R17")
            need(self.quorum({*act["signers"], author} - struck), "R17")
            if whose not in coordinators:
                members.remove(whose)
                coordinators.append(whose)
            return Pen(author, coordinators, members, devices)
        need(author == self.holder, "R5", "rogue")
        own = devices[author]
        consents = [one for one in act.get("consents", []) if one[0] not in struck]
        about, holder = act.get("about", []), self.holder
        if kind == "join":
            members += about
            devices |= {one: one for one in about}
        if kind == ADD:
            whose, new, by = act["added"]
            need(whose in coordinators + members and new not in devices, "R20")
            need(by is None or by not in struck and devices.get(by) == whose, "R20")
            devices[new] = whose
        if kind == TURN:
            gone = set(about)
            devices = {one: whose for one, whose in devices.items() if one not in gone}
            for one in about:
                whose = self.devices.get(one, one)
                stays = whose in devices.values()
                by = self.others(author, one if stays else whose, consents, gone)
                need(stays and (own == whose or whose in by) or self.agreed(whose, by), "R16")
            coordinators = [one for one in coordinators if one in devices.values()]
            members = [one for one in members if one in devices.values()]
        if kind in (PROMOTE, DEMOTE):
            whose = devices.get(about[0])
            by = self.others(author, whose, consents, set())
        if kind == PROMOTE:
            need(whose in members and self.agreed(whose, by), "R16")
            members.remove(whose)
            coordinators.append(whose)
        if kind == DEMOTE:
            need(whose in coordinators and whose != own, "R16")
            need(whose in by or self.agreed(whose, by), "R16")
            coordinators.remove(whose)
            members.append(whose)
        if kind == HAND:
            need(devices.get(about[0]) in coordinators and about[0] != author, "R17")
            holder = about[0]
        return Pen(holder, coordinators, members, devices)


# Section 6: Branches. A step is (parent, act, pen after it, whom it puts out); parents come before.

def chosen(steps, out):
    """B3 and B4 while these are out, each with the steps that build what puts them out."""
    def struck(at):
        return {key for key, built in out.items() if at not in built}

    holds, lost, best = set(), set(), {}
    for at, (parent, act, _, _) in enumerate(steps):
        try:
            if parent is not None:
                need(parent in holds, "R4")
                steps[parent][2].after(act, struck(at))
            holds.add(at)
        except Refused:
            pass

    def suffices(take, end):
        signers = {*steps[take][1]["signers"], steps[take][1]["author"]} - struck(take)
        return steps[end][2].quorum(signers)

    for at in sorted(holds, reverse=True):
        after = [it for it in best if steps[it][0] == at]
        written = sorted(it for it in after if steps[it][1]["kind"] != TAKE)
        pen = steps[at][2]
        order, devices = pen.coordinators + pen.members, list(pen.devices)

        def rank(it):
            author = steps[it][1]["author"]
            return order.index(pen.devices[author]), devices.index(author), it

        takes = sorted((it for it in after if it not in written), reverse=True, key=rank)
        follow = written[0] if written else None
        for rival in written[1:] + takes:
            take = best[rival]["take"]
            if take is not None and (follow is None or suffices(take, best[follow]["end"])):
                follow = rival
            else:
                lost.add(rival)
        on = best.get(follow, {"end": at, "take": None})
        own = at if steps[at][1]["kind"] == TAKE else on["take"]
        best[at] = {"next": follow, "end": on["end"], "take": own}
    chain, sound = [], set()
    at = 0
    while at is not None:
        chain.append(at)
        at = best[at]["next"]
    for at in sorted(holds - lost):
        if steps[at][0] is None or steps[at][0] in sound:
            sound.add(at)
    return chain, sound, holds


def choose(steps):
    def noted(out, places):
        more = {key: set(built) for key, built in out.items()}
        for place in places:
            parent, _, after, gone = steps[place]
            keys = set(gone)
            if parent is not None:
                lost = steps[parent][2].persons(gone) - set(after.devices.values())
                keys |= {key for step in steps for key, whose in step[2].devices.items() if whose in lost}
            for key in keys:
                at = place
                while at is not None:
                    more.setdefault(key, set()).add(at)
                    at = steps[at][0]
        return more

    out = {}
    while True:
        chain, sound, _ = chosen(steps, out)
        more = noted(out, chain)
        holds = chosen(steps, more)[2]
        more = noted(more, sorted(sound & holds))
        if more == out:
            return chain, set(out)
        out = more


class Roster:
    def __init__(self):
        self.pen, self.log, self.holders = None, [], []
        self.heads, self.people, self.admissions, self.newer_from, self.lease = [], [], {}, None, None
        self.epochs, self.removed, self.policies = [], [], [(0, AS_FOUNDED)]
        self.recovery, self.recovery_keys = {}, set()

    @property
    def epoch(self):
        return self.epochs[-1]

    def head(self):
        return self.heads[-1] if self.heads else bytes(32)

    def named(self, name):
        return any(person["name"] == name for person in self.people)

    def apply(self, signed):
        data, signature = signed
        try:
            e = decode(data, entry)
        except Unordered:
            raise Refused("R12", None) from None
        except Malformed:
            raise Refused("R1", None) from None
        need(verifies(e["author"], "roster", data, signature), "R1")
        head, place, change = tagged("roster", data), len(self.heads), e["change"]
        if place == 0:
            need(e["position"] == 0 and e["previous"] == bytes(32) and e["number"] == 1, "R2")
        else:
            if e["position"] < place and self.heads[e["position"]] == head:
                return
            need(e["position"] <= place, "R3", "missing")
            need(e["previous"] in self.heads[e["position"] - 1:e["position"]], "R4")
            if e["position"] < place:
                return self.beside(e)
            said = "update" if self.newer_from is not None else "rogue"
            may_write = e["number"] == TAKE or e["author"] == self.pen.holder
            need(may_write, "R5", said)
            need(e["number"] != 1, "R2")
            pen = self.pen.after(self.act(e))
        follow = {1: self.found, 2: self.admit, 3: self.approve, 4: self.withdraw, 5: self.turn, MOVE: self.moved, DUTY: self.set_duty,
                  POLICY: self.decide, 11: self.another, ADD: self.add, RECOVERY: self.register}
        follow.get(e["number"], lambda e, change: None)(e, change)
        self.lease = change.get("lease", self.lease)
        self.retention = change.get("retention", getattr(self, "retention", (18,)))
        if e["newer"] and self.newer_from is None:
            self.newer_from = place
        self.pen = pen if place else self.pen
        self.set_roles()
        self.heads.append(head)
        self.holders.append(self.pen.holder)
        self.log.append(signed)

    def beside(self, e):
        """R3: another entry for a place that has one. What comes of it is of Branches, and is checked there."""
        branch = Roster()
        for signed in self.log[:e["position"]]:
            branch.apply(signed)
        there = decode(self.log[e["position"]][0], entry)
        need(e["number"] == TAKE or there["number"] == TAKE or there["author"] != e["author"], "R3", "fork")
        branch.pen.after(branch.act(e))

    def act(self, e):
        """What an entry does with the pen; R15, and the signatures of R17."""
        number, change, author = e["number"], e["change"], e["author"]
        act = {"kind": number, "author": author}
        if number == 3:
            role = (self.admissions.get(change["at"]) or {"role": None})["role"]
            return {"kind": "join" if role == 2 else None, "author": author, "about": [change["device"]]}
        if number == ADD:
            kind, key, _ = change["proof"]
            whose = (self.admissions.get(change["at"]) or {}).get("of")
            return {**act, "added": (whose, change["device"], key if kind == 1 else None)}
        if number in (TURN, PROMOTE, DEMOTE):
            about = change["removed"] if number == TURN else [change["device"]]
            keep = {p["person"] for p in self.people if p["device"] not in about} if number == TURN else set()
            alone = {one for one in about if self.whose(one) in keep}
            whole = {self.whose(one) for one in about} - keep
            consents = []
            for data, signature in change["consents"]:
                said = decoded(data, consent)
                need(said and verifies(said["by"], "consent", data, signature), "R15")
                need(said["group"] == self.heads[0] and said["epoch"] == self.epoch["number"], "R15")
                whom = said["about"] if said["to"] == 4 else self.whose(said["about"])
                fits = said["to"] == {TURN: 1, PROMOTE: 2, DEMOTE: 3}[number] and whom is not None and whom in whole
                need(fits or said["to"] == 4 and number == TURN and whom in alone, "R15")
                consents.append((said["by"], whom))
            need(len(consents) == len(set(consents)), "R15")
            return {**act, "about": about, "consents": consents}
        if number == HAND:
            return {**act, "about": [change["to"]]}
        if number == TAKE:
            keys = [key for key, _ in change["signatures"]]
            for key, signature in change["signatures"]:
                statement = self.heads[0] + e["previous"] + author + key
                need(verifies(key, "take", statement, signature), "R17")
            need(len(keys) == len(set(keys)), "R17")
            return {**act, "signers": keys}
        return act

    def set_roles(self):
        for person in self.people:
            if person["role"] in (1, 2):
                person["role"] = 1 if person["person"] in self.pen.coordinators else 2

    def found(self, e, change):
        named(change["group"])
        named(change["name"])
        self.group_name = change["group"]
        need(valid(e["author"]) and encapsulation_key(change["turn"]), "R7")
        self.begin(e, change["epoch"], "R7")
        self.join(e, change["name"], 1, change | {"device": e["author"]})
        self.pen = Pen(e["author"], [e["author"]], [], {e["author"]: e["author"]})

    def begin(self, e, epoch, rule):
        need(encapsulation_key(epoch["recipient"]) and 1 <= len(epoch["relays"]) <= 8, rule)
        self.epochs.append({**epoch, "since": e["position"]})

    def turn(self, e, change):
        epoch, put_out = change["epoch"], change["removed"]
        need(epoch["number"] == self.epoch["number"] + 1, "R14")
        need(all(epoch[field] != one[field] for one in self.epochs for field in ("recipient", "mailbox")), "R14")
        need(all(epoch["mailbox"] != one["mailbox"] for one in self.admissions.values()), "R14")
        need(all(device != e["author"] and self.person(device) for device in put_out), "R14")
        need(len(put_out) == len(set(put_out)), "R14")
        self.begin(e, epoch, "R14")
        gone = [person for person in self.people if person["device"] in put_out]
        self.people = [person for person in self.people if person not in gone]
        self.removed += [{**person, "at": e["position"], "time": e["time"]} for person in gone]
        self.recovery = {whose: key for whose, key in self.recovery.items() if any(p["person"] == whose for p in self.people)}

    def invited(self, e, change, rule, room):
        old = self.admissions.values()
        need(valid(change["invitation"]) and change["expires"] > e["time"], rule)
        need(all(one["invitation"] != change["invitation"] for one in old), rule)
        need(change["mailbox"] not in [one["mailbox"] for one in [*self.epochs, *old]], rule)
        need(len(self.people) + sum(map(is_open, old)) < 400, room)

    def another(self, e, change):
        """R19."""
        whose = self.person(change["of"])
        need(whose and whose["role"] in (1, 2), "R19")
        self.invited(e, change, "R19", "R19")
        self.note(e, {**change, "name": whose["name"], "role": whose["role"], "of": whose["person"]})

    def note(self, e, admission):
        for one in self.admissions.values():
            one["replaced"] |= one["device"] is None and one["name"] == admission["name"]
        self.admissions[e["position"]] = {**admission, "device": None, "replaced": False, "withdrawn": False}

    def add(self, e, change):
        """R20."""
        admission = self.admissions.get(change["at"])
        need(is_open(admission) and admission.get("of"), "R20")
        theirs = [p for p in self.people if p["person"] == admission["of"]]
        need(0 < len(theirs) < 5 and len(self.people) < 200, "R20")
        need(self.may_join(theirs[0]["role"], change), "R20")
        kind, key, signature = change["proof"]
        may = key in [p["device"] for p in theirs] if kind == 1 else key == self.recovery.get(admission["of"])
        statement = self.heads[0] + admission["invitation"] + change["device"] + change["member"]
        statement += struct.pack(">Q", len(change["turn"])) + change["turn"] + key
        need(may and verifies(key, {1: "addition", 2: "restoration"}[kind], statement, signature), "R20")
        if kind == 2:
            del self.recovery[admission["of"]]
        admission["device"] = change["device"]
        self.join(e, theirs[0]["name"], theirs[0]["role"], change, admission["of"])

    def register(self, e, change):
        """R21."""
        by, key = self.person(change["by"]), change["key"]
        need(by and by["role"] in (1, 2), "R21")
        before = self.recovery.get(by["person"])
        need(before is not None if key is None else valid(key) and key not in self.recovery_keys, "R21")
        options = b"".join(b"\0" if one is None else b"\1" + one for one in (before, key))
        need(verifies(change["by"], "recovery", self.heads[0] + change["by"] + options, change["signature"]), "R21")
        self.recovery.pop(by["person"], None)
        if key is not None:
            self.recovery[by["person"]] = key
            self.recovery_keys.add(key)

    def admit(self, e, change):
        named(change["name"])
        old = self.admissions.values()
        need(change["role"] != 1, "R8")
        self.invited(e, change, "R8", "R9")
        same = [one for one in old if one["name"] == change["name"]]
        if same:
            need((same[0]["role"] == 4) == (change["role"] == 4), "R9")
        else:
            need(change["role"] != 4 or change["name"] == handle(change["invitation"]), "R9")
        need(not self.named(change["name"]), "R9")
        self.note(e, change)

    def approve(self, e, change):
        admission = self.admissions.get(change["at"])
        need(is_open(admission) and not admission.get("of"), "R10")
        need(len(self.people) < 200, "R10")
        need(self.may_join(admission["role"], change), "R11")
        admission["device"] = change["device"]
        self.join(e, admission["name"], admission["role"], change)

    def may_join(self, role, keys):
        """R11."""
        used = self.people + self.removed
        new = all(person[key] != keys[key] for person in used for key in ("device", "member"))
        reached = role not in READERS if keys["turn"] is None else encapsulation_key(keys["turn"])
        return valid(keys["device"]) and new and reached

    def withdraw(self, e, change):
        admission = self.admissions.get(change["at"])
        need(is_open(admission), "R13")
        admission["withdrawn"] = True

    def decide(self, e, change):
        """R18."""
        who = [*(change["circle"] or []), *(person for person, _ in change["besides"] + change["kept_out"])]
        need(all((self.person(device) or {"role": None})["role"] in (1, 2) for device in who), "R18")
        people = {**change, "circle": change["circle"] and [self.whose(device) for device in change["circle"]]}
        for rules in ("besides", "kept_out"):
            people[rules] = [(self.whose(device), one) for device, one in change[rules]]
        circle = people["circle"]
        need(circle is None or 1 <= len(circle) == len(set(circle)), "R18")
        need(all(any(one[name] for name in LISTS) for _, one in change["besides"]) and change["length"] <= 16384, "R18")
        self.policies.append((e["position"], people))

    def set_duty(self, e, change):
        """DU1: what names somebody who is no member has no effect."""
        said = change["rota"]
        if said is None:
            return
        named = [who for _, _, one in said["week"] + said["days"] if one for who in one if who is not None]
        if all((self.person(device) or {"role": None})["role"] in (1, 2) for device in named):
            self.rota = renamed(said, self.whose)

    def moved(self, e, change):
        self.epoch["relays"] = change.get("relays", self.epoch["relays"])

    def join(self, e, name, role, keys, whose=None):
        keys = {"device": keys["device"], "member": keys["member"], "person": whose or keys["device"]}
        came = next((p["came"] for p in self.people if p["person"] == whose), e["position"])
        self.people.append({"name": name, "role": role, "since": e["position"], "came": came, **keys})

    def whose(self, device):
        """Who has a device, or had it."""
        return next((p["person"] for p in self.people + self.removed if p["device"] == device), None)

    def person(self, device):
        return next((person for person in self.people if person["device"] == device), None)

    def removed_person(self, device):
        return next((person for person in self.removed if person["device"] == device), None)

    def epoch_at(self, place):
        return [one["number"] for one in self.epochs if one["since"] <= place][-1]

    def admission(self, invitation):
        return next((one for one in self.admissions.values() if one["invitation"] == invitation), None)

    def people_at(self, place, roles):
        were = self.people + [person for person in self.removed if place < person["at"]]
        return [p for p in were if p["role"] in roles and p["since"] <= place]

    def readers_at(self, place):
        return [p["member"] for p in self.people_at(place, READERS)]

    def policy_at(self, place):
        return [one for one in self.policies if one[0] <= place][-1]

    def meant_at(self, m, place):
        """Whom a message is for whose sender chose nobody; None where nobody can say."""
        if m["kind"] != 1:
            return self.readers_at(place)
        meant, _ = self.reading_at(m, place)
        return meant and [p["member"] for p in self.people_at(place, (1, 2)) if p["person"] in meant]

    def reading_at(self, m, place):
        everybody = list(dict.fromkeys(p["person"] for p in self.people_at(place, (1, 2))))
        return reading(self.policy_at(place)[1], everybody, self.whose(m["sender"]), said_in(m["body"]))

    def result(self):
        fields = ("name", "role", "device", "person", "member")
        people = [{field: readable(person[field]) for field in fields} for person in self.people]
        persons = [p for at, p in enumerate(self.people) if all(p["person"] != one["person"] for one in self.people[:at])]
        all_now = [p["person"] for p in persons if p["role"] in (1, 2)]
        recovery = [{"person": p["person"].hex(), "key": self.recovery[p["person"]].hex()} for p in persons if p["person"] in self.recovery]
        since, in_force = self.policy_at(len(self.heads))
        duty = on_duty(in_force, all_now)
        return {"duty": [p["name"] for p in persons if p["person"] in duty], "policy_since": since, "recovery": recovery,
                "group": self.heads[0].hex(), "head": self.head().hex(), "group_name": self.group_name,
                "people": people, "removed": [{field: person[field] for field in ("name", "at", "time")} for person in self.removed],
                "epoch": self.epoch["number"], "mailbox": self.epoch["mailbox"].hex(), "update": self.newer_from is not None, "lease": self.lease,
                "relays": [{"place": spelled(*where), "key": key.hex()} for *where, key in self.epoch["relays"]],
                "pen": self.pen.holder.hex()}


# Section 6: Reading.

def on_duty(policy, everybody):
    """P1."""
    return [one for one in everybody if one in (policy["circle"] or [])] or everybody


def fits(one, said, unsaid):
    """Whether each list that is there has something that the alert says; `unsaid` is what comes of what it does not say."""
    return all(not one[name] or (any(item in one[name] for item in said[name]) if said[name] else unsaid) for name in LISTS)


def kept_out(policy, person, said):
    return any(who == person and fits(one, said, True) for who, one in policy["kept_out"])


def reading(policy, everybody, sender, said):
    """P1 to P5: for whom an alert is, and which of these rules took part."""
    if said is None:
        if policy["besides"] or policy["kept_out"]:
            return None, []
        said = {name: [] for name in LISTS}
    besides = [who for who, one in policy["besides"] if fits(one, said, False)]
    left = [one for one in everybody if not kept_out(policy, one, said)]
    named = [one for one in left if one in on_duty(policy, everybody) or one in besides]
    meant = named or left or everybody
    own = [one for one in left if one == sender and one not in meant]
    decided = {"P1": policy["circle"], "P2": besides, "P3": left != everybody, "P4": not named, "P5": own}
    return meant + own, [rule for rule, holds in decided.items() if holds]


def alert(r):
    """What of an alert says who reads it; the rest is passed over, and has to be there."""
    def numbers(count):
        for _ in range(count):
            r.number(2)

    def texts(count):
        for _ in range(count):
            r.text()

    r.number(2), r.option(lambda: r.take(16))
    subject, acts = r.number(2), r.sequence(lambda: r.number(2))
    numbers(1), texts(3), r.option(lambda: (r.take(16), r.text(), r.number(2)))
    numbers(1), texts(4), numbers(3)
    country = r.option(lambda: r.take(2))
    texts(1), numbers(1), r.option(lambda: r.number(8)), numbers(2)
    origin = r.number(2)
    texts(2), numbers(3 + 8), r.option(lambda: r.number(8)), numbers(2), texts(1)
    r.sequence(lambda: r.number(2)), r.sequence(r.text), r.sequence(r.text)
    before = r.rest
    try:
        numbers(2), r.option(lambda: (r.number(2), r.text(), r.option(lambda: r.number(8)), r.number(2), texts(6)))
        r.extensions(), r.end()
    except Malformed:
        # Before the first release, less came after what was done already.
        if before not in (b"", bytes(8)):
            raise
        r.rest = b""
    country = country and country.upper()
    countries = [country] if country and all(65 <= letter <= 90 for letter in country) else []
    subjects = [subject] if subject != 5 else []
    origins = {2: [2], 3: [3], 4: [2, 3]}.get(origin, [])
    return {"countries": countries, "acts": acts, "subjects": subjects, "origins": origins}


def said_in(body):
    return decoded(body, alert)


def followed(entries):
    """The roster that is followed by whom these have come to in this order, and who else is out."""
    logs, steps = {}, []
    for signed in entries:
        e = decode(signed[0], entry)
        log = logs.get(e["previous"], [])
        before = Roster()
        for one in log:
            before.apply(one)
        act = before.act(e) if log else {"kind": 1, "author": e["author"]}
        before.apply(signed)
        logs[before.head()] = [*log, signed]
        parent = [at for at, step in enumerate(steps) if step[4] == e["previous"]]
        gone = e["change"].get("removed", [])
        steps.append((parent[0] if parent else None, act, before.pen, gone, before.head()))
    chain, out = choose([step[:4] for step in steps])
    roster = Roster()
    for at in chain:
        roster.apply(entries[at])
    return roster, sorted(key.hex() for key in out if roster.person(key))


def orders(steps, done=()):
    """Every order in which these entries can come, each after the one that it continues."""
    if not steps:
        yield list(done)
    for at, signed in enumerate(steps):
        before = decode(signed[0], entry)["previous"]
        if all(before != tagged("roster", other[0]) for other in steps):
            yield from orders(steps[:at] + steps[at + 1:], (*done, signed))


def branches(vectors, chain):
    for one in vectors["branches"]:
        entries = [hexed(text, Reader.signed) for text in one["entries"]]
        ways = [entries] if one["fork"] else orders(entries)
        for way in ways:
            roster, out = followed([*chain(one["after"]), *way])
            found = {"head": roster.head().hex(), "pen": roster.pen.holder.hex(), "out": out}
            check(one["name"], found == one["result"], "branches", "B1", "B2", "B3", "B4", "B5")


def readable(value):
    if isinstance(value, list):
        return [readable(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value


def hexed(text, structure):
    return decode(bytes.fromhex(text), structure)


# Section 6: claims and messages.

def claim(r):
    value = {"invitation": r.take(32), "mailbox": r.take(32), "device": r.take(32), "member": r.member_key(),
             "turn": r.option(r.bytes)}
    r.number(8)
    return {**value, "possession": r.take(64), "newer": r.extensions()}


def counting(signed, roster):
    """The claim, if C1 to C3 hold."""
    try:
        c = decode(signed[0], claim)
    except Malformed:
        raise Refused("C1", None) from None
    admission = roster.admission(c["invitation"])
    need(admission is not None and verifies(c["invitation"], "claim", *signed), "C1")
    need(c["mailbox"] == admission["mailbox"], "C2")
    turn_key = b"\0" if c["turn"] is None else b"\1" + struct.pack(">Q", len(c["turn"])) + c["turn"]
    possession = c["device"] + c["member"] + turn_key + c["invitation"]
    need(verifies(c["device"], "possession", possession, c["possession"]), "C3")
    return c


def arrival(signed, whose):
    """L4: the position, if it counts."""
    def structure(r):
        value = r.take(32), r.number(4)
        r.extensions()
        return value

    invitation, position = decode(signed[0], structure)
    counts = invitation == whose["invitation"] and verifies(whose["device"], "arrival", *signed)
    return position if counts else None


def message(r):
    value = {"group": r.take(32), "epoch": r.number(4), "roster": r.take(32), "audience": r.take(32),
             "chosen": r.sequence(r.member_key), "sender": r.take(32), "id": r.take(16), "number": r.number(8),
             "previous": r.take(32), "time": r.number(8), "expires": r.number(8)}
    value["seen"] = r.sequence(lambda: (r.take(32), r.number(8), r.take(32)))
    return {**value, "kind": r.number(2), "body": r.bytes(), "newer": r.extensions()}


def payload(r):
    return r.number(2), r.bytes()


def sent_message(r):
    return r.signed(), r.option(r.signed), r.all_extensions()


def passing(r):
    return {"message": r.take(32), "relay": r.take(32), "place": r.number(8), "by": r.take(32), "newer": r.extensions()}


def passed_on_by(m, data, around, roster, reader, place, stood):
    """M9: the name of who passed it on to this reader."""
    signed = decoded(around.get(32768, b""), Reader.signed)
    said = signed and decoded(signed[0], passing)
    need(said and verifies(said["by"], "passing", *signed) and not said["newer"], "M9")
    need(said["message"] == tagged("message", data) and not m["chosen"], "M9")
    by = roster.person(said["by"])
    need(by and by["role"] in (1, 2) and by["member"] in roster.meant_at(m, place), "M9")
    need(stood is not None and place < stood and reader in (roster.meant_at(m, stood) or []), "M9")
    return by["name"]


def opened_by(m, data, around, roster, reader, arrived, place):
    """CA19: the name of who opened it to this reader."""
    signed = decoded(around.get(32790, b""), Reader.signed)
    act = signed and decoded(signed[0], message)
    need(act and verifies(act["sender"], "message", *signed) and act["group"] == roster.heads[0] and act["kind"] == 25, "CA19")
    body = decoded(act["body"], case_message)
    need(body and body["says"] == "readers" and body["way"] == 1, "CA19")
    me = next((p for p in roster.people if p["member"] == reader and p["role"] in READERS), None)
    need(me and any(roster.whose(who) == me["person"] for who in body["who"]), "CA19")
    by = roster.person(act["sender"])
    gone = roster.removed_person(act["sender"])
    by = by or (gone if gone and arrived < gone["time"] else None)
    need(by and by["role"] in (1, 2) and (act["roster"] in roster.heads or roster.newer_from is not None), "CA19")
    if m["kind"] == 25:
        said = decoded(m["body"], case_message)
        need(said and (said["alert"], said["alert_hash"]) == (body["alert"], body["alert_hash"]), "CA19")
    else:
        fields = said_in(m["body"]) or {}
        is_it = (body["alert"], body["alert_hash"]) == (m["id"], tagged("message", data))
        need(m["kind"] == 1 and (is_it or fields.get("original") == body["alert"]), "CA19")
        theirs = {p["member"] for p in roster.people + roster.removed if p["person"] == by["person"]}
        places = [] if m["chosen"] else range(place, len(roster.heads))
        need(theirs & set(m["chosen"]) or any(theirs & set(roster.meant_at(m, at) or []) for at in places), "CA19")
    return by["name"]


def verdict(sent, roster, reader, arrived, first, stood=None):
    (data, signature), claimed, around = sent
    newer = any(number < 32768 for number in around)
    try:
        m = decode(data, message)
    except Malformed:
        raise Refused("M1", None) from None
    need(verifies(m["sender"], "message", data, signature), "M1")
    need(m["group"] == roster.heads[0], "M2", "group")
    place = roster.heads.index(m["roster"]) if m["roster"] in roster.heads else None
    epochs = [one["number"] for one in roster.epochs] if place is None else [roster.epoch_at(place)]
    need(m["epoch"] in epochs, "M2", "epoch")
    by, opener, open_to = None, None, []
    has_newer = roster.newer_from is not None
    understood = place is not None and not (has_newer and place >= roster.newer_from)
    readers = m["chosen"] or (roster.meant_at(m, place) if understood else None)
    if readers is not None:
        need(len(readers) <= 256 and m["audience"] == tagged("recipients", *sorted(readers)), "M3")
        open_to = [p["name"] for p in roster.removed if arrived >= p["time"] and p["member"] in readers]
        if reader not in readers:
            need({32768, 32790} & set(around), "M3")
            try:
                by = passed_on_by(m, data, around, roster, reader, place, stood)
            except Refused:
                need(32790 in around, "M9")
                opener = opened_by(m, data, around, roster, reader, arrived, place)
    if place is None and not has_newer:
        said = {"sender": "unverified", "reason": "other_roster"}
    else:
        said = sender(m, claimed, roster, arrived, first)
    update = m["newer"] or newer or (has_newer and not understood)
    late = arrived > m["expires"] and opener is None
    return {**said, "passed_on_by": by, "opened_by": opener, "open_to_removed": open_to, "late": late, "update": update, "kind": m["kind"], "hash": tagged("message", data).hex()}


def sender(m, claimed, roster, arrived, first):
    def unverified(reason):
        return {"sender": "unverified", "reason": reason}

    person, gone = roster.person(m["sender"]), roster.removed_person(m["sender"])
    if gone and arrived >= gone["time"]:
        return unverified("removed")
    person = person or gone
    if person:
        known = {"sender": "known", "name": person["name"], "role": person["role"]}
        return unverified("observer") if person["role"] == 3 else known
    try:
        c = counting(claimed, roster) if claimed else None
    except Refused:
        c = None
    admission = roster.admission(c["invitation"]) if c else None
    if c is None or c["device"] != m["sender"] or admission["role"] != 4:
        return unverified("unknown")
    if admission["withdrawn"]:
        return unverified("invitation_withdrawn")
    if (admission["device"] or first or c["device"]) != c["device"]:
        return unverified("invitation_taken")
    if admission["replaced"]:
        return unverified("invitation_replaced")
    if arrived > admission["expires"]:
        return unverified("invitation_ended")
    return {"sender": "invited", "name": admission["name"], "role": 4}


# Section 6: invitations.

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def invitation_code(text):
    text = re.sub(r"[\s-]", "", text).upper().translate(str.maketrans("OIL", "011"))
    if not text or any(letter not in CROCKFORD for letter in text):
        return "form"
    bits = "".join(f"{CROCKFORD.index(letter):05b}" for letter in text)
    whole = len(bits) // 8 * 8
    data = int(bits[:whole], 2).to_bytes(whole // 8, "big")
    if len(bits) - whole > 4 or "1" in bits[whole:] or data[-4:] != tagged("code", data[:-4])[:4]:
        return "checksum"
    if data[0] != 1:
        return "version"
    secret, mark, relay, where = data[1:17], data[17:33], data[33:65], place(data[65:-4].decode(errors="replace"))
    if len(relay) != 32 or not where:
        return "form"
    return {"secret": secret.hex(), "coordinator": mark.hex(), "relay": relay.hex(), "place": spelled(*where)}


def invitation_file(text):
    title, *rest = [line.strip() for line in re.split(r"[\r\n]", text) if line.strip()] or [""]
    if title != "bellrope invitation 1":
        return "version" if title.startswith("bellrope invitation ") else "form"
    if not rest or isinstance(invitation_code(rest[0]), str):
        return invitation_code(rest[0]) if rest else "form"
    try:
        bundle = base64.b64decode("".join(rest[1:]), validate=True)
    except ValueError:
        return "checksum"
    one_spelling = base64.b64encode(bundle).decode() == "".join(rest[1:])
    return (invitation_code(rest[0]), bundle) if one_spelling and len(bundle) in BUCKETS else "checksum"


def base_times(secret):
    return times(int.from_bytes(secret, "little") & (1 << 254) - 8 | 1 << 254, BASE)


def public_key(seed):
    """RFC 8032, section 5.1.5."""
    x, y = base_times(hashlib.sha512(seed).digest()[:32])
    return (y | (x & 1) << 255).to_bytes(32, "little").hex()


def public_member_key(secret):
    """RFC 7748, by the map of its section 4.1 from the other curve."""
    _, y = base_times(secret)
    return ((1 + y) * pow(1 - y, -1, P) % P).to_bytes(32, "little").hex()


def invitations(vectors):
    for good in vectors["codes"]["good"]:
        read = invitation_code(good["text"])
        check(good["name"], read == {key: good[key] for key in ("secret", "coordinator", "relay", "place")}, "codes")
    for bad in vectors["codes"]["bad"]:
        check(bad["why"], invitation_code(bad["text"]) == bad["reason"], "refused codes")
    for good in vectors["files"]["good"]:
        code, envelope = invitation_file(good["text"])
        same = code == invitation_code(good["code"]) and tagged("envelope", envelope).hex() == good["envelope_hash"]
        check(good["name"], same, "files")
    for bad in vectors["files"]["bad"]:
        check(f"{bad['why']}: {invitation_file(bad['text'])}", invitation_file(bad["text"]) == bad["reason"], "refused files")
    for one in vectors["coordinator_marks"]:
        mark = tagged("coordinator", bytes.fromhex(one["device"]))[:16]
        check(one["name"], mark.hex() == one["mark"], "marks")
    for one in vectors["invitation_keys"]:
        secret = extract(bytes(32), bytes.fromhex(one["secret"]))
        for use in ("authority", "lane", "claim", "outer", "inner"):
            seed = expand(secret, b"bellrope/invitation/v1/" + use.encode(), 32)
            check(use, seed.hex() == one[use]["seed"], "seeds of invitations")
            if use != "outer":
                public = public_member_key(seed) if use == "inner" else public_key(seed)
                check(use, public == one[use]["public"], "keys of invitations")
        mailbox = tagged("mailbox", bytes.fromhex(one["authority"]["public"]))
        check("mailbox", mailbox.hex() == one["mailbox"], "keys of invitations")


def groups():
    vectors = load("groups.json")
    invitations(vectors)
    for one in vectors["devices"]:
        check(one["name"], public_key(bytes.fromhex(one["device_seed"])) == one["device"], "devices")
        check(one["name"], public_member_key(bytes.fromhex(one["member_seed"])) == one["member"], "devices")
    chains = {}

    def roster(name):
        made = Roster()
        for text in chains.get(name, []):
            made.apply(hexed(text, Reader.signed))
        return made

    for one in vectors["rosters"]:
        chains[one["name"]] = chains.get(one["after"], []) + one["entries"]
        found = roster(one["name"]).result()
        check(one["name"], found == one["result"], "rosters", *["L1"] * bool(found["lease"]))
    rosters = {name: roster(name) for name in [None, *chains]}
    branches(vectors, lambda name: [hexed(text, Reader.signed) for text in chains[name]])
    for one in vectors["refused_entries"]:
        by = refusal(lambda: rosters[one["after"]].apply(hexed(one["entry"], Reader.signed)))
        check(f"{one['why']}: {by}", by == (one["rule"], one.get("said")), "refused entries", one["rule"])
    everybody = rosters[vectors["claims"]["roster"]]
    for one in vectors["claims"]["good"]:
        check(one["name"], refusal(lambda: counting(hexed(one["claim"], Reader.signed), everybody)) is None, "claims")
    for one in vectors["claims"]["bad"]:
        by = refusal(lambda: counting(hexed(one["claim"], Reader.signed), everybody))
        check(f"{one['why']}: {by}", by == (one["rule"], None), "refused claims", one["rule"])
    whose = decode(hexed(vectors["arrivals"]["claim"], Reader.signed)[0], claim)
    for one in vectors["arrivals"]["items"]:
        found = arrival(hexed(one["arrival"], Reader.signed), whose)
        check(f"{one['why']}: {found}", found == one["counts"], "arrivals", "L4")
    messages(vectors, rosters)
    comparisons(vectors["comparisons"])
    epochs(vectors)
    sequences(roster)
    return roster


# Section 6, Comparing.

def half(tag, *parts):
    found = tagged(tag, *map(bytes.fromhex, parts))
    return "".join(f"{int.from_bytes(found[at:at + 5], 'big') % 100_000:05}" for at in range(0, 30, 5))


def comparison(r):
    value = {"group": r.take(32), "epoch": r.number(4), "roster": r.take(32), "from": r.take(32), "to": r.take(32)}
    return {**value, "step": r.number(2), "body": r.bytes(), "newer": r.extensions()}


def call(one):
    """The numbers and the words' places that both come to, and the call; `None` where a step does not fit."""
    said = []
    for text in one["payloads"]:
        number, body = hexed(text, payload)
        data, signature = decode(body, Reader.signed)
        it = decode(data, comparison)
        if number != 16 or not verifies(it["from"], "comparison", data, signature):
            return None
        said.append((it["step"], it["from"], it["to"], it["group"], it["roster"], it["body"]))
    first, second, group, roster = said[1][1], said[0][1], said[2][3], said[2][4]
    commitment, answered, revealed = said[1][5], said[2][5], said[3][5]
    added, committed = answered[32:], revealed[64:]
    fits = (first < second and [(step, author) for step, author, *_ in said]
            == [(1, second), (2, first), (3, second), (4, first), (5, first), (5, second)]
            and commitment == tagged("comparison-commitment", group, first, second, committed)
            and answered == commitment + added and revealed == commitment + added + committed)
    keys = [bytes.fromhex(key) for key in one["members"]]
    code = expand(extract(b"", committed + added), b"bellrope/comparison/v1" + group + first + second + keys[0] + keys[1] + roster, 5)
    bits = int.from_bytes(code, "big") >> 1
    named = tagged("comparison-call", commitment, added)
    fits = fits and said[4][5] == named + b"\0\1" and said[5][5] == named + b"\0\2"
    return fits and (named.hex(), [1000 + (bits >> at & 0x1fff) for at in (26, 13, 0)], [bits >> at & 63 for at in (33, 27, 21, 15, 9, 3)])


def vouch(r):
    return r.take(32), r.member_key(), r.number(2), r.number(8), r.extensions()


def comparisons(vectors):
    for one in vectors["vouches"]:
        about, _, what, at, newer = decoded(bytes.fromhex(one["body"]), vouch) or (b"", b"", 0, 0, False)
        says = {1: "here", 2: "call", 3: "taken_back", 4: "failed"}.get(what) if not newer else None
        check(one["says"], says == one["says"] and (says is None or (about.hex(), at) == (one["about"], one["at"])), "vouches")
    lines = (HERE / "../../client/i18n/comparison-words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split(" ") for line in lines if not line.startswith("#")]
    for one in vectors["calls"]:
        named, numbers, places = call(one) or (None, None, [])
        check(one["call"], (named, numbers) == (one["call"], one["numbers"]), "calls")
        check(one["call"], {lang: [words[at][column] for at in places] for column, lang in enumerate(("en", "ru"))} == one["words"], "calls")
    for one in vectors["halves"]:
        check(one["name"], half("comparison-device", one["group"], one["device"], one["member"]) == one["of_device"], "halves")
        check(one["name"], half("comparison-reader", one["group"], one["member"]) == one["of_reader"], "halves")
    check("both", "".join(sorted(one["of_device"] for one in vectors["halves"][:2])) == vectors["both"], "halves")
    for one in vectors["group_numbers"]:
        found = tagged("group-number", bytes.fromhex(one["group"]), struct.pack(">I", one["epoch"]), bytes.fromhex(one["head"]),
                       one["said"].encode())
        check(one["number"], f"{int.from_bytes(found[:8], 'big') % 10**12:012}" == one["number"], "group numbers")


def refusal(attempt):
    try:
        attempt()
    except Refused as refused:
        return refused.args
    return None


def messages(vectors, rosters):
    said = {bytes(32).hex(): 0}
    for one in vectors["messages"]:
        number, body = hexed(one["payload"], payload)
        sent = decode(body, sent_message)
        reader, first = bytes.fromhex(one["reader"]), one["first_device"] and bytes.fromhex(one["first_device"])
        found, rules = told(sent, rosters[one["roster"]], reader, one["arrived"], first, one["stood"])
        check(f"{one['name']}: {found}", number == 1 and found == one["verdict"], "messages", *rules)
        m = decode(sent[0][0], message)
        # Each names a message of the file, or none, as its device's last one.
        check(one["name"], m["number"] == said[m["previous"].hex()] + 1, "messages in order")
        said[tagged("message", sent[0][0]).hex()] = m["number"]


def told(*asked):
    """What is said of a message, and the rules that decided."""
    try:
        found = verdict(*asked)
    except Refused as refused:
        rule, said = refused.args
        # A message that was not passed on rightly was passed on.
        return {"refused": "M3" if rule in ("M9", "CA19") else rule, **({"said": said} if said else {})}, [rule]
    (data, _), roster = asked[0][0], asked[1]
    m = decode(data, message)
    gone = roster.removed_person(m["sender"])
    by_policy = m["kind"] == 1 and not m["chosen"] and m["roster"] in roster.heads
    read_by = roster.reading_at(m, roster.heads.index(m["roster"]))[1] if by_policy else []
    decided = {"M5": True, "M6": found["late"], "M9": found["passed_on_by"] is not None, "CA19": found["opened_by"] is not None,
               "E3": bool(found["open_to_removed"]), "E4": gone is not None}
    return found, [rule for rule, holds in decided.items() if holds] + read_by


# Section 6: what comes to an invitation's mailbox.

def critical(number):
    """Of what this version does not know."""
    return number < 32768


def access(r):
    value = {"lane": r.take(32), "grant": r.signed()}
    return {**value, "newer": r.extensions()}


def leads_to(right, mailbox):
    """Whether the authority of this mailbox signed the access' grant."""
    data, signature = right["grant"]
    return grant(data, signature) and tagged("mailbox", data[:32]) == mailbox


def coordinators(r):
    return r.sequence(lambda: (r.take(32), r.member_key()))


def view(r):
    value = {"group": r.take(32), "position": r.number(4), "head": r.take(32), "epoch": epoch_keys(r),
             "readers": r.sequence(r.member_key), "people": r.sequence(lambda: r.number(2)), "policy": policy(r, lambda r: r.number(2)), "coordinators": coordinators(r)}
    return {**value, "newer": r.extensions() or value["epoch"]["newer"] or value["policy"]["newer"]}


def at_once(r):
    value = {"view": view(r), "access": access(r)}
    return {**value, "newer": r.extensions() or value["view"]["newer"] or value["access"]["newer"]}


BUNDLE_PLACE = 32768


def bundle(r):
    value = {"invitation": r.take(32), "group": r.take(32), "role": r.number(2), "expires": r.number(8),
             "coordinator": r.take(32), "delegation": r.option(r.signed), "coordinators": coordinators(r),
             "position": r.number(4), "head": r.take(32), "at_once": r.option(lambda: at_once(r))}
    items = r.all_extensions()
    newer = [any(critical(number) for number in items), value["role"] not in (1, 2, 3, 4) and critical(value["role"]),
             value["at_once"] is not None and value["at_once"]["newer"]]
    said = decoded(items.get(BUNDLE_PLACE, b""), lambda r: (r.number(4), relay_list(r)))
    return {**value, "newer": any(newer), "place": (said[0], said[1][0]) if said and said[1] else None}


def view_update(r):
    value = {"invitation": r.take(32), "view": view(r), "access": access(r)}
    return {**value, "newer": r.extensions() or value["access"]["newer"]}


def welcome(r):
    value = {"invitation": r.take(32), "group": r.take(32), "device": r.take(32), "head": r.take(32),
             "epoch": r.number(4), "secret": r.take(32), "access": access(r), "place": r.number(8), "after": r.take(32)}
    return {**value, "newer": r.extensions() or value["access"]["newer"]}


def no(r):
    return {"invitation": r.take(32), "group": r.take(32), "newer": r.extensions()}


SIGNED_PAYLOADS = {3: ("bundle", bundle), 5: ("welcome", welcome), 6: ("view", view_update), 7: ("refusal", no)}


def decoded(data, structure):
    """The value, or `None` for what does not decode."""
    try:
        return decode(data, structure)
    except Malformed:
        return None


def content(item, key):
    """Number and body of the payload, if this key opens it; else the number is `None`."""
    if item["payload"] is None or item["sealed_to"] != key:
        return None, b""
    return decoded(bytes.fromhex(item["payload"]), payload) or (None, b"")


def said_by(number, body, signer=None):
    """What a payload says, if the signer signed it: of a bundle, the coordinator whom it names."""
    purpose, structure = SIGNED_PAYLOADS[number]
    signed = decoded(body, Reader.signed)
    value = signed and decoded(signed[0], structure)
    return value if value and verifies(signer or value["coordinator"], purpose, *signed) else None


def is_bundle(item):
    number, body = content(item, "code")
    return number == 3 and said_by(3, body) is not None


def invitation_key(secret):
    seed = expand(extract(bytes(32), bytes.fromhex(secret)), b"bellrope/invitation/v1/claim", 32)
    return bytes.fromhex(public_key(seed))


def delegation(r):
    return {"group": r.take(32), "invitation": r.take(32), "coordinator": r.take(32), "to": r.sequence(lambda: r.take(32))}


def speaks(b, mark):
    """Whether the device that signed a bundle made the code, or may speak for who did."""
    made = lambda device: tagged("coordinator", device)[:16].hex() == mark
    d = b["delegation"] and decoded(b["delegation"][0], delegation)
    signed = d and verifies(d["coordinator"], "delegation", *b["delegation"]) and made(d["coordinator"])
    own = d and (d["group"], d["invitation"]) == (b["group"], b["invitation"])
    return made(b["coordinator"]) or bool(signed and own and b["coordinator"] in d["to"])


def said_by_one(number, body, devices):
    """What a payload says, if one of these signed it."""
    return next((value for value in (said_by(number, body, device) for device in devices) if value), None)


def joins(item, code, now):
    """C5."""
    number, body = content(item, "code")
    if number is not None and number > 9 and critical(number):
        return "update"
    b = said_by(3, body) if number == 3 else None
    if b is None or not speaks(b, code["coordinator"]):
        return "damaged"
    if b["invitation"] != invitation_key(code["secret"]):
        return "damaged"
    return "update" if b["newer"] else "joins" if now < b["expires"] else "ended"


class Newcomer:
    """C4, C6 and C7, of a device that took this bundle."""

    def __init__(self, one):
        self.bundle, self.device = said_by(*hexed(one["bundle"], payload)), bytes.fromhex(one["device"])
        first = self.bundle["at_once"]
        self.position, self.waits = first and first["view"]["position"], first is None
        self.decided, self.over, self.parts, self.epoch, self.closed = False, False, [], 0, False
        self.place, self.coordinators = (0, None), [device for device, _ in self.bundle["coordinators"]]

    def close(self):
        """E7: from the beginning, and a welcome counts though the device is in."""
        self.closed, self.waits, self.parts, self.decided = True, True, [], False

    def take(self, item):
        """What follows, and the rule that decided."""
        number, body = content(item, "code")
        if number == 7:
            value = said_by_one(number, body, self.coordinators)
            if value is not None and value["invitation"] == self.bundle["invitation"]:
                self.waits, self.over = False, True
                if self.closed:
                    return "removed", "E7"
                return "refused" if self.position is None else "taken_back", "C7"
        if not self.decided:
            self.decided = not is_bundle(item)
            if self.decided and item["payload"] is not None and not item["own"] and not self.over:
                self.waits = False
                return "taken", "C4"
            return (None if self.decided else self.renewed(item)), "C4"
        if is_bundle(item):
            return self.renewed(item), "C6"
        number, body = content(item, "device")
        if number == 2 and self.waits:
            self.parts += decode(body, lambda r: r.sequence(r.signed))
        if number in (5, 6):
            if number == 5:
                return self.welcomed(body), "E7" if self.closed else "C6"
            value = said_by_one(6, body, self.coordinators)
            counts = value is not None and value["invitation"] == self.bundle["invitation"]
            return self.views(value) if counts else None, "C6"
        return "update" if number is not None and number > 9 and critical(number) else None, "C6"

    def renewed(self, item):
        b = said_by(3, content(item, "code")[1])
        if b["coordinator"] not in self.coordinators or b["invitation"] != self.bundle["invitation"]:
            return None
        if b["newer"] or b["at_once"]:
            return "update" if b["newer"] else self.views({**b["at_once"], "newer": False})
        if b["position"] > self.bundle["position"]:
            self.bundle, self.coordinators = b, [device for device, _ in b["coordinators"]]
        if b["place"] is None or b["place"][0] <= self.place[0]:
            return None
        before, self.place = self.place[1], b["place"]
        return "moved" if before != self.place[1] else None

    def welcomed(self, body):
        if not self.waits:
            return None
        known = said_by_one(5, body, self.coordinators)
        if known and known["invitation"] == self.bundle["invitation"] and known["newer"]:
            return "update"
        claimed = decoded(decoded(body, Reader.signed)[0], welcome)
        if claimed is None or claimed["invitation"] != self.bundle["invitation"]:
            return None
        parts, self.parts, roster = self.parts, [], Roster()
        if not parts or refusal(lambda: [roster.apply(part) for part in parts]):
            return None
        w = said_by_one(5, body, [person["device"] for person in roster.people if person["role"] == 1])
        if w is None:
            self.parts = parts
            return None
        if w["newer"]:
            return "update"
        holds = [self.bundle["head"] in roster.heads,
                 roster.heads[0] == self.bundle["group"] == w["group"], roster.head() == w["head"],
                 roster.person(self.device) and w["device"] == self.device, roster.epoch["number"] == w["epoch"],
                 leads_to(w["access"], roster.epoch["mailbox"]), w["epoch"] > self.epoch]
        if not all(holds):
            return None
        self.waits, self.epoch = self.closed, w["epoch"]
        return "let_in"

    def views(self, update):
        v = update["view"]
        if update["newer"]:
            return "update"
        if not leads_to(update["access"], v["epoch"]["mailbox"]):
            return None
        if self.position is None or v["group"] != self.bundle["group"] or v["position"] <= self.position:
            return None
        self.position, self.coordinators = v["position"], [device for device, _ in v["coordinators"]]
        return "update" if v["newer"] else "new_keys"


class Coordinator:
    """C4, of the invitation with this secret."""

    def __init__(self, one, roster):
        self.roster, self.admission = roster, roster.admission(invitation_key(one["secret"]))
        self.decided = self.admission["replaced"] or self.admission["withdrawn"]

    def take(self, item):
        if self.decided == "update":
            return "update"
        late = item["arrived"] > self.admission["expires"]
        if self.decided or item["payload"] is None or late or is_bundle(item):
            return None
        self.decided = self.first(*content(item, "coordinator"))
        return self.decided

    def first(self, number, body):
        if number is not None and number > 9 and critical(number):
            return "update"
        c = self.counting(body) if number == 4 else None
        if c and c["newer"]:
            return "update"
        if c is None or not self.roster.may_join(self.admission["role"], c):
            return "closes"
        return {"admits": c["device"].hex()} if self.admission["role"] == 4 else "asks"

    def counting(self, body):
        try:
            c = counting(decode(body, Reader.signed), self.roster)
        except (Malformed, Refused):
            return None
        return c if c["invitation"] == self.admission["invitation"] else None


# Section 6: what comes one after another.

REMEMBERED = 64


class Row:
    """M7, of one device."""

    def __init__(self):
        self.highest, self.hash, self.missing, self.forgotten = None, None, {}, 0

    def follow(self, number, previous, hashed):
        if number == 0:
            return "uncounted" if self.hash in (None, previous) else "uncounted_apart"
        if self.highest is None:
            return self.goes_on(0, number, previous, hashed, "in_order")
        if number > self.highest + 1:
            return self.goes_on(self.highest, number, previous, hashed, "after_gap")
        if number == self.highest + 1:
            return self.goes_on(self.highest, number, previous, hashed,
                                "in_order" if previous == self.hash else "cloned")
        if number == self.highest and hashed == self.hash:
            return "in_order"
        if number in self.missing:
            named = self.missing.pop(number)
            if number - 1 in self.missing:
                self.missing[number - 1] = previous
            return "in_order" if named in (None, hashed) else "cloned"
        return "after_gap" if number <= self.forgotten else "cloned"

    def goes_on(self, before, number, previous, hashed, said):
        self.highest, self.hash = number, hashed
        left_out = range(before + 1, number)
        if left_out:
            self.missing |= {one: None for one in left_out} | {number - 1: previous}
        for one in sorted(self.missing)[:-REMEMBERED]:
            del self.missing[one]
            self.forgotten = max(self.forgotten, one)
        return said


class GroupReader:
    """What a member's device remembers of what it has read."""

    def __init__(self, one, roster):
        self.roster, self.relay = roster, bytes.fromhex(one["relay"])
        self.key, self.device = bytes.fromhex(one["reader"]), bytes.fromhex(one["device"])
        self.known, self.rows, self.first, self.heads, self.warned = {}, {}, {}, {}, set()

    def read(self, item):
        """What is said, and the rules that decided."""
        self.heads[item["place"]] = bytes.fromhex(item["head"])
        number, body = hexed(item["payload"], payload)
        sent = decode(body, sent_message)
        (data, _), claimed, _ = sent
        invitation = decode(claimed[0], claim)["invitation"] if claimed else None
        found, rules = told(sent, self.roster, self.key, item["arrived"], self.first.get(invitation))
        if "refused" in found:
            return found, rules
        m = decode(data, message)
        if m["kind"] >= 32768:
            self.follow(m, found, invitation, data)
            return {"ignored": True}, ["M7"]
        if m["id"] in self.known:
            return ({"known": True} if self.known[m["id"]] == data else {"refused": "M4"}), ["M4"]
        self.known[m["id"]] = data
        follows = self.follow(m, found, invitation, data)
        other_log = self.other_log(m, found, item)
        is_here = m["epoch"] == self.roster.epoch["number"]
        seen = ["M8" if is_here else "E6"] * bool(m["seen"])
        return {**found, "follows": follows, "other_log": other_log}, rules + ["M7"] + seen

    def follow(self, m, found, invitation, data):
        if found["sender"] == "invited":
            self.first.setdefault(invitation, m["sender"])
        elif found["sender"] == "unverified" and not self.roster.person(m["sender"]):
            return "in_order"
        row = self.rows.setdefault(m["sender"], Row())
        return row.follow(m["number"], m["previous"], tagged("message", data))

    def other_log(self, m, found, item):
        ago = item["contradicted_seconds_ago"]
        expected = ago is not None and ago < 14 * 86400
        if m["epoch"] != self.roster.epoch["number"]:
            return False
        if found["sender"] == "unverified" or m["sender"] == self.device or expected:
            return False
        for relay, place, head in m["seen"]:
            differs = place >= item["place"] or self.heads.get(place, head) != head
            if relay == self.relay and differs and (place, head) not in self.warned:
                self.warned.add((place, head))
                return True
        return False


def sequences(roster):
    vectors = load("sequences.json")
    code = invitation_code(vectors["bundles"]["code"])
    for item in vectors["bundles"]["items"]:
        found = joins(item, code, item["now"])
        check(f"{item['why']}: {found}", found == item["verdict"], "bundles", "C5")
    for one in vectors["newcomers"]:
        newcomer = Newcomer(one)
        for at, item in enumerate(one["items"]):
            if at == one["closed_from"]:
                newcomer.close()
            found, rule = newcomer.take(item)
            check(f"{one['name']}: {item['why']}: {found}", found == item["verdict"], "what comes to newcomers", rule)
    for one in vectors["coordinators"]:
        coordinator = Coordinator(one, roster(one["roster"]))
        for item in one["items"]:
            found = coordinator.take(item)
            check(f"{one['name']}: {item['why']}: {found}", found == item["verdict"], "what comes to coordinators", "C4")
    for one in vectors["readers"]:
        reader = GroupReader(one, roster(one["roster"]))
        for item in one["items"]:
            found, rules = reader.read(item)
            check(f"{one['name']}: {item['why']}: {found}", found == item["verdict"], "messages in sequences", *rules)
    for one in vectors["new_epochs"]:
        found, rule = new_epoch(one, roster(one["roster"]))
        check(f"{one['why']}: {found}", found == one["begins"], "new epochs", rule)
    for one in vectors["outs"]:
        found = is_out(one, roster(one["roster"]))
        check(f"{one['why']}: {found}", found == one["is_out"], "words that a device is out", "E9")


# Section 6, Epochs.

RECIPIENTS = {one["seed"]: one["recipient"] for one in load("groups.json")["epochs"]}


def epochs(vectors):
    for one in vectors["epochs"]:
        mailbox = tagged("mailbox", bytes.fromhex(public_key(bytes.fromhex(one["authority_seed"]))))
        check(str(one["number"]), mailbox.hex() == one["mailbox"], "epochs")
    for one in vectors["lanes"]:
        label = b"bellrope/lane/" + one["label"].encode() + b"/v1"
        seed = expand(extract(bytes(32), bytes.fromhex(one["authority_seed"])), label + bytes.fromhex(one["key"]), 32)
        check(one["label"], seed.hex() == one["seed"], "lanes")
    for one in vectors["resend_requests"]:
        found = asks(bytes.fromhex(one["body"]), one["epoch"], one["place"])
        check(f"{one['why']}: {found}", found == one["asks"], "resend requests", "E6")


def resend_request(r):
    value = {"position": r.number(4), "relay": r.take(32), "epoch": r.number(4),
             "missed": r.sequence(lambda: (r.number(8), r.number(8)))}
    return {**value, "newer": r.extensions()}


def asks(body, epoch, place):
    """Whether it asks for this place of this epoch's mailbox; `None` for what is not answered."""
    said = decoded(body, resend_request)
    if said is None or said["newer"] or len(said["missed"]) > 16 or any(first > last for first, last in said["missed"]):
        return None
    return said["epoch"] == epoch and any(first <= place <= last for first, last in said["missed"])


def epoch_part(r):
    value = {"group": r.take(32), "device": r.take(32), "entry": r.signed(), "secret": r.take(32),
             "authority": r.option(lambda: r.take(32)), "access": access(r)}
    return {**value, "newer": r.extensions() or value["access"]["newer"]}


def new_epoch(one, roster):
    """The number of the epoch that begins for this device, or what it waits for; and the rule that decided."""
    if one["sealed_to"] != "turn":
        return None, "E1"
    number, body = hexed(one["payload"], payload)
    signed = decoded(body, Reader.signed)
    part = signed and number == 8 and decoded(signed[0], epoch_part)
    said = part and decoded(part["entry"][0], entry)
    if not said or said["number"] != 5:
        return None, "E2"
    epoch = said["change"]["epoch"]
    holds = [verifies(said["author"], "roster", *part["entry"]), verifies(said["author"], "turn", *signed),
             part["group"] == roster.heads[0], part["device"].hex() == one["device"],
             RECIPIENTS[part["secret"].hex()] == epoch["recipient"].hex(), leads_to(part["access"], epoch["mailbox"])]
    if part["authority"] is not None:
        holds.append(tagged("mailbox", bytes.fromhex(public_key(part["authority"]))) == epoch["mailbox"])
    if not all(holds):
        return None, "E2"
    if part["newer"]:
        return "update", "E2"
    by = refusal(lambda: roster.apply(part["entry"]))
    if by:
        return "missing" if by == ("R3", "missing") else None, "E2"
    return epoch["number"], "E2"


def out(r):
    value = {"group": r.take(32), "device": r.take(32), "head": r.take(32)}
    return {**value, "newer": r.extensions()}


def is_out(one, roster):
    """Whether the device is told so by who has the pen after the head that is named, in the roster that it follows."""
    number, body = hexed(one["payload"], payload)
    signed = decoded(body, Reader.signed)
    said = signed and number == 32769 and decoded(signed[0], out)
    if not said or said["head"] not in roster.heads:
        return False
    holder = roster.holders[roster.heads.index(said["head"])]
    return (verifies(holder, "out", *signed) and said["group"] == roster.heads[0]
            and said["device"].hex() == one["device"])


# Section 6, Dictated codes.

# SPAKE2 as python-spake2 has it: the two points that blind the halves, and the password as a number.
BLINDS = [bytes.fromhex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312"),
          bytes.fromhex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3")]


def encoded_point(p):
    x, y = p
    return (y | (x & 1) << 255).to_bytes(32, "little")


def password_number(password):
    return int.from_bytes(expand(extract(b"", password), b"SPAKE2 pw", 48), "big") % L


def blinded(side, number, password):
    """What one side says: 0 is A, who invites, 1 is B."""
    blind = times(password_number(password), point(BLINDS[side]))
    return b"AB"[side:side + 1] + encoded_point(add(times(number, BASE), blind))


def common_key(side, number, password, identities, halves):
    other = point(halves[1 - side][1:])
    blind = times(L - password_number(password), point(BLINDS[1 - side]))
    shared = encoded_point(times(number, add(other, blind)))
    hashed = b"".join(hashlib.sha256(text).digest() for text in (password, *identities))
    return hashlib.sha256(hashed + halves[0][1:] + halves[1][1:] + shared).digest()


def spake2():
    numbers = (2611694063369306139794446498317402240796898290761098242657700742213257926693,
               7002393159576182977806091886122272758628412261510164356026361256515836884383)
    halves = [blinded(side, numbers[side], b"password") for side in (0, 1)]
    check("A", halves[0].hex() == "416fc960df73c9cf8ed7198b0c9534e2e96a5984bfc5edc023fd24dacf371f2af9", "exchanges", "D3")
    check("B", halves[1].hex() == "42354e97b88406922b1df4bea1d7870f17aed3dba7c720b313edae315b00959309", "exchanges", "D3")
    for side in (0, 1):
        key = common_key(side, numbers[side], b"password", (b"idA", b"idB"), halves)
        check("key", key.hex() == "712295de7219c675ddd31942184aa26e0a957cf216bc230d165b215047b520c1", "exchanges", "D3")


def dictated():
    vectors = load("dictated.json")
    spake2()
    for one in vectors["slots"]:
        slot = one["text"].split(" ")[1].encode()
        known = extract(bytes(32), tagged("dictate", one["place"].encode(), b"/", slot))
        for use in ("authority", "lane", "outer", "inner"):
            check(use, expand(known, b"bellrope/dictate/v1/" + use.encode(), 32).hex() == one[use], "slots", "D1")
        authority = bytes.fromhex(public_key(bytes.fromhex(one["authority"])))
        check("mailbox", tagged("mailbox", authority).hex() == one["mailbox"], "slots", "D1")
    one = vectors["exchange"]
    slot = one["text"].split(" ")[1].encode()
    for side, identity in zip((b"a", b"b"), one["identities"]):
        said = b"bellrope/dictate/v1/" + side + slot + bytes.fromhex(one["relay"])
        check("identity", said.hex() == identity, "exchanges", "D3")
    steps = {step["step"]: hexed(step["payload"], payload) for step in one["steps"]}
    key = extract(bytes(32), bytes.fromhex(one["key"]))
    proofs = {side: expand(key, b"bellrope/dictate/v1/" + side, 32) for side in (b"a", b"b", b"code")}
    check("offer", steps["offer"][0] == 24 and len(steps["offer"][1]) == 33, "steps", "D2")
    check("answer", steps["answer"][0] == 25 and steps["answer"][1][33:] == proofs[b"b"], "steps", "D4")
    check("handing", steps["handing"][0] == 26 and steps["handing"][1][:32] == proofs[b"a"], "steps", "D5")
    check("void", steps["void"] == (27, b""), "steps", "D4")
    return steps["handing"][1][32:], proofs[b"code"], one["invitation"]


def handed_over(sealed, key, invitation):
    opened = aead(key, bytes(12), sealed)
    check("invitation", opened == invitation.encode(), "steps", "D5")


# Section 6, Freezing.

def freeze(r):
    value = {"act": r.number(2), "device": r.take(32), "lifts": r.sequence(lambda: r.take(16)), "reason": r.text()}
    newer = r.extensions()
    if value["act"] not in (1, 2) or len(value["lifts"]) > 64 or len(value["reason"]) > 280 or newer:
        raise Malformed
    return value


def freezing():
    vectors = load("freezes.json")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), freeze) is not None
        check(f"{one['name']}: {found}", found == one["counts"], "freezes", "F1")
    people = {person["device"]: person for person in vectors["people"]}

    def counts(said, of):
        author = people.get(said["author"])
        is_in = author and (author["removed"] is None or said["arrived"] < author["removed"])
        return bool(is_in and author["says"] and said["author"] != of)

    for one in vectors["cases"]:
        said = [{**it, **hexed(it["body"], freeze)} for it in one["said"] if counts(it, one["of"])]
        said = sorted((it for it in said if it["device"].hex() == one["of"]), key=lambda it: (it["arrived"], it["id"]))
        found = []
        for it in said:
            if it["act"] == 1:
                lifts = [lift for lift in said if lift["act"] == 2 and bytes.fromhex(it["id"]) in lift["lifts"]]
                lifted = lifts[0]["arrived"] if lifts else None
                covers = [it["arrived"] <= at and (lifted is None or at <= lifted) for at in vectors["seconds"]]
                found.append({"id": it["id"], "by": people[it["author"]]["name"], "since": it["arrived"], "covers": covers,
                              "lifted": lifted, "lifted_by": people[lifts[0]["author"]]["name"] if lifts else None})
        check(f"{one['name']}: {found}", found == one["frozen"], "freezes", "F2", "F3")


# Section 6, Cases.
ACTS = {1: "receipt", 2: "state", 3: "note", 4: "facts", 5: "answer", 6: "readers", 7: "note_to", 8: "translation", 9: "reach", 10: "saved", 11: "forget", 12: "erased", 13: "keep", 14: "files", 15: "block", 16: "widened", 17: "handed_on"}


def receipt_words(r):
    value = {"receipt": r.number(2), "to": r.option(lambda: r.take(32)), "over": r.option(lambda: r.take(32)), "reason": r.text()}
    newer = r.extensions()
    if not 1 <= value["receipt"] <= 6 or (value["to"] is None) == (value["receipt"] == 6) or len(value["reason"]) > 280 or newer:
        raise Malformed
    return value


def state_words(r):
    value = {"state": r.number(2), "closing": r.option(lambda: r.number(2)), "over": r.option(lambda: r.take(32)), "reason": r.text()}
    newer = r.extensions()
    if not 1 <= value["state"] <= 10 or (value["closing"] is None) == (value["state"] == 8) or len(value["reason"]) > 280 or newer:
        raise Malformed
    return value


def note_words(r):
    value = {"text": r.text()}
    if r.extensions() or not 1 <= len(value["text"]) <= 8000:
        raise Malformed
    return value


def answer_words(r):
    value = {"text": r.text(), "name": r.text()}
    if r.extensions() or not 1 <= len(value["text"]) <= 500 or len(value["name"]) > 64:
        raise Malformed
    return value


def reach_words(r):
    value = {"reached": listed(r, 2), "reason": at_most(r, 280)}
    if r.extensions():
        raise Malformed
    return value


def listed(r, last, but=()):
    value = r.number(2)
    if not 1 <= value <= last or value in but:
        raise Malformed
    return value


def at_most(r, chars):
    text = r.text()
    if len(text) > chars:
        raise Malformed
    return text


def fact_time(r):
    value = {"at": r.option(lambda: r.number(8)), "precision": listed(r, 6), "timing": listed(r, 4)}
    if (value["at"] is None) != (value["precision"] == 1):
        raise Malformed
    return value


def date_fact(r):
    value = {"id": r.take(8), "kind": listed(r, 11), "when": fact_time(r), "offset": r.number(2), "what": at_most(r, 140), "source": at_most(r, 280)}
    value |= {"by_lawyer": listed(r, 3), "who": r.option(lambda: r.take(32)), "standing": listed(r, 4)}
    offset = value["offset"] - (65_536 if value["offset"] >= 32_768 else 0)
    if value["when"]["at"] is None or abs(offset) > 840:
        raise Malformed
    return value


def step_fact(r):
    value = {"step": r.number(2), "text": at_most(r, 140), "standing": listed(r, 4, but=(3,))}
    if value["step"] > 23 or (value["step"] == 0) != (value["text"] != ""):
        raise Malformed
    return value


FACTS = {
    1: lambda r: {"value": listed(r, 7)},
    2: lambda r: {"value": listed(r, 5), "until": fact_time(r)},
    3: lambda r: {"purpose": listed(r, 7), "value": listed(r, 7, but=(6,)), "giver": listed(r, 9), "given": fact_time(r)},
    4: lambda r: {"value": listed(r, 14)},
    5: lambda r: {"value": fact_time(r)},
    6: lambda r: {"value": at_most(r, 280)},
    7: lambda r: {"value": at_most(r, 280)},
    8: lambda r: {"value": at_most(r, 280)},
    9: lambda r: {"value": listed(r, 8), "lawyer": at_most(r, 280), "named": listed(r, 3)},
    10: lambda r: {"value": fact_time(r), "kind": listed(r, 6), "by": at_most(r, 280)},
    11: date_fact,
    12: lambda r: {"part": listed(r, 8), "who": r.option(lambda: r.take(32))},
    13: lambda r: {"to": r.take(16), "value": r.option(lambda: listed(r, 5))},
    14: lambda r: {"closing": r.take(32), "harm": listed(r, 3), "keep": listed(r, 3)},
    15: step_fact,
}


def fact_value(about):
    def read(r):
        value = FACTS[about](r)
        if r.extensions():
            raise Malformed
        return value

    return read


def written_fact(r):
    about, value, over = r.number(2), r.bytes(), r.sequence(lambda: r.take(32))
    if len(over) > 16:
        raise Malformed
    known = decoded(value, fact_value(about)) if about in FACTS else None
    return {"about": about, "bytes": value, "over": over, "known": known}


def facts_words(r):
    value = {"facts": r.sequence(lambda: written_fact(r)), "reason": r.text()}
    if r.extensions() or not 1 <= len(value["facts"]) <= 16 or len(value["reason"]) > 280:
        raise Malformed
    return value


def readers_words(r):
    value = {"way": r.number(2), "who": r.sequence(lambda: r.take(32)), "overs": r.sequence(lambda: r.take(32)), "reason": r.text()}
    newer = r.extensions()
    ascends = all(one < after for one, after in zip(value["who"], value["who"][1:]))
    if value["way"] not in (1, 2) or not 1 <= len(value["who"]) <= 256 or not ascends or len(value["overs"]) > 64 or len(value["reason"]) > 280 or newer:
        raise Malformed
    return value


def forget_words(r):
    value = {"wishes": listed(r, 2), "reaches": listed(r, 2), "overs": r.sequence(lambda: r.take(32)), "why": r.option(lambda: r.take(32))}
    if r.extensions() or len(value["overs"]) > 16:
        raise Malformed
    return value


def keep_words(r):
    value = {"until": r.option(lambda: r.number(8)), "overs": r.sequence(lambda: r.take(32)), "reason": r.text()}
    is_without_why = value["until"] is not None and not value["reason"]
    if r.extensions() or len(value["overs"]) > 16 or len(value["reason"]) > 280 or is_without_why:
        raise Malformed
    return value


def erased_words(r):
    value = {"by": listed(r, 1), "reaches": listed(r, 2)}
    if r.extensions():
        raise Malformed
    return value


def block_words(r):
    value = {"block": r.take(32), "who": r.sequence(lambda: r.take(32))}
    newer = r.extensions()
    if len(value["who"]) > 256 or any(one >= after for one, after in zip(value["who"], value["who"][1:])) or newer:
        raise Malformed
    return value


def widened_words(r):
    value = {"of": r.take(32), "block": r.take(32), "who": r.sequence(lambda: r.take(32)), "reason": r.text()}
    more = r.all_extensions()
    value["letter"] = more.get(1)
    newer = any(number < 32768 and number != 1 for number in more)
    ascends = all(one < after for one, after in zip(value["who"], value["who"][1:]))
    if not 1 <= len(value["who"]) <= 256 or not ascends or len(value["reason"]) > 280 or newer:
        raise Malformed
    return value


def note_to_words(r):
    value = {"audience": r.number(2), "of": r.option(lambda: r.take(32)), "for": r.sequence(lambda: r.take(32)), "letter_hash": r.take(32), "sealed": r.bytes()}
    newer = r.extensions()
    ascends = all(one < after for one, after in zip(value["for"], value["for"][1:]))
    if value["audience"] not in (3, 5) or not 1 <= len(value["for"]) <= 16 or not ascends or newer:
        raise Malformed
    return value


def letter(r):
    value = {"author": r.take(32), "alert_hash": r.take(32), "salt": r.take(16), "text": r.text()}
    if r.extensions() or not 1 <= len(value["text"]) <= 8000:
        raise Malformed
    return value


def is_language(tag):
    return len(tag) <= 35 and re.fullmatch(r"[a-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag) is not None


def translation_words(r):
    value = {"what": r.number(2), "of": r.option(lambda: r.take(32)), "language": r.text(), "maker": r.number(2), "service": at_most(r, 64), "text": at_most(r, 8000)}
    value |= {"overs": r.sequence(lambda: r.take(32)), "whom": r.option(lambda: r.take(32))}
    newer = r.extensions()
    has_text = is_language(value["language"]) and value["text"] != ""
    of_person = value["maker"] == 1 and not value["service"] and not value["overs"]
    known = {
        1: has_text and value["whom"] is None and len(value["overs"]) <= 16,
        2: value["of"] and not value["language"] and not value["text"] and value["whom"] is None and of_person,
        3: has_text and value["whom"] and of_person,
    }.get(value["what"])
    if not known or value["maker"] not in (1, 2) or (value["service"] and value["maker"] == 1) or newer:
        raise Malformed
    return value


def saved_words(r):
    value = {"saving": r.number(2), "with": r.take(16), "number": r.number(2), "saved": r.take(32)}
    if r.extensions() or value["saving"] not in (1, 2, 3):
        raise Malformed
    return value


def keepers_of(r):
    """Whom something is sealed for, by their keys; what it is; whether both are right."""
    keys, sealed = r.sequence(lambda: r.take(32)), r.bytes()
    ascend = all(one < after for one, after in zip(keys, keys[1:]))
    return keys, sealed, 1 <= len(keys) <= 16 and ascend and len(sealed) == 1130 + 98 * len(keys)


def originals_of(r):
    """Of each original of what it is and its bytes; its keepers; whether anything of it is critical, or not right for so many files."""
    newer = []

    def original():
        of, _, size, _ = r.number(2), r.number(2), r.number(8), r.take(32)
        newer.append(r.extensions())
        return of, size

    all_of_them, keepers = r.sequence(original), keepers_of(r)
    of = [of for of, _ in all_of_them]
    ascend = all(one < after for one, after in zip(of, of[1:]))
    return all_of_them, keepers, lambda files: bool(of) and ascend and all(1 <= it <= files for it in of) and keepers[2] and not any(newer)


def handed_on_words(r):
    value = {"with": r.take(16), "number": r.number(2), "kind": r.number(2), "size": r.number(8), "saved": r.take(32)}
    keys, _, right = keepers_of(r)
    if r.extensions() or not right or not 1 <= value["size"] <= 50_000_000:
        raise Malformed
    return value | {"keepers": keys}


def of_alert_words(r):
    """What an alert with two files says of originals."""
    said, _, right = originals_of(r)
    caption, by, _, how = r.text(), r.text(), fact_time(r), r.text()
    short = len(caption) <= 280 and len(by) <= 140 and len(how) <= 280
    if r.extensions() or not right(2) or not short or any(not 1 <= size <= 8_000_000 for _, size in said):
        raise Malformed
    return [[number, -(-size // 63_000), of] for number, (of, size) in enumerate(said, 3)]


def files_words(r):
    """The words of act 14, by AT9: of each file, and of each original after them, its number, its parts, and of what it is the original."""
    newer = []

    def file():
        r.take(32), r.number(2), r.number(2)
        size = r.number(8)
        r.take(32), newer.append(r.extensions())
        return size

    files, said = r.sequence(file), r.option(lambda: originals_of(r))
    originals, _, right = said or ([], None, lambda _: True)
    caption, by, _, how = r.text(), r.text(), fact_time(r), r.text()
    newer.append(r.extensions())
    sizes = files + [size for _, size in originals]
    fits = [
        1 <= len(files) <= 8, min(sizes, default=0) >= 1, sum(sizes) <= 50_000_000, right(len(files)),
        len(caption) <= 280, len(by) <= 140, len(how) <= 280, not any(newer),
    ]
    if not all(fits):
        raise Malformed
    parts = lambda size: -(-size // 63_000)
    items = [[number, parts(size), None] for number, size in enumerate(files, 1)]
    return {"items": items + [[number, parts(size), of] for number, (of, size) in enumerate(originals, len(files) + 1)]}


WORDS = {"forget": forget_words, "erased": erased_words, "keep": keep_words, "saved": saved_words, "handed_on": handed_on_words, "files": files_words, "block": block_words, "widened": widened_words, "note_to": note_to_words, "translation": translation_words, "readers": readers_words, "receipt": receipt_words, "state": state_words, "note": note_words, "facts": facts_words, "answer": answer_words, "reach": reach_words}

# CA12 and CA13.
WEIGHTS = {2: 3, 9: 2, 7: 2, 6: 2, 3: 1, 4: 1, 8: 1}


def about_of(fact):
    known = fact["known"]
    return (fact["about"], *(known[key] for key in ("purpose", "id", "part", "to", "step", "text") if key in known))


def careful(said):
    """The answer that counts of several."""
    order = {5: 0, 3: 1, 7: 2, 4: 3, 1: 4, 2: 5}
    return min((order[it["value"]], it["value"]) for it in said)[1] if said else None


def rung_of(rungs):
    if not rungs:
        return None
    if len(set(rungs)) == 1:
        return rungs[0]
    return 5 if {5, 6} & set(rungs) else min(rungs, key=lambda rung: {4: 3, 3: 2, 2: 1}.get(rung, 0))


def public_of(said, now):
    """A word whose time is over is none."""
    lengths = {2: 31 * 86400, 3: 86400, 6: 8 * 3600, 5: 3600}
    over = lambda time: time["at"] is not None and time["at"] + lengths.get(time["precision"], 0) <= now
    left = [1 if over(it["until"]) else it["value"] for it in said]
    return min(left, key=[2, 3, 1, 4, 5].index) if left else 1


def case_message(r):
    value = {"alert": r.take(16), "alert_hash": r.take(32), "seen": r.sequence(lambda: r.take(32)), "act": r.number(2), "words": r.bytes()}
    newer = r.extensions()
    if len(value["seen"]) > 16:
        raise Malformed
    kind = ACTS.get(value["act"]) if not newer else None
    words = decoded(value["words"], WORDS[kind]) if kind else None
    return value | {"says": kind if words else "newer"} | (words or {})


def walked(claims, may_follow):
    """The steps of CA3 and CA4: of each those that count, and of each other rank those beside them."""
    known = {claim["hash"] for claim in claims}
    steps, places = [], {None}
    left = list(claims)
    while True:
        here = [claim for claim in left if (claim["over"] if claim["over"] in known else None) in places]
        left = [claim for claim in left if claim not in here]
        here = [claim for claim in here if may_follow(steps[-1][0][0] if steps else None, claim)]
        ranks = [[claim for claim in here if claim["rank"] == rank] for rank in sorted({claim["rank"] for claim in here})]
        if not ranks:
            return steps
        steps.append(ranks)
        places = {claim["hash"] for claim in ranks[0]}


def of_sender(vectors):
    """What is said in a case by whoever sent the alert, or in their place."""
    mine = vectors["of_sender"]
    frozen = {person["device"]: person["frozen"] for person in vectors["people"]}
    withdrawn = []
    for it in mine["said"]:
        of_case = it["kind"] in (3, 4, 5, 6) and it["original"] == mine["alert"]
        since = frozen[it["by"]]
        void = "not_the_sender" if it["by"] != mine["sender"] else "frozen" if since is not None and it["arrived"] >= since else None
        void = void if of_case else None
        check(f"{it}: {void}", (of_case, void) == (it["of_case"], it["void"]), "cases", "CA9")
        if of_case and void is None and it["kind"] == 5:
            withdrawn.append(it["arrived"])
    check(f"{withdrawn}", min(withdrawn, default=None) == mine["withdrawn_at"], "cases", "CA10")


def cases():
    vectors = load("cases.json")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), case_message)
        says = found["says"] if found else None
        check(f"{one['name']}: {says}", says == one["says"], "cases", "CA1")
        known = sum(fact["known"] is not None for fact in found["facts"]) if says == "facts" else None
        check(f"{one['name']}: {known} facts", known == one["facts"], "cases", "CA11")
    of_sender(vectors)
    for one in vectors["letters"]:
        bytes_of = bytes.fromhex(one["letter"])
        read = decoded(bytes_of, letter)
        found = {key: value if key == "text" else value.hex() for key, value in read.items()}
        check(f"{one['text']}", found == {key: one[key] for key in found}, "cases", "CA22")
        check(f"{one['text']}: {one['hash']}", tagged("note-to", bytes_of).hex() == one["hash"], "cases", "CA22")
    for one in vectors["earlier"]:
        said = {hash: hexed(body, case_message) for hash, body in one["said"]}
        changes = {hash for hash, kind in one["sender"] if kind in (3, 4)}
        of = next(it for it in said.values() if it["says"] == "translation")
        known, following = set(), [of]
        while following:
            it = following.pop()
            for hash in {it.hex() for it in (*it["seen"], *it.get("overs", []), *([it["of"]] if it.get("of") else []))} - known:
                known.add(hash)
                following += [said[hash]] if hash in said else []
        is_senders = of["of"] is None or of["of"].hex() in changes
        check(f"{one['sender']}: {is_senders}", (is_senders and not changes <= known) == one["earlier"], "cases", "CA25")
    people = {bytes.fromhex(person["device"]): person for person in vectors["people"]}

    def can_open(one):
        return one is not None and one["reads"] and not one["kept_out"]

    def was_asked(said, asked):
        """CA26: of whom one asked who reads it."""
        is_one = said["says"] == "translation" and said["what"] == 1
        return is_one and (whose(said["author"]), said["of"], said["language"]) in asked

    def void(said, opened, asked=()):
        author = people.get(said["author"])
        if not author or not author["says"] or (author["removed"] is not None and said["arrived"] >= author["removed"]):
            return "not_a_member"
        if author["frozen"] is not None and said["arrived"] >= author["frozen"]:
            return "frozen"
        if not could_read(author, said["arrived"], opened) and not was_asked(said, asked):
            return "not_for_them"
        if said["alert_hash"].hex() != vectors["alert_hash"]:
            return "other_alert"
        named = [said["to"]] if said.get("to") else []
        named += [fact["known"]["who"] for fact in said.get("facts", []) if fact["known"] and fact["known"].get("who")]
        named = [people.get(who) for who in named]
        if not all(to and to["says"] and could_read(to, said["arrived"], opened) for to in named):
            return "to_nobody"
        if not all(to and to["reads"] and could_read(to, said["arrived"], opened) for to in map(people.get, said.get("for", []))):
            return "to_nobody"
        if said["says"] == "handed_on":
            of_key = {bytes.fromhex(one["key"]): one for one in people.values()}
            if not all(to and to["reads"] and could_read(to, said["arrived"], opened) for to in map(of_key.get, said["keepers"])):
                return "to_nobody"
        if said["says"] == "readers" and not has_alert(author):
            return "may_not_open"
        if said["says"] == "readers" and said["way"] == 1 and not any(can_open(people.get(who)) for who in said["who"]):
            return "opens_to_nobody"
        return None

    def could_read(one, arrived, opened):
        """CA18: of whom it is open to no longer, until when it was."""
        if has_alert(one):
            return True
        return one["person"] in opened and (opened[one["person"]] is None or arrived < opened[one["person"]])

    def opened_to(said):
        """CA17: for each person to whom it was ever opened, when it ended."""
        acts = [it for it in said if it["says"] == "readers" and void(it, {}) is None]
        whom = lambda it: {people[who]["person"] for who in it["who"] if can_open(people.get(who))}
        found = {}
        for person in set().union(*(whom(it) for it in acts)):
            mine = [it for it in acts if person in whom(it)]
            stand = [it for it in mine if not any(it["hash"] in other["overs"] for other in mine if other is not it)]
            if stand and any(it["way"] == 1 for it in mine):
                found[person] = min((it["arrived"] for it in stand if it["way"] == 2), default=None)
        return found

    def has_alert(one):
        return any(other["has_alert"] for other in people.values() if other["person"] == one["person"])

    def whose(device):
        """As people are named."""
        return bytes.fromhex(people[device]["person"]) if device in people else device

    def is_out(person):
        return all(one["removed"] is not None for one in people.values() if one["person"] == person.hex())

    def since(person):
        return people[person]["since"]

    def last(said):
        """The last of one person's messages."""
        newest = {}
        for it in said:
            newest[it["device"]] = max(newest.get(it["device"], it), it, key=lambda it: (it["number"], it["hash"]))
        return max(newest.values(), key=lambda it: (it["signed"], it["hash"]))

    def may_lead(led, claim):
        leader = led["leads"] if led else None
        if leader is None or is_out(leader):
            return claim["leads"] is not None
        return claim["leads"] != leader and (claim["author"] == leader or (claim["leads"] is not None and claim["reason"] != ""))

    for one in vectors["cases"]:
        said = [{**it, **hexed(it["body"], case_message)} for it in one["said"]]
        for it in said:
            it |= {key: bytes.fromhex(it[key]) for key in ("hash", "author")}
            it["at"] = min(it["signed"], it["arrived"])
        opened = opened_to(said)
        check(f"{one['name']}: {opened}", sorted(map(list, opened.items())) == sorted(one["opened_to"]), "cases", "CA17")
        asks = [it for it in said if it["says"] == "translation" and it["what"] == 3 and void(it, opened) is None]
        asked = {(whose(it["whom"]), it["of"], it["language"]) for it in asks}
        voids = [void(it, opened, asked) for it in said]
        outside = {it["id"] for it in said if void(it, opened) == "not_for_them" and void(it, opened, asked) is None}
        for it in said:
            it |= {"device": it["author"], "author": whose(it["author"])}
            if it.get("to"):
                it["to"] = whose(it["to"])
        rule = "AT20" if any(it["says"] == "handed_on" for it in said) else "CA26" if asked else "CA21" if any(it["says"] == "note_to" for it in said) else "CA16" if any(why in ("may_not_open", "opens_to_nobody") for why in voids) else "CA18" if opened else "CA2"
        check(f"{one['name']}: {voids}", voids == [it["void"] for it in one["said"]], "cases", rule)
        counting = [it for it, why in zip(said, voids) if why is None]
        claims = []
        for it in counting:
            what = it.get("receipt")
            if what in (3, 6) or (what == 5 and it["over"]):
                leads = {3: it["author"], 6: it["to"], 5: None}[what]
                claims.append(it | {"leads": leads, "rank": (leads is None, since(leads or it["author"]))})
        steps = walked(claims, may_lead)
        opens = lambda it: it.get("receipt") == 1
        receipts = [it for it in counting if it["says"] == "receipt" and not opens(it)]
        newest = {who: last([it for it in receipts if it["author"] == who]) for who in {it["author"] for it in receipts}}
        # CA6
        order, waiting = [], list(said)
        hashes = {it["hash"] for it in said}
        names = lambda it: {*it["seen"], *(it[key] for key in ("over", "of", "why") if it.get(key)), *(over for fact in it.get("facts", []) for over in fact["over"]), *it.get("overs", [])}
        while waiting:
            told = {it["hash"] for it in order}
            ready = [it for it in waiting if names(it) & hashes <= told] or waiting
            order.append(min(ready, key=lambda it: (it["at"], it["id"])))
            waiting.remove(order[-1])
        place = {it["id"]: at for at, it in enumerate(order)}
        first = lambda some: min(some, key=lambda it: place[it["id"]])
        leader = steps[-1][0][0]["leads"] if steps else None
        leader = leader if leader and not is_out(leader) else None
        rivals = []
        for beside in steps[-1][1:] if steps else []:
            who = beside[0]["leads"]
            if who and not is_out(who) and (who not in newest or newest[who]["hash"] in {it["hash"] for it in beside}):
                rivals.append(first(beside))
        found = leader.hex() if leader else None
        check(f"{one['name']}: {found}", found == one["leader"], "cases", "CA3")
        ids = lambda some: [it["id"] for it in some]
        check(f"{one['name']}: who led", sorted(ids(it for step in steps for it in step[0])) == sorted(one["led_by"]), "cases", "CA3")
        rivals = sorted(ids(rivals), key=lambda id: place[id])
        check(f"{one['name']}: {rivals}", rivals == one["rivals"], "cases", "CA5")
        states = [it | {"rank": since(it["author"])} for it in counting if it["says"] == "state"]
        states = walked(states, lambda led, claim: True)
        by = last(states[-1][0]) if states else None
        stands = (by["state"], by["id"]) if by else (1, None)
        check(f"{one['name']}: {stands}", stands == (one["state"], one["state_by"]), "cases", "CA4")
        of = lambda what: ids(it for it in sorted(newest.values(), key=lambda it: since(it["author"])) if it["receipt"] == what)
        check(f"{one['name']}: who helps and who stays out", (of(4), of(5)) == (one["supporting"], one["apart"]), "cases", "CA5")
        said_more = [it for it in counting if not opens(it) and it["says"] != "saved" and it["id"] not in outside]
        authors = sorted({it["author"] for it in said_more}, key=since)
        read = [first([it for it in said_more if it["author"] == author])["id"] for author in authors]
        opened = [it for it in counting if it["id"] not in outside]
        opened = [first([it for it in opened if it["device"] == device]) for device in {it["device"] for it in opened}]
        opened = sorted(ids(opened), key=lambda id: place[id])
        check(f"{one['name']}: {opened}", opened == one["opened_on"], "cases", "CA15")
        check(f"{one['name']}: {read}", read == one["read_by"], "cases", "CA5")
        if any(it["says"] == "saved" for it in said):
            check(f"{one['name']}: who has read it", read == one["read_by"], "cases", "AT15")
        check(f"{one['name']}: {ids(order)}", ids(order) == one["order"], "cases", "CA6")
        counting = [it for it in order if it in counting]
        named = set().union(*(names(it) for it in counting))
        heads = [it["hash"].hex() for it in reversed(counting) if it["hash"] not in named][:16]
        all_facts = [(it, fact) for it in counting for fact in it.get("facts", []) if fact["known"]]
        weight = lambda fact: WEIGHTS.get(fact["known"].get("giver"), 0)
        replaces = lambda new, old: new[0]["hash"] != old[0]["hash"] and old[0]["hash"] in new[1]["over"] and about_of(new[1]) == about_of(old[1]) and weight(new[1]) >= weight(old[1]) and (old[1]["about"] != 14 or new[0]["author"] == old[0]["author"])
        stand = [old for old in all_facts if not any(replaces(new, old) for new in all_facts)]
        found = sorted([fact["about"], fact["bytes"].hex(), it["id"]] for it, fact in stand)
        check(f"{one['name']}: {len(found)} facts stand", found == sorted(one["stands"]), "cases", "CA12")
        of = lambda *about: [fact["known"] for _, fact in stand if about_of(fact) == about]
        found = (rung_of([it["value"] for it in of(1)]), careful(of(3, 6)), public_of(of(2), vectors["publicity_at"]))
        check(f"{one['name']}: {found}", found == (one["verification"], one["publish"], one["publicity"]), "cases", "CA13")
        made = [it for it in counting if it["says"] == "translation" and it["what"] == 1]
        text = lambda it: (it["of"], it["language"])
        takes = lambda new, old: new is not old and old["hash"] in new["overs"] and text(new) == text(old) and (new["maker"] == 1 or old["maker"] == 2)
        found = []
        for it in made:
            if not any(takes(other, it) for other in made):
                checks = {}
                for other in counting:
                    if other["says"] == "translation" and other["what"] == 2 and other["of"] == it["hash"] and other["author"] != it["author"]:
                        checks.setdefault(other["author"], other["id"])
                found.append([it["of"].hex() if it["of"] else None, it["language"], it["id"], list(checks.values())])
        key = lambda row: json.dumps(row)
        rules = ("CA23", "CA24") if made else ()
        check(f"{one['name']}: {found}", sorted(found, key=key) == sorted(one["translations"], key=key), "cases", *rules)
        check(f"{one['name']}: {heads}", (heads, len(named - hashes)) == (one["heads"], one["missing"]), "cases", "CA6")


# Section 6, Erasing.

def first_two(wishes):
    """ER2: since when two people's wishes stood at one time, the first two, and how much any two wish. A wish is (hash, person, reaches, from, until)."""
    both = []
    for at, one in enumerate(wishes):
        for other in wishes[at + 1:]:
            since = max(one["from"], other["from"])
            if one["person"] != other["person"] and all(it["until"] is None or since < it["until"] for it in (one, other)):
                both.append((since, sorted([one["hash"], other["hash"]]), min(one["reaches"], other["reaches"])))
    return {"at": min(both)[0], "by": min(both)[1], "reaches": max(it[2] for it in both)} if both else None


def erasing(roster):
    vectors = load("erasing.json")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), case_message)
        check(f"{one['name']}: {found['says']}", found["says"] == one["says"], "forgetting", "ER1")
    for one in vectors["cases"]:
        said = [{**it, **hexed(it["body"], case_message)} for it in one["said"]]
        said = [it for it in said if it["counts"] and it["is_in"]]
        words = [it for it in said if it["says"] == "forget"]
        over = lambda it: [other for other in words if other is not it and other["person"] == it["person"] and bytes.fromhex(it["hash"]) in other["overs"]]
        wishes = [it | {"from": it["arrived"], "until": min((other["arrived"] for other in over(it)), default=None)} for it in words if it["wishes"] == 1]
        stand = sorted((it for it in wishes if it["until"] is None), key=lambda it: (it["arrived"], it["id"]))
        named = sorted({it["person"]: it["hash"] for it in reversed(stand)}.values())
        check(f"{one['name']}: {named}", named == one["wished_by"], "forgetting", "ER2")
        gone = [it | {"from": it["arrived"], "until": None} for it in said if it["says"] == "erased"]
        decided = first_two(wishes)
        rule = "ER2" if decided or not gone else "ER3"
        check(f"{one['name']}: {decided}", (decided or first_two(gone)) == one["decided"], "forgetting", rule)
    retention(vectors["retention"], roster)


def months_later(at, months):
    """So many months later by the calendar in UTC; the last day of the month where it has not that one."""
    there = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    year, month = divmod(there.year * 12 + there.month - 1 + months, 12)
    day = min(there.day, calendar.monthrange(year, month + 1)[1])
    return int(there.replace(year=year, month=month + 1, day=day).timestamp())


def retention(vectors, roster):
    for one in vectors["entries"]:
        after = roster(one["after"])
        for entry in one["entries"]:
            after.apply(hexed(entry, Reader.signed))
        check(f"{one['name']}: {after.retention}", after.retention == (one["months"],), "retention", "ER9")
    for closed, months, due in vectors["months"]:
        check(f"{closed}, {months}", months_later(closed, months) == due, "retention", "ER11")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), case_message)
        check(f"{one['name']}: {found['says']}", found["says"] == one["says"], "retention", "ER10")
    for one in vectors["cases"]:
        said = [{**it, **hexed(it["body"], case_message)} for it in one["said"] if it["counts"]]
        over = {hash.hex() for it in said for hash in it["overs"]}
        kept = [(min(it["until"], it["at"] + 1827 * 86400), it["hash"]) for it in said if it["until"] is not None and it["hash"] not in over]
        until, hash = max(kept, default=(None, None))
        check(f"{one['name']}: {until}", [hash, until] == (one["kept"] or [None, None]), "retention", "ER10")


# Section 6, Sensitive blocks and Parts.

def sensitive_block(r):
    value = {"alert": r.take(16), "kind": r.number(2), "text": r.text()}
    newer = r.extensions()
    if value["kind"] == 0 or not 1 <= len(value["text"]) <= 2000 or newer:
        raise Malformed
    return value


def sensitive_part(r):
    value = {"readers": r.sequence(r.member_key), "hash": r.take(32), "sealed": r.bytes()}
    newer = r.extensions()
    if not 1 <= len(value["readers"]) <= 45 or any(one >= after for one, after in zip(value["readers"], value["readers"][1:])) or newer:
        raise Malformed
    return value


def part_letter(r):
    value = {"author": r.take(32), "alert": r.take(16), "salt": r.take(16), "kinds": r.sequence(lambda: r.number(2)), "text": r.text()}
    newer = r.extensions()
    ascends = all(one < after for one, after in zip(value["kinds"], value["kinds"][1:]))
    if not 1 <= len(value["kinds"]) <= 8 or not ascends or value["kinds"][0] == 0 or not 1 <= len(value["text"]) <= 1000 or newer:
        raise Malformed
    return value


def blocks_of(counting, whose, may, part=None):
    """SB2 and SB10: first whom act 15 names or whose keys the part of the alert has, then whom the acts 16 of those name."""
    blocks = []
    firsts = [it for it in counting if it["says"] == "block"]
    for first in [*([part] if part else []), *firsts]:
        chosen, readers, out = {first["author"]}, {}, []
        wider = [it for it in counting if it["says"] == "widened" and (it["of"], it["block"]) == (first["hash"], first["block"]) and (it["letter"] is not None) == (first is part)]
        for it in [first, *wider]:
            if it is not first and it["author"] not in chosen:
                continue
            for device in it["who"]:
                if whose(device) == first["author"] or whose(device) in readers:
                    continue
                if may(device):
                    readers[whose(device)] = it["id"]
                    chosen |= {whose(device)} if it is first else set()
                elif whose(device) not in out:
                    out.append(whose(device))
        blocks.append({"id": first["id"], "author": first["author"].hex(), "readers": [[who.hex(), by] for who, by in readers.items()], "not": [who.hex() for who in out]})
    return blocks


def sensitive_parts(parts, people, whose, may):
    author, alert = bytes.fromhex(parts["author"]), bytes.fromhex(parts["alert"])
    for one in parts["letters"]:
        letter = bytes.fromhex(one["letter"])
        found = decoded(letter, part_letter)
        shown = {"kinds": found["kinds"], "text": found["text"]} if found and (found["author"], found["alert"]) == (author, alert) else None
        right = tagged("sensitive-part", letter).hex() == one["hash"] and shown == one["shown"]
        check(f"{one['name']}: {shown}", right, "sensitive", "SB11")
    for one in parts["extensions"]:
        found = decoded(bytes.fromhex(one["extension"]), sensitive_part) is not None
        check(f"{one['name']}: {found}", found == one["is_read"], "sensitive", "SB9")
    for one in parts["few"]:
        whom = one["people"]
        person = {key: whom[place] if whom[place] < place else place for place, key in enumerate(one["readers"])}
        named = one["named"] and decoded(bytes.fromhex(one["named"]), lambda r: r.sequence(lambda: r.number(2)))
        named = named if named and len(named) <= 8 else []
        reading = {person[key] for key in one["for"] if key in person} - {person.get(one["author"])}
        few = reading & set(named) or reading & {person[key] for key in one["coordinators"]}
        few = sorted(few)[:8]
        found = [key for key in one["readers"] if person[key] in few and key in one["for"]]
        check(f"{one['name']}: {found}", found == one["few"], "sensitive", "SB7")
    with_key = {bytes.fromhex(one["key"]): device for device, one in people.items()}
    for one in parts["cases"]:
        said = {it["id"]: {**it, **hexed(it["body"], case_message), "hash": bytes.fromhex(it["hash"])} for it in one["said"]}
        said = [said[id] for id in one["order"]]
        for it in said:
            it["author"] = whose(bytes.fromhex(it["author"]))
        part = hexed(one["part"], sensitive_part)
        who = [with_key[key] for key in part["readers"] if key in with_key]
        part = {"id": parts["alert"], "author": bytes.fromhex(parts["sender"]), "hash": bytes.fromhex(parts["alert_hash"]), "block": part["hash"], "who": who}
        blocks = blocks_of([it for it in said if it["counts"]], whose, may, part)
        check(f"{one['name']}: {blocks}", blocks == one["blocks"], "sensitive", "SB12" if said else "SB10")


def sensitive():
    vectors = load("sensitive.json")
    for one in vectors["written"]:
        found = decoded(bytes.fromhex(one["body"]), sensitive_block) is not None
        check(f"{one['name']}: {found}", found == one["counts"], "sensitive", "SB1")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), case_message)
        check(f"{one['name']}: {found and found['says']}", found is not None and found["says"] == one["says"], "sensitive", "SB1")
    people = {bytes.fromhex(one["device"]): one for one in vectors["people"]}
    whose = lambda device: bytes.fromhex(people[device]["person"]) if device in people else device
    may = lambda device: device in people and people[device]["may"]
    is_in = lambda device: device in people and people[device]["is_in"]
    sensitive_parts(vectors["parts"], people, whose, may)
    for one in vectors["cases"]:
        said = {it["id"]: {**it, **hexed(it["body"], case_message), "hash": bytes.fromhex(it["hash"])} for it in one["said"]}
        said = [said[id] for id in one["order"]]
        for it in said:
            it["author"] = whose(bytes.fromhex(it["author"]))
        counting = [it for it in said if it["counts"]]

        blocks = blocks_of(counting, whose, may)
        rule = "SB3" if any(block["not"] for block in blocks) else "SB2"
        check(f"{one['name']}: {blocks}", blocks == one["blocks"], "sensitive", rule)

        # PT2: who had a part when a message was said.
        of_parts = [(it, fact) for it in counting for fact in it.get("facts", []) if fact["known"] and fact["about"] == 12]

        def names(it):
            over = [over for fact in it.get("facts", []) for over in fact["over"]]
            return {*it["seen"], *over, *([it["of"]] if it["says"] == "widened" and it["letter"] is None else [])}

        def had(part, message):
            after = {message["hash"]}
            while True:
                more = {it["hash"] for it in said if names(it) & after} - after
                if not more:
                    break
                after |= more
            rest = [(it, fact) for it, fact in of_parts if fact["known"]["part"] == part and it["hash"] not in after - {message["hash"]}]
            stand = [fact["known"]["who"] for it, fact in rest if not any(other is not it and it["hash"] in over["over"] for other, over in rest)]
            return [who for who in stand if who]

        def is_of(it, wanted):
            return any(fact["known"] and wanted(fact) for fact in it.get("facts", []))

        by_lawyer = [it for it in counting if is_of(it, lambda fact: fact["about"] == 11 and fact["known"]["by_lawyer"] == 2)]
        found = sorted(it["id"] for it in by_lawyer if it["author"] not in map(whose, had(3, it)))
        check(f"{one['name']}: {found}", found == sorted(one["not_by_lawyer"]), "sensitive", "PT2", "PT3")
        to_person = [it for it in counting if it["says"] == "answer" or (it["says"] == "reach" and it["reached"] == 1) or is_of(it, lambda fact: fact["about"] == 10)]
        past = []
        for it in to_person:
            holders = had(1, it)
            left = sorted(whose(who).hex() for who in holders if is_in(who))
            if it["author"] not in map(whose, holders) and left:
                past.append([it["id"], left])
        check(f"{one['name']}: {past}", sorted(past) == sorted(one["past_contact"]), "sensitive", "PT1")


# Section 6, Check-ins.

def a_word(typed):
    return " ".join(typed.split()).lower().replace("ё", "е")


def word_hash(plan_hash, typed):
    return tagged("check-in-word", plan_hash, a_word(typed).encode())


def check_in_plan(r):
    value = {"every": r.number(4), "grace": r.number(4), "first": r.number(8), "until": r.number(8), "well": r.text(), "forced": r.text()}
    words = [value["well"], value["forced"]]
    fits = 1800 <= value["every"] <= 604_800 and 1800 <= value["grace"] <= 86_400 and 0 <= value["until"] - value["first"] <= 5_184_000
    fits = fits and (value["until"] - value["first"]) // value["every"] < 1000
    fits = fits and all(len(it) <= 64 and a_word(it) == it for it in words) and (words == ["", ""] or ("" not in words and words[0] != words[1]))
    if r.extensions() or not fits:
        raise Malformed
    return value


def a_check_in(r):
    value = {"plan": r.take(16), "plan_hash": r.take(32), "act": r.number(2), "word": r.take(32)}
    if r.extensions() or value["act"] not in (1, 2):
        raise Malformed
    return value


def check_in_stands(plan, came, heard, acts, lifted, forced, now):
    """CK4 to CK6: of signs of life with their acts, of what members say with its time, of lifts, and since when they are forced."""
    if forced is not None:
        return {"what": "forced", "due": None, "since": forced}
    seen = max([it["arrived"] for it in heard] + [at for says, at in acts if says == 1] + lifted, default=None)
    first = came + plan["every"] if came > plan["first"] else plan["first"]
    due = min(max(first, seen + plan["every"] if seen is not None else first), plan["until"])
    ended = any(it["body"]["act"] == 2 for it in heard)
    if ended or came > plan["until"] or (seen is not None and seen >= plan["until"] - plan["grace"]):
        return {"what": "over", "due": None, "since": None}
    overdue = due + plan["grace"]
    if now < overdue:
        return {"what": "waiting" if now < due else "late", "due": due, "since": None}
    nobody = max((at for says, at in acts if says == 2 and at >= due), default=None)
    if nobody is None and now < overdue + 3600:
        return {"what": "overdue", "due": due, "since": None}
    return {"what": "unreached", "due": due, "since": overdue + 3600 if nobody is None else max(nobody, overdue)}


def check_ins():
    vectors = load("check-ins.json")
    for one in vectors["plans"]:
        found = decoded(bytes.fromhex(one["extension"]), check_in_plan) is not None
        check(f"{one['name']}: {found}", found == one["counts"], "check-ins", "CK1")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), a_check_in) is not None
        check(f"{one['name']}: {found}", found == one["counts"], "check-ins", "CK1")
    for one in vectors["words"]:
        found = word_hash(bytes.fromhex(one["plan_hash"]), one["typed"]).hex()
        check(f"{one['typed']!r}: {found}", (a_word(one["typed"]), found) == (one["word"], one["hash"]), "check-ins", "CK2")
    says = {person["device"]: person["says"] for person in vectors["people"]}
    plan_hash = bytes.fromhex(vectors["plan_hash"])
    for one in vectors["stories"]:
        plan = decode(bytes.fromhex(one["plan"]), check_in_plan)
        read = {26: a_check_in, 25: case_message, 24: freeze}
        said = [{**it, "body": decode(bytes.fromhex(it["body"]), read[it["kind"]])} for it in one["said"]]
        mine = [it for it in said if it["kind"] == 26 and it["body"]["plan"].hex() == vectors["plan"]]
        is_theirs = lambda it: it["by"] == vectors["sender"] and it["body"]["plan_hash"] == plan_hash

        def word_of(it):
            if not plan["well"] or it["body"]["word"] == word_hash(plan_hash, plan["well"]):
                return "well"
            return "forced" if it["body"]["word"] == word_hash(plan_hash, plan["forced"]) else "another"

        freezes = [{"id": it["id"], "since": it["arrived"], "own": True} for it in mine if is_theirs(it) and word_of(it) == "forced"]
        of_sender = [it for it in said if it["kind"] == 24 and says.get(it["by"]) and it["by"] != vectors["sender"]]
        freezes += [{"id": it["id"], "since": it["arrived"], "own": False} for it in of_sender if it["body"]["act"] == 1]
        for it in freezes:
            lifts = [lift["arrived"] for lift in of_sender if lift["body"]["act"] == 2 and bytes.fromhex(it["id"]) in lift["body"]["lifts"]]
            it["lifted"] = min(lifts, default=None)
        is_frozen = lambda at: any(it["since"] <= at and (it["lifted"] is None or at <= it["lifted"]) for it in freezes)

        def void_of(it):
            if it["by"] != vectors["sender"]:
                return "not_the_sender"
            if it["body"]["plan_hash"] != plan_hash:
                return "other_alert"
            if is_frozen(it["arrived"]):
                return "frozen"
            return "old" if it["arrived"] - it["signed"] > plan["every"] else None

        for it in said:
            found = (word_of(it), void_of(it)) if it in mine else (None, None)
            check(f"{one['name']}: {found}", found == (it["word"], it["void"]), "check-ins", "CK2")
        heard = [it for it in mine if word_of(it) == "well" and void_of(it) is None]
        acts = [it for it in said if it["kind"] == 25 and says.get(it["by"]) and it["body"]["says"] == "reach"]
        acts = [(it["body"]["reached"], min(it["signed"], it["arrived"])) for it in acts]
        lifted = [it["lifted"] for it in freezes if it["lifted"] is not None]
        forced = min((it["since"] for it in freezes if it["own"] and it["lifted"] is None), default=None)
        for look in one["looked"]:
            found = check_in_stands(plan, one["came"], heard, acts, lifted, forced, look["now"])
            check(f"{one['name']} at {look['now']}: {found}", found == look["stands"], "check-ins", "CK3", "CK4", "CK5", "CK6")


# Section 6, Weeks.

def week_of(moment):
    return max(0, moment - 4 * 86400) // (7 * 86400)


def week_end(week):
    return 4 * 86400 + (week + 1) * 7 * 86400


def week_keys(r):
    first, keys = r.number(4), r.sequence(lambda: r.option(r.member_key))
    if r.extensions() or len(keys) > 32:
        raise Malformed
    return {first + place: key for place, key in enumerate(keys) if first + place < 2**32 - 1}


def hear(book, said):
    """What is known of weeks after a statement; whether people are told."""
    told = False
    for week, key in said.items():
        known = book.setdefault(week, key)
        if known != key:
            told = told or (known is not None and key is not None)
            book[week] = None
    return told


def of_readers(r):
    return r.number(4), r.sequence(lambda: r.sequence(lambda: r.option(r.member_key)))


OF_READERS = 32776


def weeks_in(data):
    """The readers of a view and, where it says something of them, their weeks."""
    def structure(r):
        value = r.take(32), r.number(4), r.take(32), epoch_keys(r)
        readers, _ = r.sequence(r.member_key), r.sequence(lambda: r.number(2))
        return value, readers, policy(r, lambda r: r.number(2)), coordinators(r), r.all_extensions()
    _, readers, _, _, items = decode(data, structure)
    said = decoded(items.get(OF_READERS, b""), of_readers)
    if not said or len(said[1]) != len(readers) or any(len(keys) > 32 for keys in said[1]):
        return readers, None
    first, rows = said
    return readers, {reader: {first + place: key for place, key in enumerate(keys)} for reader, keys in zip(readers, rows)}


def weeks():
    vectors = load("weeks.json")
    for one in vectors["weeks"]:
        check(one["at"], week_of(one["at"]) == one["week"], "weeks")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), week_keys)
        found = found if found is None else [[week, key and key.hex()] for week, key in found.items()]
        check(f"{one['name']}: {found}", found == one["weeks"], "weeks", "W1")
    start = min(decode(bytes.fromhex(vectors["books"][0]["bodies"][0]), week_keys))
    for one in vectors["books"]:
        book = {}
        twice = [hear(book, decode(bytes.fromhex(body), week_keys)) for body in one["bodies"]]
        known = [None if week not in book else book[week].hex() if book[week] else "void" for week in range(start, start + 5)]
        check(f"{one['name']}: {known} {twice}", (known, twice) == (one["known"], one["twice"]), "weeks", "W2")
    one, books = vectors["sealed"], {}
    for said in one["said"]:
        hear(books.setdefault(bytes.fromhex(said["reader"]), {}), decode(bytes.fromhex(said["body"]), week_keys))
    readers, said = weeks_in(bytes.fromhex(one["view"]))
    after, nothing = weeks_in(bytes.fromhex(one["next_view"]))
    check("a view says what is known", all(said[reader].get(week) == books.get(reader, {}).get(week) for reader in readers
                                           for week in range(start, start + 6)), "weeks", "W4")
    check("and the next nothing", nothing is None, "weeks", "W4")
    for it in one["weeks"]:
        week = it["week"]
        found = [(books.get(reader, {}).get(week) or reader).hex() for reader in readers]
        check(f"sealed in {week}: {found}", found == it["sealed_to"], "weeks", "W3")
        found = [(said.get(reader, {}).get(week) or reader).hex() for reader in after]
        check(f"after the next view: {found}", found == it["after_the_next"], "weeks", "W4")
    for one in vectors["sealing"]:
        heard, clock = one["heard"], one["clock"]
        later = max(clock, clock + heard["time"] - heard["at"], heard["time"]) if heard else clock
        check(f"{one['name']}: {week_of(later)}", week_of(later) == one["week"], "weeks", "W3")
        check(one["name"], week_end(one["week"]) + 14 * 86400 == one["posted_until"], "weeks", "W5")
    over = week_end(vectors["deleted"]["week"]) + 17 * 86400
    check("over", over == vectors["deleted"]["over"], "weeks", "W7")
    for one in vectors["deleted"]["cases"]:
        passed = sorted([one["clock"], one["relay"], one["others"] or 0])[1]
        check(f"{one['name']}: {passed}", (passed, passed >= over) == (one["passed"], one["deleted"]), "weeks", "W7")


# Section 6, Wishing.

def wish(r):
    r.take(16)
    act, said = r.number(2), r.bytes()
    if r.extensions() or act not in WISHES:
        raise Malformed
    return decode(said, WISHES[act])


def wished(structure, says):
    """What a part that may grow says, if it needs no newer program."""
    def read(r):
        value = structure(r)
        if value["newer"]:
            raise Malformed
        return says(value)
    return read


WISHES = {1: wished(admit, lambda it: ["invite", it["invitation"].hex()]), 2: lambda r: ["withdraw", r.take(32).hex()],
          3: lambda r: ["approve", r.take(32).hex(), r.take(32).hex()],
          4: wished(lambda r: {"before": r.number(4), **policy(r, lambda r: r.take(32))}, lambda it: ["policy", it["before"]]),
          5: lambda r: ["duty", [r.number(4), device_rota(r)][0]],
          6: lambda r: ["retention", r.number(4), *retention_of(r)["retention"]]}


def wish_answer(r):
    r.take(16)
    outcome = r.number(2)
    if r.extensions():
        raise Malformed
    return outcome if outcome < 8 else 7


def wishes():
    vectors = load("wishes.json")
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), wish)
        check(f"{one['name']}: {found}", found == one["act"], "wishes", "Q1")
    for one in vectors["answers"]:
        found = decoded(bytes.fromhex(one["body"]), wish_answer)
        check(f"{one['name']}: {found}", found == one["outcome"], "wishes", "Q7")


# Section 6, Duty.

MINUTES = 7 * 1440


def renamed(said, name):
    """The same with other names for people; whoever has none is not there (DU3)."""
    def line(one):
        both = [name(who) for who in one or () if who is not None]
        both = [who for who in both if who is not None]
        return (both[0], (both + [None])[1]) if both else None
    week = [(begins, minutes, line(one)) for begins, minutes, one in said["week"]]
    return {**said, "week": [shift for shift in week if shift[2]], "days": [(begins, ends, line(one)) for begins, ends, one in said["days"]]}


def on_week(said, at):
    """Who each week is on duty at a moment."""
    ahead = [ahead for begins, ahead in said["clock"] if begins <= at] or [said["clock"][0][1]]
    minute = (at // 60 + 3 * 1440 + ahead[-1]) % MINUTES
    return next((one for begins, minutes, one in said["week"] if (minute - begins) % MINUTES < minutes), None)


def on_rota(said, at):
    """DU2."""
    for begins, ends, one in reversed(said["days"]):
        if begins <= at < ends:
            return one
    return on_week(said, at)


def hours_of(said):
    """DU4, as an encoding."""
    covered = {(begins + more) % MINUTES for begins, minutes, _ in said["week"] for more in range(minutes)}
    begins = [minute for minute in range(MINUTES) if minute in covered and (minute - 1) % MINUTES not in covered]
    parts = [(first, next(more for more in range(MINUTES) if (first + more) % MINUTES not in covered)) for first in begins]
    parts = [(0, MINUTES)] if len(covered) == MINUTES else parts
    closed = [(begins, ends) for begins, ends, one in said["days"] if one is None]
    told = [(begins, ends, one) for begins, ends, one in said["days"]
            if one is None or any(other < ends and begins < end for other, end in closed)
            or not all(on_week(said, at) for at in range(begins, ends, 60))]
    number = lambda value, size: value.to_bytes(size, "big")
    data = number(0, 8) + number(len(said["clock"]), 8)
    data += b"".join(number(at, 8) + ahead.to_bytes(2, "big", signed=True) for at, ahead in said["clock"])
    data += number(len(parts), 8) + b"".join(number(first, 2) + number(minutes, 2) + b"\0" for first, minutes in parts)
    data += number(len(told), 8)
    data += b"".join(number(first, 8) + number(last, 8) + (b"\1\0" if one else b"\0") for first, last, one in told)
    return data + number(0, 8)


def bell(one):
    """DU5 to DU10: whose, since when, whether here; None for nobody's any more."""
    arrived, now, me = min(one["arrived"], one["now"]), one["now"], one["me"]
    if one["urgent"] == "no" or one["heard"] == "settled" or now - arrived >= 3 * 86400:
        return None
    critical, since = one["urgent"] == "critical", arrived
    said = one["rota"] and renamed(decode(bytes.fromhex(one["rota"]), device_rota),
                                   lambda who: who.hex() if who.hex() in one["reads"] else None)
    of_now = on_rota(said, now) if said else None
    if one["heard"] != "nothing":
        whose = ["lead", one["heard"]]
    elif not said or not any(on_rota(said, at) for at in range(now, now + 14 * 86400, 60)):
        whose = ["all"]
    elif of_now is None:
        whose = ["rest"] if critical else ["nobody"]
    elif not critical:
        whose = ["first", of_now[0]]
    else:
        times = (now - arrived) // 600
        since = arrived + times * 600
        whose = ["second", of_now[1]] if of_now[1] and times % 4 > 1 else ["first", of_now[0]]
    here = whose[0] in ("all", "rest") or me in whose[1:]
    if one["quiet"] and not (critical and whose[0] != "rest"):
        begins, minutes, ahead = one["quiet"]
        here = here and (now // 60 + ahead - begins) % 1440 >= minutes
    return {"whose": whose, "since": since, "here": here}


def duty(roster):
    vectors = load("duty.json")
    for one in vectors["rotas"]:
        said = decoded(bytes.fromhex(one["rota"]), device_rota)
        check(one["name"], (said is not None) == one["counts"], "rotas", "DU1")
        if said is None:
            continue
        for at, there in one["at"]:
            found = on_rota(said, at)
            found = found and [who and who.hex() for who in found]
            check(f"{one['name']}, {at}: {found}", found == there, "rotas", "DU2")
        check(f"{one['name']}: hours", hours_of(said).hex() == one["hours"], "rotas", "DU4")
        decode(bytes.fromhex(one["hours"]), lambda r: rota(r, lambda r: b""))
    for one in vectors["entries"]:
        after = roster(one["after"])
        after.apply(hexed(one["entry"], Reader.signed))
        there = one["rota"] and decode(bytes.fromhex(one["rota"]), device_rota)
        check(one["name"], getattr(after, "rota", None) == there, "rotas", "DU1")
    for one in vectors["rings"]:
        found = bell(one)
        nobody = found is None or found["whose"][0] in ("all", "rest", "nobody")
        rule = "DU10" if one["quiet"] else "DU7" if found and found["whose"][0] == "lead" else "DU6" if not found else "DU9" if nobody else "DU8"
        who_reads = ["DU3"] * (len(one["reads"]) < 3)
        check(f"{one['name']}: {found}", found == one["bell"], "bells", rule, *who_reads)
    shifts(vectors["shifts"])


HAND_OVER, HAND_OVER_ANSWER, SWAP, SWAP_ANSWER = 32806, 32807, 32808, 32809


def shift_said(kind):
    """DU11: what a body says."""
    def read(r):
        if kind in (HAND_OVER, SWAP):
            value = {"nonce": r.take(16), "to": r.take(32), "from": r.number(8), "until": r.number(8), "note": r.text() if kind == HAND_OVER else ""}
            fits = 0 < value["until"] - value["from"] <= 31 * 86400 and len(value["note"]) <= 8000
        else:
            value = {"of": r.take(32), "says": r.number(2), "because": r.text()}
            fits = value["says"] in (1, 2, 3) and len(value["because"]) <= 500
        if r.extensions() or not fits:
            raise Malformed
        return value
    return read


def shift_hash(kind, by, value):
    """DU12: what an answer names."""
    number = lambda value, size: value.to_bytes(size, "big")
    return tagged("shift", number(kind, 2), by, value["nonce"], value["to"], number(value["from"], 8), number(value["until"], 8))


def shift_offers(said, frozen, order, reads):
    """DU11, DU12: who gives which hours to whom, and what became of that."""
    said = [(bytes.fromhex(by), kind, decode(bytes.fromhex(body), shift_said(kind)), came) for by, kind, body, came in said]
    said = [one for one in said if not (frozen and bytes.fromhex(frozen[0]) == one[0] and frozen[1] <= one[3])]
    offers = {}
    for by, kind, value, came in said:
        if kind in (HAND_OVER, SWAP):
            name = shift_hash(kind, by, value)
            offers[name] = {"kind": kind, "by": by, **value, "came": min(came, offers.get(name, {"came": came})["came"])}
    for name, it in offers.items():
        answers = lambda who, says: min((came for by, kind, value, came in said if kind == it["kind"] + 1 and value["of"] == name
                                         and by == who and value["says"] == says), default=None)
        it |= {"yes": answers(it["to"], 1), "no": answers(it["to"], 2), "back": answers(it["by"], 3)}
    return [it for it in offers.values() if it["by"] != it["to"] and it["by"] in order and it["to"] in order and it["to"] in reads]


def agreed_line(said, offers, order, at):
    """DU13, DU15: who is on duty by what was accepted, and everybody who had it."""
    line = on_rota(said, at)
    if line is None:
        return None, []
    holds = [it for it in offers if it["yes"] is not None
             and max(it["yes"], it["came"], it["from"] if it["kind"] == SWAP else 0) <= at < it["until"]]
    had = [line[0]]
    while True:
        of_first = [it["to"] for it in holds if it["by"] == line[0]]
        if not of_first:
            return line, had
        to = min(of_first, key=order.index)
        holds = [it for it in holds if (it["by"], it["to"]) != (line[0], to)]
        line = (to, line[0] if line[1] == to else line[1])
        had.append(to)


def shift_line(said, offers, order, reads, at):
    """DU14 over that."""
    line, _ = agreed_line(said, offers, order, at)
    if line is None:
        return None

    def is_open(it):
        turn = max(it["from"], it["came"])
        settled = [moment for moment in (it["yes"], it["back"]) if moment is not None and moment <= at]
        if it["kind"] != HAND_OVER or settled or it["came"] >= it["from"] + 1800 or not turn <= at < it["until"]:
            return False
        if line[0] not in (it["to"], it["by"]) or it["by"] not in reads:
            return False
        before = next((moment for moment in range(it["from"] - 60, it["from"] - 14 * 86400, -60) if on_rota(said, moment)), None)
        return any(moment is not None and it["by"] in agreed_line(said, offers, order, moment)[1] for moment in (it["from"], before))

    of_now = [it for it in offers if is_open(it)]
    if not of_now:
        return line
    by = min((it["by"] for it in of_now), key=order.index)
    of_now = [it for it in of_now if it["by"] == by]
    turns = [max(it["from"], it["came"]) for it in of_now]
    before = on_rota(said, min(turns) - 1)
    seconds = [one[1] for one in (line, before) if one and one[1]]
    second = next((who for who in seconds if who != by and who in reads and who not in [it["to"] for it in of_now]), None)
    other = next((who for who in line if who and who != by and who in reads), None)
    refused = lambda it: it["no"] is not None and it["no"] <= at
    if any(not refused(it) and at < max(it["from"], it["came"]) + 1800 for it in of_now):
        return (by, second or other)
    last = by if all(refused(it) for it in of_now) else other or by
    if second is None:
        return (last, by if last != by else None)
    return (second, last if last != second else by)


def shifts(vectors):
    for one in vectors["bodies"]:
        found = decoded(bytes.fromhex(one["body"]), shift_said(one["kind"]))
        name = found and one["kind"] in (HAND_OVER, SWAP) and shift_hash(one["kind"], bytes.fromhex(one["by"]), found).hex() or None
        check(f"{one['name']}: {found}", ((found is not None), name) == (one["counts"], one["hash"]), "shifts", "DU11", "DU12")
    order = [bytes.fromhex(who) for who in vectors["order"]]
    said = decode(bytes.fromhex(vectors["rota"]), device_rota)
    said = renamed(said, lambda who: who if who in order else None)
    for one in vectors["stories"]:
        reads = [bytes.fromhex(who) for who in one["reads"]]
        offers = shift_offers(one["said"], one["frozen"], order, reads)
        for at, there in one["lines"]:
            found = shift_line(said, offers, order, reads, at)
            found = found and [who and who.hex() for who in found]
            check(f"{one['name']}, {at}: {found}", found == there, "shifts", "DU13", "DU14", "DU15")


# Section 6, Answers.
def answer_fields(r):
    value = {"group": r.take(32), "author": r.take(32), "to": r.take(32), "alert": r.take(16), "case": r.text(), "time": r.number(8),
             "what": r.number(2), "name": r.text(), "text": r.text()}
    return value | {"newer": r.extensions()}


def carried_fields(r):
    value = {"group": r.take(32), "invitation": r.take(32), "author": r.take(32), "sealed": r.bytes()}
    return value | {"newer": r.extensions()}


def answers():
    vectors = load("answers.json")
    group, me = bytes.fromhex(vectors["group"]), bytes.fromhex(vectors["device"])

    def shown(one):
        carried = decoded(bytes.fromhex(one["carried"]), carried_fields)
        if carried["newer"]:
            return "newer"
        signed = decoded(bytes.fromhex(one["opened"]), lambda r: (r.bytes(), r.take(64)))
        said = decoded(signed[0], answer_fields) if signed else None
        if not said or not verifies(carried["author"], "answer", *signed):
            return "foreign"
        if (said["group"], carried["group"], said["to"], said["author"]) != (group, group, me, carried["author"]):
            return "foreign"
        limits = len(said["text"]) <= 500 and len(said["name"]) <= 64 and len(said["case"]) <= 32
        if said["newer"] or said["what"] not in (1, 2, 3) or (said["what"] == 3) != (said["text"] != "") or not limits:
            return "newer"
        return {"what": said["what"], "text": said["text"], "name": said["name"]}

    for one in vectors["shown"]:
        found = shown(one)
        check(f"{one['name']}: {found}", found == one["shown"], "answers", "AN5")
    for one in vectors["to_carry"]:
        found = decoded(bytes.fromhex(one["body"]), lambda r: (r.take(16), r.take(32), r.bytes(), r.extensions()))
        says = found is not None and len(found[2]) == 1868 and not found[3]
        check(f"{one['name']}: {says}", says == one["says"], "answers", "AN2")
    for one in vectors["carried_on"]:
        found = decoded(bytes.fromhex(one["body"]), lambda r: (r.sequence(lambda: (r.take(16), r.number(2))), r.extensions()))
        says = len(found[0]) if found and len(found[0]) <= 64 and not found[1] else None
        check(f"{one['name']}: {says}", says == one["says"], "answers", "AN2")


# Photographs and papers.

def announced(data):
    """What goes with an alert, by its extension 17; None where that is not understood."""
    def item(r):
        key, kind, treatment = r.take(32), r.number(2), r.number(2)
        return key, kind, treatment, r.number(8), r.take(32), r.extensions()
    all_of_them = decoded(data, lambda r: r.sequence(lambda: item(r)))
    if not all_of_them or len(all_of_them) > 8:
        return None
    if any(size < 1 or size > 2_000_000 or newer for _, _, _, size, _, newer in all_of_them):
        return None
    return [{"kind": kind, "treatment": treatment, "size": size, "parts": -(-size // 63_000), "hash": digest}
            for _, kind, treatment, size, digest, _ in all_of_them]


def attachments():
    vectors = load("attachments.json")
    alert, sender = bytes.fromhex(vectors["alert"]), bytes.fromhex(vectors["sender"])
    for one in vectors["announced"]:
        found = announced(bytes.fromhex(one["extension"]))
        seen = found and [{key: item[key] for key in ("kind", "treatment", "size", "parts")} for item in found]
        check(f"{one['name']}: {seen}", seen == one["items"], "attachments", "AT1", "AT2")
    paper = announced(bytes.fromhex(vectors["of"]))[vectors["number"] - 1]

    def counts(signed):
        part = decoded(signed[0], lambda r: (r.take(16), r.number(2), r.number(2), r.bytes(), r.extensions()))
        if not part or not verifies(sender, "part", *signed):
            return False
        of, number, index, data, newer = part
        due = min(63_000, paper["size"] - 63_000 * index)
        return (of, number, newer) == (alert, vectors["number"], False) and index < paper["parts"] and len(data) == due

    for one in vectors["parts"]:
        signed = decoded(bytes.fromhex(one["part"]), Reader.signed)
        found = counts(signed)
        check(f"{one['name']}: {found}", found == one["counts"], "attachments", "AT3", "AT4")
    order = announced(bytes.fromhex(vectors["order"]))[0]
    for one in vectors["wholes"]:
        whole = bytes.fromhex(one["whole"])
        found = len(whole) == order["size"] and hashlib.sha256(whole).digest() == order["hash"]
        check(f"a whole: {found}", found == one["is"], "attachments", "AT5")
    for one in vectors["added"]:
        found = decoded(bytes.fromhex(one["words"]), files_words)
        found = found and found["items"]
        check(f"{one['name']}: {found}", found == one["items"], "attachments", "AT9")
    of_case = vectors["parts_of_cases"]
    with_id, place, size = bytes.fromhex(of_case["with"]), of_case["number"], of_case["size"]
    for one in of_case["parts"]:
        signed = decoded(bytes.fromhex(one["part"]), Reader.signed)
        part = decoded(signed[0], lambda r: (r.take(16), r.number(2), r.number(2), r.bytes(), r.extensions()))
        due = part and min(63_000, size - 63_000 * part[2])
        found = verifies(sender, "part", *signed) and part[:2] == (with_id, place) and not part[4] and part[2] < -(-size // 63_000) and len(part[3]) == due
        check(f"{one['name']}: {found}", found == one["counts"], "attachments", "AT10")
    for one in vectors["of_alerts"]:
        found = decoded(bytes.fromhex(one["extension"]), of_alert_words)
        check(f"{one['name']}: {found}", found == one["items"], "attachments", "AT17")
    for one in vectors["kept"]:
        coordinate = [key for key in one["coordinate"] if key in one["readers"]]
        others = [key for key in one["readers"] if key not in one["mine"]]
        found = sorted(coordinate or others or one["readers"])[:16]
        check(f"{one['name']}: {len(found)}", (found, bool(coordinate)) == (one["kept_by"], one["coordinators"]), "attachments", "AT18")
    for one in vectors["for_keepers"]:
        found = sorted((who, key) for person, who, key, reads in one["devices"] if person in one["named"] and reads)[:16]
        check(f"{one['name']}: {len(found)}", [key for _, key in found] == one["kept_by"], "attachments", "AT12")
    copies = vectors["copies"]
    for one in copies["rows"]:
        kept = set(copies["kept_by"])
        for act in one["acts"]:
            of, number, _, size, digest, keys, _ = decoded(
                bytes.fromhex(act["words"]), lambda r: (r.take(16), r.number(2), r.number(2), r.number(8), r.take(32), keepers_of(r)[0], r.extensions()))
            is_it = (of.hex(), number, size, digest.hex()) == (vectors["alert"], copies["number"], copies["size"], copies["hash"])
            if is_it and kept & set(act["author"]):
                kept |= {key.hex() for key in keys}
        check(f"{one['name']}: {len(kept)}", sorted(kept) == one["kept_by"], "attachments", "AT20")
    for one in vectors["room"]:
        next_added, _ = one["next"]
        parts = sum(-(-of // 63_000) for added, of in one["announced"] + [one["next"]] if added == next_added)
        found = parts <= (832 if next_added else 256)
        check(f"{one['name']}: {parts}", found == one["fits"], "attachments", "AT13")
    for one in vectors["handed_on"]:
        found = decoded(bytes.fromhex(one["words"]), handed_on_words) is not None
        check(f"{one['name']}: {found}", found == one["is"], "attachments", "AT19")
    for one in vectors["names"]:
        letters = "".join("23456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 30] for byte in tagged("case-number", bytes.fromhex(one["with"]))[:4])
        found = str(one["number"]) if one["begins"] else f"{letters}-{one['number']}"
        check(found, found == one["name"], "attachments", "AT16")


# Recovery: parts, their check, and what they come to.

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")


def part_remainder(values, state=1):
    for value in values:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= generator if top >> bit & 1 else 0
    return state


def part_fits(values):
    return len(values) == 65 and None not in values and part_remainder(values) == 0x2BC830A3


def part_values(letters):
    return [CROCKFORD.index(c) if c in CROCKFORD else None for c in letters.translate(READ_AS)]


def part_said(letters):
    """What the letters of a part say; a reason where they are none."""
    values = part_values(letters)
    if not part_fits(values):
        return "letters"
    bits = "".join(f"{value:05b}" for value in values[:59])
    take = iter(bits)
    version, needed, number, in_set, value = (int("".join(next(take) for _ in range(n)), 2) for n in (5, 3, 3, 28, 256))
    if version != 24:
        return "version"
    return "form" if needed < 2 or number < 1 else (in_set, needed, number, value.to_bytes(32, "big"))


def part_mistakes(letters):
    """Where letters are wrong, if that explains why they do not fit."""
    def place(at, what):
        return {"group": at // 5 + 1, "place": at % 5 + 1, "what": what}

    values = part_values(letters)
    if len(values) == 64:
        return next(([place(at, "left_out")] for at in range(65) for new in range(32) if part_fits(values[:at] + [new] + values[at:])), [])
    if len(values) == 66:
        return next(([place(at, "too_many")] for at in range(66) if part_fits(values[:at] + values[at + 1:])), [])
    if len(values) != 65:
        return []
    foreign = {at for at, value in enumerate(values) if value is None}
    values = [value or 0 for value in values]
    lacks = part_remainder(values) ^ 0x2BC830A3
    of_one = {part_remainder([wrong] + [0] * (64 - at), 0): at for at in range(65) for wrong in range(1, 32)}
    one_or_two = [{of_one[lacks]}] if lacks in of_one else [{at, of_one[lacks ^ one]} for one, at in of_one.items() if lacks ^ one in of_one]
    if not lacks or one_or_two:
        foreign |= one_or_two[0] if lacks else set()
    return [place(at, "wrong") for at in sorted(foreign)]


def gf(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1 ^ (0x11D if a & 0x80 else 0), b >> 1
    return product


def gf_inverse(a):
    return next(b for b in range(256) if gf(a, b) == 1)


def at_zero(points):
    """What parts come to, byte for byte."""
    key = bytearray(32)
    for x, value in points.items():
        factor = 1
        for other in points.keys() - {x}:
            factor = gf(factor, gf(other, gf_inverse(other ^ x)))
        for at, byte in enumerate(value):
            key[at] ^= gf(factor, byte)
    return bytes(key)


def recovery_derived(key, info, length=32):
    return expand(extract(b"", key), b"bellrope/recovery/v1/" + info, length)


def set_of(key):
    return int.from_bytes(recovery_derived(key, b"set", 4), "big") >> 4


def parts_come_to(parts):
    """The key of some of these that fit together, if any are."""
    for in_set, needed in {(in_set, needed) for in_set, needed, _, _ in parts}:
        for chosen in itertools.combinations([(x, value) for s, n, x, value in parts if (s, n) == (in_set, needed)], needed):
            key = at_zero(dict(chosen))
            if len(dict(chosen)) == needed and set_of(key) == in_set:
                return key.hex()
    return None


def recovery():
    vectors = load("recovery.json")
    for vector in vectors["sets"]:
        key = bytes.fromhex(vector["key"])
        check("set", set_of(key) == vector["set"], "recovery keys")
        check("seed", recovery_derived(key, b"sign").hex() == vector["signing_seed"], "recovery keys")
        parts = {}
        for it in vector["parts"]:
            said = part_said("".join(it["text"].split()))
            value = bytes.fromhex(it["value"])
            check(it["text"], said == (vector["set"], vector["needed"], it["number"], value), "parts", "RK1", "RK2")
            parts[it["number"]] = value
        check("key", at_zero(parts) == key, "recovery keys", "RK3")
    for it in vectors["read"]:
        text = it["text"].translate(str.maketrans("СНкКнс", "CHKKHC")).split("Olga: ")[-1]
        letters = "".join(c for c in text.upper() if c.isalnum())
        check(it["why"], part_said(letters) == part_said("".join(it["as"].split())), "parts", "RK1")
    for it in vectors["bad"]:
        letters = "".join(c for c in it["text"].upper() if c.isalnum())
        reason = "form" if len(letters) < 30 else part_said(letters)
        check(it["why"], (reason, part_mistakes(letters) if reason == "letters" else []) == (it["reason"], it["mistakes"]), "refused parts", "RK1", "RK2")
    for it in vectors["together"]:
        parts = [part_said("".join(text.split())) for text in it["texts"]]
        check("together", parts_come_to(parts) == it["key"], "recovery keys", "RK4")


# Rules that no vector reaches, and why not. Every other that PROTOCOL.md numbers must be reached.
ALERTS = "what a reader shows, in words of its own, and decides nothing by: tests of the client hold its table against the code"
BY_THE_CLOCK = "what a coordinator's program does by itself, and when; tests of the programs with a moved clock hold it"
BY_A_PROGRAM = "whom a program seals to, and when it sends a welcome again; tests of the programs hold it"
NOT_HERE = {f"A{number}": ALERTS for number in range(1, 16)} | {f"L{number}": BY_THE_CLOCK for number in (2, 3, 5, 6)} | {
    f"E{number}": BY_A_PROGRAM for number in (5, 8, 10, 11)} | {f"W{number}": BY_A_PROGRAM for number in (6, 8, 9)} | {f"D{number}": BY_A_PROGRAM for number in (6, 7)} | {f"F{number}": BY_A_PROGRAM for number in (4, 5)} | {f"CA{number}": BY_A_PROGRAM for number in (7, 8, 14, 20)} | {f"AN{number}": BY_A_PROGRAM for number in (1, 3, 4)} | {f"Q{number}": BY_A_PROGRAM for number in (2, 3, 4, 5, 6)} | {f"N{number}": BY_A_PROGRAM for number in (1, 2, 3, 4, 5)} | {"B6": BY_A_PROGRAM, "DU5": BY_A_PROGRAM} | {f"RK{number}": BY_A_PROGRAM for number in (5, 6)}
NOT_HERE |= {f"AT{number}": BY_A_PROGRAM for number in (6, 7, 8, 11, 14, 21)}
NOT_HERE |= {f"CK{number}": BY_A_PROGRAM for number in (7, 8, 9, 10, 11)} | {f"DU{number}": BY_A_PROGRAM for number in (16, 17)}
NOT_HERE |= {f"SB{number}": BY_A_PROGRAM for number in (4, 5, 6, 8)} | {f"PT{number}": BY_A_PROGRAM for number in (4, 5)}
NOT_HERE |= {f"ER{number}": BY_A_PROGRAM for number in (4, 5, 6, 7, 8, 12)}


def rules():
    text = DOCUMENT.read_text(encoding="utf-8")
    numbered = re.findall(r"\*\*(CA\d+|CK\d+|ER\d+|AN\d+|AT\d+|RK\d+|DU\d+|SB\d+|PT\d+|[RCMLEDFBPWQN]\d+)\*\*", text) + re.findall(r"^\| (A\d+) \|", text, re.MULTILINE)
    for rule in numbered:
        check(f"{rule} is reached, or listed as not", (rule in reached) != (rule in NOT_HERE), "rules")
    check("and no other", len(numbered) == len(set(numbered)) == len({*reached, *NOT_HERE}), "rules")
    return ", ".join(f"{rule} {reached[rule]}" for rule in numbered if rule in reached)


statements()
codes()
evidences()
frames()
roster_of = groups()
handed = dictated()
freezing()
cases()
erasing(roster_of)
sensitive()
check_ins()
weeks()
duty(roster_of)
wishes()
answers()
attachments()
recovery()
try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    MLKEM768PrivateKey.from_seed_bytes(bytes(64))
except Exception as missing:  # Of an older package, or of the library below it, in many ways.
    print(f"skipped: seal.json and outer keys, for want of the package cryptography with ML-KEM ({missing})")
else:
    envelopes()
    handed_over(*handed)
by_rule = rules()
print("checked: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
print("by rule: " + by_rule)
