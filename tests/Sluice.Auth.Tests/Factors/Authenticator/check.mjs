// An authenticator app: pictures (SVG) come on stdin, one a line, are drawn, read and understood by published libraries.
// usage: node check.mjs SECONDS      prints {"uri", "issuer", "label", "code"} for each, the code at that time
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import jsqr from 'jsqr';
import { URI } from 'otpauth';

await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
for (const svg of readFileSync(0, 'utf8').split('\n')) {
  const { pixels, width, height } = new Resvg(svg, { fitTo: { mode: 'zoom', value: 4 } }).render();
  const uri = jsqr(new Uint8ClampedArray(pixels), width, height)?.data ?? null;
  const totp = uri?.startsWith('otpauth:') ? URI.parse(uri) : null;
  console.log(JSON.stringify({ uri, issuer: totp?.issuer, label: totp?.label, code: totp?.generate({ timestamp: Number(process.argv[2]) * 1000 }) }));
}
