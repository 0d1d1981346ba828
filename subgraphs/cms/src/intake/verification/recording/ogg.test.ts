import { expect, test } from 'vitest';
import { type RecordingName, recording } from '../../../testing/recordings.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();

const HEADER_BYTES = 27;

/** Where each page begins (RFC 3533, 6). */
function pagesOf(bytes: Buffer): number[] {
  const pages: number[] = [];
  for (let at = bytes.indexOf('OggS'); at !== -1; at = bytes.indexOf('OggS', at + 4))
    pages.push(at);
  return pages;
}

/** Without the flag that a stream ends. */
function withoutEnd(name: RecordingName): Buffer {
  const bytes = Buffer.from(recording(name));
  for (const page of pagesOf(bytes)) bytes[page + 5]! &= 3;
  return bytes;
}

/** The same recording as another stream. */
function withSerial(name: RecordingName, serial: number): Buffer {
  const bytes = Buffer.from(recording(name));
  for (const page of pagesOf(bytes)) bytes.writeUInt32LE(serial, page + 14);
  return bytes;
}

const SOUNDS: RecordingName[] = ['tone.ogg', 'tone.opus'];
const secondsOf = (name: RecordingName) => expect.closeTo(name === 'clip.ogv' ? 0.4 : 1, 1);
const ALL: RecordingName[] = [...SOUNDS, 'clip.ogv'];

test.for(ALL)('accepts %s without the flag that a stream ends', async (name) => {
  const durationSeconds = secondsOf(name);
  expect(await verify(withoutEnd(name))).toMatchObject({ verified: { durationSeconds } });
});

test.for(ALL)('accepts %s with junk between and after its pages', async (name) => {
  const bytes = recording(name);
  const second = pagesOf(bytes)[1]!;
  const junk = Buffer.from('some junk, OggS too');
  const mixed = Buffer.concat([bytes.subarray(0, second), junk, bytes.subarray(second), junk]);
  const durationSeconds = secondsOf(name);
  expect(await verify(mixed)).toMatchObject({ verified: { durationSeconds } });
});

test.for(SOUNDS)('joined recordings of %s last as long as all of them', async (name) => {
  const bytes = Buffer.concat([recording(name), withSerial(name, 7), withSerial(name, 8)]);
  expect(await verify(bytes)).toMatchObject({
    verified: { durationSeconds: expect.closeTo(3, 1) },
  });
});

test('streams that play together last as long as the longest', async () => {
  const [first, second] = [recording('tone.ogg'), recording('tone.opus')];
  const [endOfFirst, endOfSecond] = [pagesOf(first)[1], pagesOf(second)[1]];
  const bytes = Buffer.concat([
    first.subarray(0, endOfFirst),
    second.subarray(0, endOfSecond),
    first.subarray(endOfFirst),
    second.subarray(endOfSecond),
  ]);
  expect(await verify(bytes)).toMatchObject({
    verified: { durationSeconds: expect.closeTo(1, 1) },
  });
});

test.for(ALL)('refuses %s that was cut anywhere within a page', async (name) => {
  const bytes = withoutEnd(name);
  const [begin, last] = [pagesOf(bytes).at(-2)!, pagesOf(bytes).at(-1)!];
  for (const end of [
    begin + 4,
    begin + HEADER_BYTES,
    begin + 60,
    last - 1,
    last + 2,
    last + 20,
    -1,
  ]) {
    expect(await verify(bytes.subarray(0, end)), `${end}`).toEqual(refusal('CORRUPT_FILE'));
  }
});

test('refuses a recording that was cut within a packet', async () => {
  const bytes = withoutEnd('tone.ogg');
  const last = pagesOf(bytes).at(-1)!;
  const segments = bytes[last + HEADER_BYTES - 1]!;
  bytes[last + HEADER_BYTES + segments - 1] = 255;
  const missing = 255 - recording('tone.ogg')[last + HEADER_BYTES + segments - 1]!;
  const padded = Buffer.concat([bytes, Buffer.alloc(missing)]);
  expect(await verify(padded)).toEqual(refusal('CORRUPT_FILE'));
});

test('refuses the headers of a recording alone', async () => {
  const bytes = recording('tone.ogg');
  expect(await verify(bytes.subarray(0, pagesOf(bytes)[1]))).toEqual(refusal('CORRUPT_FILE'));
});

test('video makes it OGV, whatever the name', async () => {
  const video = {
    mediaType: 'VIDEO',
    mimeType: 'video/ogg',
    extension: 'ogv',
    width: 64,
    height: 48,
  };
  for (const name of ['clip.ogv', 'clip.ogg', 'clip'])
    expect(await verify(recording('clip.ogv'), name)).toMatchObject({ verified: video });
  expect(await verify(recording('tone.ogg'), 'tone.ogv')).toEqual(refusal('TYPE_MISMATCH'));
});
