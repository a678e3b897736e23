// stdin: {issuer, address, email, password, clients: [{name, id, secret?, redirectUri, after?}], alone: {id, secret}}; stdout: what openid-client, as published, got.
// Only the issuer's name is led to where this run's node listens; the person is a few lines that keep cookies and press buttons.
import * as client from 'openid-client';
import { text } from 'node:stream/consumers';

const { issuer, address, email, password, clients, alone, service } = JSON.parse(await text(process.stdin));
const toNode = (url, options) => fetch(url.toString().replace(issuer, address), options);
const discover = async ({ id, secret }) => {
  const config = await client.discovery(new URL(issuer), id, secret, secret ? client.ClientSecretBasic(secret) : client.None(), { [client.customFetch]: toNode });
  config[client.customFetch] = toNode;
  return config;
};

const cookies = new Map();
const open = async (url, form) => {
  const response = await fetch(url.toString().replace(issuer, address), {
    redirect: 'manual', method: form ? 'POST' : 'GET', body: form,
    headers: { cookie: [...cookies].map(c => c.join('=')).join('; '), ...(form ? { origin: 'null', 'sec-fetch-site': 'same-origin' } : {}) },
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
    cookie.includes('max-age=0;') ? cookies.delete(name) : cookies.set(name, value);
  }
  return { url, location: response.headers.get('location'), html: await response.text() };
};
const plain = html => html.replaceAll('&amp;', '&').replaceAll('&#x2B;', '+').replaceAll('&quot;', '"');
const press = (page, step, typed = {}) => {
  const form = new URLSearchParams([...page.html.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(m => [m[1], plain(m[2])]));
  for (const [name, value] of Object.entries({ ...typed, step })) form.set(name, value);
  return open(new URL(plain(page.html.match(/action="([^"]*)"/)[1]), page.url), form);
};
const told = async work => {
  try {
    return await work();
  } catch (refusal) {
    return refusal.error ?? refusal.code ?? refusal.cause?.code ?? `${refusal}`;
  }
};

const answer = {};
for (const asking of clients) {
  const config = await discover(asking);
  const verifier = client.randomPKCECodeVerifier(), nonce = client.randomNonce(), state = client.randomState();
  const authorize = client.buildAuthorizationUrl(config, {
    redirect_uri: asking.redirectUri, scope: 'openid profile email', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', nonce, state, max_age: '600',
  });
  let page = await open(authorize);
  if (page.html.includes('value="sign-in"')) page = await press(page, 'sign-in', { identifier: email, password });
  if (page.html.includes('value="allow"')) page = await press(page, 'allow');
  const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true, maxAge: 600 };
  const led = new URL(page.location);
  const mixedUp = new URL(led);
  mixedUp.searchParams.set('iss', 'https://evil.example');
  const got = answer[asking.name] = { mixedUp: await told(() => client.authorizationCodeGrant(config, mixedUp, checks)) };
  got.otherVerifier = await told(() => client.authorizationCodeGrant(config, led, { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }));
  const tokens = await client.authorizationCodeGrant(config, led, checks);
  got.claims = tokens.claims();
  got.user = await client.fetchUserInfo(config, tokens.access_token, got.claims.sub);
  const next = await told(() => client.refreshTokenGrant(config, tokens.refresh_token));
  got.refreshed = { scope: next.scope, rotated: next.refresh_token !== tokens.refresh_token, sub: next.claims().sub };
  got.introspected = asking.secret ? await client.tokenIntrospection(config, next.access_token) : null;
  got.revoked = await told(() => client.tokenRevocation(config, next.refresh_token));
  got.afterRevocation = await told(() => client.refreshTokenGrant(config, next.refresh_token));
  if (asking.after) {
    const out = await open(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: asking.after, state: 'gone' }));
    got.signedOut = { to: out.location, hasSession: cookies.has('__Host-sluice-session') };
  }
}

const config = await discover(alone);
const own = await client.clientCredentialsGrant(config, { scope: 'orders.read' });
answer.alone = { scope: own.scope, type: own.token_type, introspected: await client.tokenIntrospection(await discover(service), own.access_token) };
answer.metadata = config.serverMetadata();
console.log(JSON.stringify(answer));
