// The other side of the exchange, with the npm package age-encryption:
//   node check.mjs make FOLDER    seals one envelope for each bucket into FOLDER
//   node check.mjs open FOLDER    opens every envelope in FOLDER, as each member
// It uses only what any age tool can do: encrypt, encrypt again, and the reverse.

import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const keys = JSON.parse(readFileSync(new URL("keys.json", import.meta.url)));
const sentence = new TextEncoder().encode("Колокол звонит, the bell rings. ");
const payload = (length) => Uint8Array.from({ length }, (_, at) => sentence[at % sentence.length]);

async function encrypt(bytes, recipients) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

async function decrypt(bytes, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(bytes);
}

async function seal(bytes, bucket) {
  // The formula of PROTOCOL.md, "Sealing". A package that greased its headers would miss the bucket.
  const padded = new Uint8Array(4 + bucket - 1765 - 98 * keys.member_keys.length);
  new DataView(padded.buffer).setUint32(0, bytes.length);
  padded.set(bytes, 4);
  const sealed = await encrypt(await encrypt(padded, keys.member_keys), [keys.epoch_recipient]);
  assert.equal(sealed.length, bucket);
  return sealed;
}

async function make(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [length, bucket] of [[0, 4096], [4700, 8192], [9000, 16384], [40000, 65536]]) {
    writeFileSync(join(folder, `sealed-${length}.bin`), await seal(payload(length), bucket));
  }
}

async function open(folder) {
  const names = readdirSync(folder);
  assert.ok(names.length >= 4, `only ${names.length} envelopes in ${folder}`);
  for (const name of names) {
    const length = Number(/^sealed-(\d+)\.bin$/.exec(name)[1]);
    const inner = await decrypt(readFileSync(join(folder, name)), keys.epoch);
    for (const member of keys.members) {
      const padded = await decrypt(inner, member);
      const found = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
      assert.equal(found, length, name);
      assert.deepEqual(padded.slice(4, 4 + length), payload(length), name);
      assert.ok(padded.slice(4 + length).every((byte) => byte === 0), name);
    }
  }
}

assert.equal(await identityToRecipient(keys.epoch), keys.epoch_recipient);
for (const [at, member] of keys.members.entries()) {
  assert.equal(await identityToRecipient(member), keys.member_keys[at]);
}

const [, , command, folder] = process.argv;
const commands = { make, open };
if (!(command in commands) || !folder) {
  process.stderr.write("use: node check.mjs make|open FOLDER\n");
  process.exit(2);
}
await commands[command](folder);
