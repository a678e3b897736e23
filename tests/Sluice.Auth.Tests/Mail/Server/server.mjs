// A real SMTP server for the tests: takes mail, has an independent parser read it, and writes it as a line of JSON.
// The address decides what happens: `gone@` is refused, `busy<n>@` is put off n times; STARTTLS when a key is given.
import { readFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const [key, cert] = process.argv.slice(2);
const seen = new Map();
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });

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
        to: session.envelope.rcptTo.map((r) => r.address).join(), from: mail.from?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '', html: mail.html ?? '',
        messageId: mail.messageId ?? '', secure: session.secure, user: session.user ?? '', parts: mail.attachments.length,
        headers: mail.headers.map((h) => h.key), raw: raw.toString('latin1'),
      });
      done();
    });
  },
});
server.on('error', (error) => say({ error: String(error) }));
server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }));
process.stdin.on('end', () => process.exit(0)).resume();
