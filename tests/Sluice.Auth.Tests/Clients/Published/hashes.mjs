// stdin: {ours: [{password, other, stored}], passwords: [text]}; stdout: {refused: [stored], confused: [stored], theirs: [{by, password, stored}], frequent: [text]}
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';
import * as wasm from 'hash-wasm';
import language from '@zxcvbn-ts/language-common';
import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { text } from 'node:stream/consumers';

const { ours, passwords } = JSON.parse(await text(process.stdin));
const raw = bytes => bytes.toString('base64').replaceAll('=', '');
const pbkdf2 = (password, stored) => {
  const [, , i, salt, hash] = stored.split('$');
  return raw(pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(i.slice(2)), 32, 'sha512')) === hash;
};
const readers = {
  '$argon2': [(p, s) => argon2.verify(s, p), (p, s) => wasm.argon2Verify({ password: p, hash: s })],
  '$2b$': [(p, s) => bcrypt.compareSync(p, s), (p, s) => wasm.bcryptVerify({ password: p, hash: s })],
  '$pbkdf2': [pbkdf2],
};

const refused = [], confused = [];
for (const { password, other, stored } of ours) {
  const [, all] = Object.entries(readers).find(([start]) => stored.startsWith(start));
  for (const reads of all) {
    if (!await reads(password, stored)) refused.push(stored);
    if (await reads(other, stored)) confused.push(stored);
  }
}

const theirs = [];
for (const password of passwords) {
  const salt = randomBytes(16);
  const keep = (by, stored) => theirs.push({ by, password, stored });
  keep('argon2 argon2id', await argon2.hash(password, { memoryCost: 8192, timeCost: 2, parallelism: 1 }));
  keep('argon2 argon2id, four lanes, long hash', await argon2.hash(password, { memoryCost: 4096, timeCost: 3, parallelism: 4, hashLength: 64, salt: randomBytes(32) }));
  keep('argon2 argon2i', await argon2.hash(password, { type: argon2.argon2i, memoryCost: 4096, timeCost: 3, parallelism: 1 }));
  keep('hash-wasm argon2id', await wasm.argon2id({ password, salt, memorySize: 2048, iterations: 2, parallelism: 1, hashLength: 32, outputType: 'encoded' }));
  keep('bcryptjs 2b', bcrypt.hashSync(password, 5));
  keep('bcryptjs 2a', bcrypt.hashSync(password, 5).replace('$2b$', '$2a$'));
  keep('hash-wasm bcrypt', Buffer.byteLength(password) > 72 ? bcrypt.hashSync(password, 4) : await wasm.bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' }));
  keep('node scrypt', `$scrypt$ln=12,r=8,p=2$${raw(salt)}$${raw(scryptSync(password, salt, 32, { N: 4096, r: 8, p: 2 }))}`);
  keep('hash-wasm scrypt', `$scrypt$ln=11,r=4,p=1$${raw(salt)}$${raw(Buffer.from(await wasm.scrypt({ password, salt, costFactor: 2048, blockSize: 4, parallelism: 1, hashLength: 48, outputType: 'binary' })))}`);
  for (const digest of ['sha256', 'sha512']) keep(`node pbkdf2 ${digest}`, `$pbkdf2-${digest}$i=1500$${raw(salt)}$${raw(pbkdf2Sync(password, salt, 1500, 32, digest))}`);
}

console.log(JSON.stringify({ refused, confused, theirs, frequent: language.dictionary['passwords-common'].slice(0, 3000) }));
