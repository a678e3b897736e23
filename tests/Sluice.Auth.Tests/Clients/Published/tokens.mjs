// stdin: {issuer, audience, services: [{name, address, secret?, tokens: {name: token}}]}; stdout: {service: {token: {client: claims or error code}}}
// Both clients are as published; only the issuer's name is led to where this run's node listens.
import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { text } from 'node:stream/consumers';

const { issuer, audience, services } = JSON.parse(await text(process.stdin));
const answer = {};
for (const { name, address, secret, tokens } of services) {
  const asked = [];
  const toNode = (url, options) => {
    asked.push(url.toString());
    return fetch(url.toString().replace(issuer, address), options);
  };

  const server = {};
  for (const algorithm of ['oidc', 'oauth2']) {
    const at = new URL(issuer);
    server[algorithm] = await oauth.processDiscoveryResponse(at, await oauth.discoveryRequest(at, { algorithm, [oauth.customFetch]: toNode }));
  }

  const keys = createRemoteJWKSet(new URL(server.oidc.jwks_uri), { [joseFetch]: toNode });
  const key = secret ? new TextEncoder().encode(secret) : keys;
  const jose = async (token, options) => (await jwtVerify(token, key, { issuer, audience, typ: 'at+jwt', requiredClaims: ['sub', 'jti', 'exp', 'client_id'], ...options })).payload;
  const oauth4webapi = (token, expected, options) =>
    oauth.validateJwtAccessToken(server.oauth2, new Request('https://api.example.com/', { headers: { authorization: `Bearer ${token}` } }), expected, { [oauth.customFetch]: toNode, ...options });
  const told = async work => {
    try {
      return await work();
    } catch (refusal) {
      return refusal.code ?? refusal.cause?.code ?? `${refusal}`;
    }
  };

  answer[name] = { asked, algorithm: server.oidc.id_token_signing_alg_values_supported };
  const hour = 3600;
  for (const [called, token] of Object.entries(tokens)) {
    answer[name][called] = {
      jose: await told(() => jose(token)),
      joseOtherAudience: await told(() => jose(token, { audience: 'https://other.example.com' })),
      joseLater: await told(() => jose(token, { currentDate: new Date(Date.now() + 2 * hour * 1000) })),
      oauth4webapi: secret ? null : await told(() => oauth4webapi(token, audience)),
      oauth4webapiOtherAudience: secret ? null : await told(() => oauth4webapi(token, 'https://other.example.com')),
      oauth4webapiLater: secret ? null : await told(() => oauth4webapi(token, audience, { [oauth.clockSkew]: 2 * hour })),
    };
  }
}

console.log(JSON.stringify(answer));
