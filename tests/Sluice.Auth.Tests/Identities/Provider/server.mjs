// A real OpenID provider for the tests (oidc-provider, certified): plays Google. Who signs in says the header `x-account` of the browser, and who
// that is, a PUT to /accounts/<sub>. Ends with its standard input.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [callback] = process.argv.slice(2);
const accounts = new Map();
const key = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more });
const server = createServer();

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'sluice', client_secret: 'a secret between servers: +/&', redirect_uris: [callback], id_token_signed_response_alg: 'ES256' }],
    jwks: { keys: [key('rsa', { modulusLength: 2048 }, { kid: 'r', alg: 'RS256' }), key('ec', { namedCurve: 'P-256' }, { kid: 'e', alg: 'ES256' })] },
    cookies: { keys: ['of this test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.method === 'PUT' && request.url.startsWith('/accounts/')) {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        accounts.set(request.url.split('/')[2], JSON.parse(text));
        response.writeHead(204).end();
      });
    } else if (request.url.startsWith('/interaction/')) {
      const accountId = request.headers['x-account'];
      provider.interactionFinished(request, response, accountId ? { login: { accountId } } : { error: 'access_denied' }, { mergeWithLastSubmission: false })
        .catch((error) => response.writeHead(500).end(String(error)));
    } else {
      answer(request, response);
    }
  });
  process.stdout.write(JSON.stringify({ issuer }) + '\n');
});

process.stdin.on('end', () => process.exit(0)).resume();
