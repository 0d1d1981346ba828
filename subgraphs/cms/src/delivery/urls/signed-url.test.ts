import { expect, test } from 'vitest';
import { type MediaUrl, createUrlSigner } from './signed-url.ts';

const SECRET = 'a secret of at least thirty-two characters';
const OLD_SECRET = 'the secret before it, just as long as it is';
const BASE = 'https://cdn.example';
const NOON = Date.UTC(2026, 0, 1, 12);

const ADDRESS = {
  storeId: 'demo',
  mediaId: '0199f3a4-1111-7000-8000-000000000001',
  contentNumber: 3,
  recipe: null,
  filename: '0199f3a4-1111-7000-8000-000000000001.jpg',
  download: false,
};
const PUBLIC = { ...ADDRESS, isPrivate: false };
const PRIVATE = { ...ADDRESS, isPrivate: true };

function setUp({ secrets = [SECRET], baseUrl = BASE } = {}) {
  let time = NOON;
  const signer = createUrlSigner({ secrets, baseUrl, now: () => time });
  return {
    ...signer,
    pathOf: (address: MediaUrl & { isPrivate: boolean }) =>
      signer.sign(address).slice(baseUrl.length),
    setTime(milliseconds: number) {
      time = milliseconds;
    },
  };
}

test('without a secret nothing is signed', () => {
  expect(() => createUrlSigner({ secrets: [], baseUrl: BASE })).toThrow('At least one secret');
});

const RENDITION = { ...PUBLIC, recipe: 'w400inside-auto', filename: PUBLIC.mediaId };

test.for([PUBLIC, PRIVATE, { ...PRIVATE, download: true }, RENDITION])(
  'any character changed, added or left out makes it worthless: %j',
  (address) => {
    const { pathOf, verify } = setUp();
    const path = pathOf(address);
    expect(verify(path)).not.toBeNull();
    const variants = new Set<string>();
    for (let at = 0; at <= path.length; at += 1) {
      const [before, after] = [path.slice(0, at), path.slice(at + 1)];
      for (const other of 'aA1-_=&?/.%+ \0é') variants.add(before + other + after);
      for (const other of 'aA1=&?/. ') variants.add(before + other + path.slice(at));
      variants.add(before + after);
      const code = path.charCodeAt(at);
      for (let bit = 0; bit < 8; bit += 1) {
        variants.add(before + String.fromCharCode(code ^ (1 << bit)) + after);
      }
    }
    variants.delete(path);
    expect([...variants].filter((variant) => verify(variant) !== null)).toEqual([]);
  },
);

test('the last character of the signature has one spelling only', () => {
  // 43 characters hold 258 bits, of which a digest fills 256: four spellings decode to the same bytes.
  const { pathOf, verify } = setUp();
  const path = pathOf(PUBLIC);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const accepted = [...alphabet].filter((last) => verify(path.slice(0, -1) + last));
  expect(accepted).toEqual([path.at(-1)]);
});

test('parameters added, repeated, reordered or encoded otherwise make it worthless', () => {
  const { pathOf, verify } = setUp();
  const path = pathOf({ ...PRIVATE, download: true });
  const [start = '', query = ''] = path.split('?');
  const [expires, download, signature] = query.split('&');
  for (const other of [
    `${start}?${download}&${expires}&${signature}`,
    `${start}?${expires}&${signature}`,
    `${start}?${expires}&${expires}&${download}&${signature}`,
    `${start}?${signature}&${expires}&${download}`,
    `${path}&width=10`,
    `${path}#fragment`,
    `${start}?width=10&${query}`,
    path.replace('/media/', '//media/'),
    path.replace('/media/demo', '/media/./demo'),
    path.replace('demo', '%64emo'),
    `${BASE}${path}`,
    start,
    '',
  ]) {
    expect(verify(other), other).toBeNull();
  }
});

test('a signature is worth nothing for another address, purpose or secret', () => {
  const { pathOf, verify } = setUp();
  const signature = pathOf(PUBLIC).split('signature=')[1];
  for (const other of [PRIVATE, { ...PUBLIC, download: true }, { ...PUBLIC, storeId: 'other' }]) {
    const [unsigned] = pathOf(other).split('signature=');
    expect(verify(`${unsigned}signature=${signature}`)).toBeNull();
  }
  const otherSecrets = setUp({ secrets: [OLD_SECRET] });
  expect(verify(otherSecrets.pathOf(PUBLIC))).toBeNull();
});

test('what was signed is what is read', () => {
  const { pathOf, verify } = setUp();
  expect(verify(pathOf(PUBLIC))).toEqual({ ...ADDRESS, expiresAt: null });
  expect(verify(pathOf({ ...PUBLIC, download: true }))).toMatchObject({ download: true });
  expect(verify(pathOf({ ...PUBLIC, contentNumber: 12 }))).toMatchObject({ contentNumber: 12 });
});

test('a public address never expires', () => {
  const { pathOf, verify, setTime } = setUp();
  const path = pathOf(PUBLIC);
  expect(path).not.toContain('expires');
  setTime(NOON + 100 * 365 * 86_400_000);
  expect(verify(path)).not.toBeNull();
});

test('a private address lives 15 to 30 minutes and stays the same for a quarter of an hour', () => {
  const { pathOf, verify, setTime } = setUp();
  const atNoon = pathOf(PRIVATE);
  setTime(NOON + 899_999);
  expect(pathOf(PRIVATE)).toBe(atNoon);
  expect(verify(atNoon)).toMatchObject({ expiresAt: NOON / 1000 + 1800 });
  setTime(NOON + 900_000);
  expect(pathOf(PRIVATE)).not.toBe(atNoon);
  setTime(NOON + 1_799_999);
  expect(verify(atNoon)).not.toBeNull();
  setTime(NOON + 1_800_000);
  expect(verify(atNoon)).toBeNull();
});

test('the first secret signs and all are accepted, so that one can be exchanged', () => {
  const before = setUp({ secrets: [OLD_SECRET] });
  const during = setUp({ secrets: [SECRET, OLD_SECRET] });
  const after = setUp({ secrets: [SECRET] });
  expect(during.verify(before.pathOf(PUBLIC))).not.toBeNull();
  expect(after.verify(during.pathOf(PUBLIC))).not.toBeNull();
  expect(after.verify(before.pathOf(PUBLIC))).toBeNull();
});

test('the address begins where browsers fetch from, whatever slashes it ends with', () => {
  const { sign } = setUp({ baseUrl: 'https://cdn.example/shop//' });
  expect(sign(PUBLIC)).toMatch(/^https:\/\/cdn\.example\/shop\/media\/demo\//);
});
