import { expect, test } from 'vitest';
import { type MediaUrl, createUrlSigner } from './signed-url.ts';

const SECRET = 'a secret of at least thirty-two characters';
const OLD_SECRET = 'the previous secret, which is just as long';
const BASE = 'https://cdn.example';
const NOON = Date.UTC(2026, 0, 1, 12);

const URL_PARTS = {
  storeId: 'demo',
  mediaId: '0199f3a4-1111-7000-8000-000000000001',
  contentNumber: 3,
  recipe: null,
  filename: '0199f3a4-1111-7000-8000-000000000001.jpg',
  download: false,
};
const PUBLIC = { ...URL_PARTS, isPrivate: false };
const PRIVATE = { ...URL_PARTS, isPrivate: true };

function setUp({ secrets = [SECRET], baseUrl = BASE } = {}) {
  let time = NOON;
  const signer = createUrlSigner({ secrets, baseUrl, now: () => time });
  return {
    ...signer,
    pathOf: (url: MediaUrl & { isPrivate: boolean }) => signer.sign(url).slice(baseUrl.length),
    setTime(milliseconds: number) {
      time = milliseconds;
    },
  };
}

test('requires at least one secret', () => {
  expect(() => createUrlSigner({ secrets: [], baseUrl: BASE })).toThrow('At least one secret');
});

const RENDITION = { ...PUBLIC, recipe: 'w400inside-auto', filename: PUBLIC.mediaId };

test.for([PUBLIC, PRIVATE, { ...PRIVATE, download: true }, RENDITION])(
  'rejects a URL with any character changed, added or removed: %j',
  (url) => {
    const { pathOf, verify } = setUp();
    const path = pathOf(url);
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

test('accepts only one last character of a signature', () => {
  // 43 characters hold 258 bits, but a digest has 256: four texts decode to the same bytes.
  const { pathOf, verify } = setUp();
  const path = pathOf(PUBLIC);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const accepted = [...alphabet].filter((last) => verify(path.slice(0, -1) + last));
  expect(accepted).toEqual([path.at(-1)]);
});

test('rejects added, repeated, reordered and differently encoded parameters', () => {
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

test('rejects a signature of another URL, purpose or secret', () => {
  const { pathOf, verify } = setUp();
  const signature = pathOf(PUBLIC).split('signature=')[1];
  for (const other of [PRIVATE, { ...PUBLIC, download: true }, { ...PUBLIC, storeId: 'other' }]) {
    const [unsigned] = pathOf(other).split('signature=');
    expect(verify(`${unsigned}signature=${signature}`)).toBeNull();
  }
  const otherSecrets = setUp({ secrets: [OLD_SECRET] });
  expect(verify(otherSecrets.pathOf(PUBLIC))).toBeNull();
});

test('reads what it signed', () => {
  const { pathOf, verify } = setUp();
  expect(verify(pathOf(PUBLIC))).toEqual({ ...URL_PARTS, expiresAt: null });
  expect(verify(pathOf({ ...PUBLIC, download: true }))).toMatchObject({ download: true });
  expect(verify(pathOf({ ...PUBLIC, contentNumber: 12 }))).toMatchObject({ contentNumber: 12 });
});

test('a URL of a public file never expires', () => {
  const { pathOf, verify, setTime } = setUp();
  const path = pathOf(PUBLIC);
  expect(path).not.toContain('expires');
  setTime(NOON + 100 * 365 * 86_400_000);
  expect(verify(path)).not.toBeNull();
});

test('a URL of a private file is valid for 15 to 30 minutes and stays the same for 15', () => {
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

test('signs with the first secret and accepts all, so that a secret can be replaced', () => {
  const before = setUp({ secrets: [OLD_SECRET] });
  const during = setUp({ secrets: [SECRET, OLD_SECRET] });
  const after = setUp({ secrets: [SECRET] });
  expect(during.verify(before.pathOf(PUBLIC))).not.toBeNull();
  expect(after.verify(during.pathOf(PUBLIC))).not.toBeNull();
  expect(after.verify(before.pathOf(PUBLIC))).toBeNull();
});

test('URLs start with the base URL, without its trailing slashes', () => {
  const { sign } = setUp({ baseUrl: 'https://cdn.example/shop//' });
  expect(sign(PUBLIC)).toMatch(/^https:\/\/cdn\.example\/shop\/media\/demo\//);
});
