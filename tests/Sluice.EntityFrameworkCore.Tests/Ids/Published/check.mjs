// usage: node check.mjs KIND            ids on stdin, one a line; prints {"refused": [...], "times": [...]}, a time per id where the kind has one
//        node check.mjs KIND COUNT      prints that many ids of the published library
import { createInterface } from 'node:readline';
import cuid from 'cuid';
import { createId, getConstants, isCuid } from '@paralleldrive/cuid2';
import { nanoid, urlAlphabet } from 'nanoid';
import { decodeTime, isValid, ulid } from 'ulid';
import { parse, v4, v7, validate, version } from 'uuid';

const { defaultLength: length } = getConstants();
const alphabet = new Set(urlAlphabet);
const kinds = {
  cuid: { make: cuid, is: id => cuid.isCuid(id) && id.length === cuid().length, time: id => parseInt(id.slice(1, 9), 36) },
  cuid2: { make: createId, is: id => isCuid(id, { minLength: length, maxLength: length }) },
  ulid: { make: ulid, is: isValid, time: decodeTime },
  nanoid: { make: () => nanoid(), is: id => id.length === nanoid().length && [...id].every(c => alphabet.has(c)) },
  uuid4: { make: () => v4(), is: id => validate(id) && version(id) === 4 },
  uuid7: { make: () => v7(), is: id => validate(id) && version(id) === 7, time: id => parse(id).subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) },
};

const { make, is, time } = kinds[process.argv[2]];
if (process.argv[3]) {
  for (let i = 0; i < Number(process.argv[3]); i++) console.log(make());
} else {
  const refused = [], times = [];
  for await (const id of createInterface({ input: process.stdin })) {
    if (!is(id)) refused.push(id);
    else if (time) times.push(time(id));
  }
  console.log(JSON.stringify({ refused, times }));
}
