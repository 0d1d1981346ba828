import { expect, test } from 'vitest';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { createPlaceholders } from '../rendition/placeholder.ts';
import { readPresets } from '../rendition/presets.ts';
import { createMediaUrls } from './media-urls.ts';
import { createUrlSigner } from './signed-url.ts';
import { cacheMediaUrls } from './url-cache.ts';

const FILE: MediaFileRecord = {
  id: '0199f3a4-1111-7000-8000-000000000001',
  storeId: 'demo',
  filename: '0199f3a4-2222-7000-8000-000000000001.jpg',
  originalFilename: 'lamp.jpg',
  title: null,
  credit: null,
  copyright: null,
  createdBy: null,
  mediaType: 'IMAGE',
  mimeType: 'image/jpeg',
  fileSize: 1,
  checksum: 'a',
  width: 1600,
  height: 1200,
  durationSeconds: null,
  animated: false,
  charset: null,
  thumbHash: null,
  contentNumber: 1,
  altText: null,
  texts: [],
  decorative: false,
  description: null,
  folder: 'general',
  tags: [],
  focalX: null,
  focalY: null,
  visibility: 'PUBLIC',
  status: 'READY',
  failure: null,
  usageCount: 0,
  version: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  trashedAt: null,
};
const CROP = { width: 100, height: 100, fit: 'COVER' } as const;
const MINUTES = 60_000;

function openUrls() {
  let time = Date.UTC(2026, 0, 1, 12);
  let built = 0;
  const signer = createUrlSigner({
    secrets: ['a secret of at least thirty-two characters'],
    baseUrl: '',
    now: () => time,
  });
  const direct = createMediaUrls({
    signer: {
      ...signer,
      sign(url) {
        built += 1;
        return signer.sign(url);
      },
    },
    publicUrl: () => 'https://media.example',
    presets: readPresets(undefined),
    placeholders: createPlaceholders(),
    canShow: ({ mimeType }) => mimeType === 'application/pdf',
  });
  return {
    direct,
    cached: cacheMediaUrls(direct, signer.expiryStep),
    /** How many URLs `work` has signed. */
    signedBy(work: () => unknown) {
      built = 0;
      work();
      return built;
    },
    pass: (milliseconds: number) => void (time += milliseconds),
  };
}

test('each text is signed once for the same file and arguments', () => {
  const { cached, signedBy } = openUrls();
  const ask = () => [
    cached.url(FILE, {}),
    cached.url(FILE, { transform: CROP }),
    cached.srcSet(FILE, {}),
    cached.srcSet(FILE, { widths: [100, 200] }),
  ];
  const first = ask();
  expect(signedBy(() => expect(ask()).toEqual(first))).toBe(0);
});

test.each<[what: string, change: Partial<MediaFileRecord>]>([
  ['nothing', {}],
  ['another file', { id: '0199f3a4-1111-7000-8000-000000000002' }],
  ['new content', { contentNumber: 2, filename: 'b.png', width: 50, height: 50 }],
  ['the focal point', { focalX: 0.1, focalY: 0.9 }],
  ['one side of the focal point', { focalX: 0.1 }],
  ['the visibility', { visibility: 'PRIVATE' }],
  ['the trash', { trashedAt: new Date() }],
  ['the status', { status: 'FAILED' }],
  ['the type', { contentNumber: 3, mediaType: 'DOCUMENT', mimeType: 'application/pdf' }],
])('after a change of %s the cached URLs are those that are built anew', (_what, change) => {
  const { direct, cached } = openUrls();
  for (const file of [FILE, { ...FILE, ...change }, FILE]) {
    for (const transform of [undefined, null, CROP, { width: 300 }]) {
      for (const download of [false, true])
        expect(cached.url(file, { transform, download })).toBe(
          direct.url(file, { transform, download }),
        );
      expect(cached.previewUrl(file, { transform })).toBe(direct.previewUrl(file, { transform }));
      for (const widths of [undefined, [10], [10, 20]])
        expect(cached.srcSet(file, { transform, widths })).toBe(
          direct.srcSet(file, { transform, widths }),
        );
    }
  }
});

test('URLs of a PRIVATE file are renewed every quarter of an hour', () => {
  const { direct, cached, pass } = openUrls();
  const file: MediaFileRecord = { ...FILE, visibility: 'PRIVATE' };
  const first = cached.url(file, {});
  pass(14 * MINUTES);
  expect(cached.url(file, {})).toBe(first);
  pass(1 * MINUTES);
  expect(cached.url(file, {})).not.toBe(first);
  expect(cached.url(file, {})).toBe(direct.url(file, {}));
});

test('arguments that are not allowed are rejected each time, also for a file in the trash', () => {
  const { cached } = openUrls();
  for (const file of [FILE, FILE, { ...FILE, trashedAt: new Date() }]) {
    expect(() => cached.url(file, { transform: { width: 0 } })).toThrow('`width` must be');
    expect(() => cached.srcSet(file, { widths: [] })).toThrow('`widths` must list');
    const preset = 'x'.repeat(1_000);
    expect(() => cached.url(file, { transform: { preset } })).toThrow('Unknown preset');
  }
});

test('all texts of all files are limited', () => {
  const { cached, signedBy } = openUrls();
  const other = { ...FILE, id: '0199f3a4-1111-7000-8000-000000000002' };
  const askFor = (file: MediaFileRecord, number: number) =>
    cached.srcSet(file, {
      widths: Array.from({ length: 20 }, (_none, index) => 1 + (number % 2_000) + index),
      transform: { quality: 1 + Math.floor(number / 2_000) },
    });
  // Each file has less than the limit, both together have more.
  for (const file of [FILE, other]) {
    let characters = 0;
    for (let number = 0; characters < 10 * 2 ** 20; number += 1) {
      characters += askFor(file, number)?.length ?? 0;
    }
  }
  expect(signedBy(() => askFor(other, 0))).toBe(0);
  expect(signedBy(() => askFor(FILE, 0))).toBeGreaterThan(0);
});
