// Reads scripts as a JSON array, answers for each with its statements: kind, and where they stand in UTF-8 bytes; null where it refuses.
import { parse, loadModule } from 'libpg-query';
import { text } from 'node:stream/consumers';

await loadModule();
const answers = [];
for (const script of JSON.parse(await text(process.stdin))) {
  try {
    const { stmts } = await parse(script);
    answers.push((stmts ?? []).map(s => ({ kind: Object.keys(s.stmt)[0], start: s.stmt_location ?? 0, length: s.stmt_len ?? 0 })));
  } catch {
    answers.push(null);
  }
}
process.stdout.write(JSON.stringify(answers));
