// Real SMTP servers for the tests, one for each that asks: each takes mail, has an independent parser read it, and it is written as a line of JSON.
// And an independent validator of HTML. All in one process, which ends with its input; each line of it asks for something, by a number that the answers have.
// The address decides what happens: `gone@` is refused, `busy<n>@` is put off n times; STARTTLS when a key is given.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });
const servers = new Map();
let validator;

function serve(id, key, cert) {
  const seen = new Map();
  const server = new SMTPServer({
    disabledCommands: key ? [] : ['STARTTLS', 'AUTH'],
    authOptional: !key,
    ...(key ? { key: readFileSync(key), cert: readFileSync(cert) } : {}),
    onAuth: (auth, session, done) => done(auth.username === 'sluice' && auth.password === 'a word between servers' ? null : refuse(535, 'no'), { user: auth.username }),
    onRcptTo({ address }, session, done) {
      if (address.startsWith('gone')) {
        return done(refuse(550, `no such mailbox ${address}`));
      }

      const times = Number(/^busy(\d+)/.exec(address)?.[1] ?? 0);
      const tried = (seen.get(address) ?? 0) + 1;
      seen.set(address, tried);
      return done(tried <= times ? refuse(451, 'not now') : null);
    },
    onData(stream, session, done) {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', async () => {
        const raw = Buffer.concat(pieces);
        const mail = await PostalMime.parse(raw);
        say({
          id,
          mail: {
            to: session.envelope.rcptTo.map((r) => r.address).join(), from: mail.from?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '', html: mail.html ?? '',
            messageId: mail.messageId ?? '', secure: session.secure, user: session.user ?? '', parts: mail.attachments.length,
            headers: mail.headers.map((h) => h.key), raw: raw.toString('latin1'),
          },
        });
        done();
      });
    },
  });
  // A client that goes in the middle is what some tests are about.
  server.on('error', (error) => process.stderr.write(`${id}: ${error}\n`));
  server.listen(0, '127.0.0.1', () => say({ id, port: server.server.address().port }));
  servers.set(id, server);
}

async function validate(id, html) {
  // Read when it is first asked for: it takes longer than all the rest.
  const { HtmlValidate } = await import('html-validate');
  validator ??= new HtmlValidate({ extends: ['html-validate:standard'] });
  const report = await validator.validateString(html);
  say({ id, errors: report.results.flatMap((r) => r.messages.map((m) => `${m.ruleId}: ${m.message}`)).join('\n') });
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, what, key, cert, html } = JSON.parse(line);
    if (what === 'serve') {
      serve(id, key, cert);
    } else if (what === 'validate') {
      validate(id, html);
    } else {
      // Its last clients may go when they like.
      servers.get(id).close();
      servers.delete(id);
      say({ id, closed: true });
    }
  })
  .on('close', () => process.exit(0));
