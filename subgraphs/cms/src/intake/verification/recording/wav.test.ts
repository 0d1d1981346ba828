import { expect, test } from 'vitest';
import { inspectInMemory } from '../../../testing/inspected.ts';
import {
  aiff,
  riffChunk,
  wav,
  wavFormat,
  wavOfUnknownLength,
} from '../../../testing/recordings.ts';
import { refusal } from '../../../testing/verification.ts';

const lasts = (seconds: number) => ({ found: { durationSeconds: seconds } });
const list = riffChunk('LIST', Buffer.from('INFOISFT\x04\0\0\0test', 'latin1'));

/** The 64-bit lengths of RF64: of the file, of the samples, and their number. */
function ds64(dataBytes: number): Buffer {
  const content = Buffer.alloc(28);
  content.writeBigUInt64LE(BigInt(dataBytes), 8);
  return riffChunk('ds64', content);
}

test.for<[string, Buffer]>([
  ['whole', wav()],
  ['with a RIFF length that is too small', wav({ riffBytes: 8000 })],
  ['with a RIFF length that is too large', wav({ riffBytes: 8040 })],
  ['with a RIFF length that counts missing chunks', wav({ riffBytes: 9000 })],
  ['with a length of the samples that counts the header', wav({ dataBytes: 8044 })],
  ['with other chunks', wav({ before: [list], after: [list] })],
  [
    'with a chunk of odd length',
    wav({ before: [riffChunk('junk', Buffer.alloc(3)), Buffer.of(0)] }),
  ],
  [
    'with a chunk of odd length that is not padded',
    wav({ before: [riffChunk('junk', Buffer.alloc(3))] }),
  ],
  ['from a pipe', wavOfUnknownLength()],
  ['from a pipe, with zeros as lengths', wav({ riffBytes: 0, dataBytes: 0 })],
  ['from a pipe of sox', wav({ riffBytes: 0x7fff_f024, dataBytes: 0x7fff_f000 })],
  [
    'as RF64',
    wav({ form: 'RF64', riffBytes: 0xffff_ffff, dataBytes: 0xffff_ffff, before: [ds64(8000)] }),
  ],
  [
    'as BW64',
    wav({ form: 'BW64', riffBytes: 0xffff_ffff, dataBytes: 0xffff_ffff, before: [ds64(8000)] }),
  ],
])('accepts a WAV %s', async ([, bytes]) => {
  expect(await inspectInMemory(bytes)).toMatchObject(lasts(1));
});

test.for<[string, Buffer]>([
  ['half a WAV', wav().subarray(0, 4000)],
  ['a WAV without its last hundred bytes', wav().subarray(0, -100)],
  [
    'half an RF64',
    wav({
      form: 'RF64',
      riffBytes: 0xffff_ffff,
      dataBytes: 0xffff_ffff,
      before: [ds64(8000)],
    }).subarray(0, 4000),
  ],
  ['a WAV without samples', riffChunk('RIFF', Buffer.concat([Buffer.from('WAVE'), wavFormat()]))],
  ['a WAV with no samples in their chunk', wav().subarray(0, 44)],
  ['a WAV with an impossible sample rate', Buffer.concat([wav()]).fill(0xff, 24, 28)],
  ['half an AIFF', aiff().subarray(0, 4000)],
  ['an AIFF without its last hundred bytes', aiff().subarray(0, -100)],
  ['an AIFF without samples', aiff().subarray(0, 44)],
])('refuses %s', async ([, bytes]) => {
  expect(await inspectInMemory(bytes)).toEqual(refusal('CORRUPT_FILE'));
});

test('accepts AIFF', async () => {
  expect(await inspectInMemory(aiff())).toMatchObject(lasts(1));
});
