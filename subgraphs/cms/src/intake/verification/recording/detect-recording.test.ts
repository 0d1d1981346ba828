import { expect, test } from 'vitest';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { windowOn } from '../../../platform/file-window.ts';
import { id3Tag, mp3Frames, recording } from '../../../testing/recordings.ts';
import { detectType } from '../detect.ts';

const NO_CLAIMS = { originalFilename: '', declaredMimeType: '' };

const { AVI, MPEG, MPEG_TS, WMV, MOV, MP3, OGG } = FILE_TYPES;
const detect = (bytes: Buffer) => detectType(windowOn(bytes), NO_CLAIMS);
const text = (bytes: string) => Buffer.from(bytes.padEnd(4000, '\0'), 'latin1');

/** Packets of a transport stream, with something before each of them. */
const packets = (count: number, before = 0) =>
  Buffer.concat(
    Array.from({ length: count }, () => {
      const packet = Buffer.alloc(before + 188, 0x10);
      packet[before] = 0x47;
      return packet;
    }),
  );

test.for([
  ['AVI', text('RIFF\0\x10\0\0AVI LIST'), AVI],
  ['MPEG-1', text('\0\0\x01\xba\x21\0\x01\0\x01'), MPEG],
  ['MPEG-2', text('\0\0\x01\xba\x44\0\x04\0\x04'), MPEG],
  ['a transport stream', packets(20), MPEG_TS],
  ['a transport stream of a camcorder', packets(20, 4), MPEG_TS],
  ['WMV', Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), WMV],
  ['QuickTime with an image first', text('\0\0\0\x14pnot'), MOV],
  ['OGG', recording('tone.ogg'), OGG],
  ['MP3 after a tag', Buffer.concat([id3Tag(), mp3Frames(3)]), MP3],
] as const)('detects %s', async ([, bytes, type]) => {
  expect(await detect(bytes)).toBe(type);
});

test('two letters are no transport stream', async () => {
  const letters = Buffer.alloc(4000, 'some words ');
  letters[0] = letters[188] = 0x47;
  expect(await detect(letters)).toBe(FILE_TYPES.TXT);
});

test('two bytes are no AAC', async () => {
  const bytes = Buffer.alloc(4000, 0x20);
  bytes.set([0xff, 0xf1]);
  expect(await detect(bytes)).toBeNull();
});

test.for([
  ['MPEG audio of layer I or II', Buffer.alloc(4000, Buffer.of(0xff, 0xfd, 0x84, 0x04))],
  ['MPEG video without a container', text('\0\0\x01\xb3\x14\0\xf0')],
  ['an ID3 tag with unknown content', Buffer.concat([id3Tag(), Buffer.alloc(5000, 'x')])],
] as const)('names %s, which is not accepted', async ([name, bytes]) => {
  expect(await detect(bytes)).toBe(name);
});
