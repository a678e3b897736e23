// Reads metrics on stdin, and writes what a published parser finds in them, as JSON.
import { readFileSync } from 'node:fs';
import parse from 'parse-prometheus-text-format';

process.stdout.write(JSON.stringify(parse(readFileSync(0, 'utf8'))));
