// What an independent validator has against a page on stdin.
import { readFileSync } from 'node:fs';
import { HtmlValidate } from 'html-validate';

const report = await new HtmlValidate({ extends: ['html-validate:standard'] }).validateString(readFileSync(0, 'utf8'));
process.stdout.write(report.results.flatMap((r) => r.messages.map((m) => `${m.ruleId}: ${m.message}`)).join('\n'));
