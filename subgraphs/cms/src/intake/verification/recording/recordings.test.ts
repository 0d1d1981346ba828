import { describe, expect, test } from 'vitest';
import { pdf } from '../../../testing/documents.ts';
import { type RecordingName, id3Tag, recording, wav } from '../../../testing/recordings.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();

describe('refused', () => {
  test.for<RecordingName>([
    'clip.mov',
    'clip.mp4',
    'clip.webm',
    'tone.mp3',
    'tone.ogg',
    'tone.opus',
  ])('rejects half of %s', async (name) => {
    const bytes = recording(name);
    expect(await verify(bytes.subarray(0, bytes.length / 2), name)).toEqual(
      refusal('CORRUPT_FILE'),
    );
  });

  test.for<RecordingName>(['clip.mov', 'clip.mp4', 'clip.webm', 'tone.ogg'])(
    'rejects %s without its last fifty bytes',
    async (name) => {
      expect(await verify(recording(name).subarray(0, -50), name)).toEqual(refusal('CORRUPT_FILE'));
    },
  );

  test('rejects half a PDF', async () => {
    expect(await verify(pdf().subarray(0, 200), 'a.pdf')).toEqual(refusal('CORRUPT_FILE'));
  });

  test.for([
    ['MP3', '\xff\xfb\x90\x64'],
    ['MP3', 'ID3\x04\0\0\0\0\x01\0'],
    ['MP4', '\0\0\0\x18ftypmp42\0\0\0\0mp42isom'],
    ['MOV', '\0\0\0\x14ftypqt  \0\0\0\0qt  '],
    ['WAV', 'RIFF\xff\xff\xff\xffWAVEfmt '],
    ['OGG', 'OggS\0\x02'.padEnd(28, '\0') + '\x01vorbis'],
  ] as const)('rejects a file that only begins like %s', async ([, magic]) => {
    const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(5000, 0x55)]);
    const verdict = await verify(bytes);
    expect([refusal('CORRUPT_FILE'), refusal('UNSUPPORTED_TYPE')]).toContainEqual(verdict);
  });

  test('rejects other audio after an MP3 tag', async () => {
    for (const bytes of [recording('tone.ogg'), wav()])
      expect(await verify(Buffer.concat([id3Tag(), bytes]))).toEqual(refusal('UNSUPPORTED_TYPE'));
  });

  test('rejects a recording with the name of another type', async () => {
    expect(await verify(recording('clip.webm'), 'clip.mp4')).toEqual(refusal('TYPE_MISMATCH'));
    expect(await verify(recording('tone.mp3'), 'tone.ogg')).toEqual(refusal('TYPE_MISMATCH'));
    expect(await verify(recording('tone.m4a'), 'tone.mp3')).toEqual(refusal('TYPE_MISMATCH'));
    expect(await verify(pdf(), 'a.mp4')).toEqual(refusal('TYPE_MISMATCH'));
  });
});

describe('accepted', () => {
  const video = { mediaType: 'VIDEO', width: 64, height: 48, durationSeconds: 1, thumbHash: null };
  const audio = { mediaType: 'AUDIO', width: null, height: null, thumbHash: null };

  test.for<[RecordingName, object]>([
    ['clip.mp4', { ...video, mimeType: 'video/mp4', extension: 'mp4' }],
    ['clip.mov', { ...video, mimeType: 'video/quicktime', extension: 'mov' }],
    ['clip.webm', { ...video, mimeType: 'video/webm', extension: 'webm' }],
    ['sideways.mp4', { ...video, mimeType: 'video/mp4', width: 48, height: 64 }],
    ['live.webm', { ...video, mimeType: 'video/webm' }],
    ['tone.mp3', { ...audio, mimeType: 'audio/mpeg', extension: 'mp3' }],
    ['tone.ogg', { ...audio, mimeType: 'audio/ogg', extension: 'ogg', durationSeconds: 1 }],
    ['tone.opus', { ...audio, mimeType: 'audio/ogg', extension: 'ogg' }],
    ['clip.mkv', { ...video, mimeType: 'video/matroska', extension: 'mkv' }],
    ['clip.ogv', { ...video, durationSeconds: 0.4, mimeType: 'video/ogg', extension: 'ogv' }],
    ['tone.m4a', { ...audio, mimeType: 'audio/mp4', extension: 'm4a', durationSeconds: 1 }],
    ['tone.mp4', { ...audio, mimeType: 'audio/mp4', extension: 'm4a', durationSeconds: 1 }],
    ['tone.webm', { ...audio, mimeType: 'audio/webm', extension: 'weba' }],
  ])('%s', async ([name, expected]) => {
    expect(await verify(recording(name), name)).toMatchObject({ verified: expected });
  });

  test('an audio file lasts about a second', async () => {
    for (const bytes of [recording('tone.mp3'), recording('tone.opus'), wav()]) {
      const { verified } = (await verify(bytes)) as { verified: { durationSeconds: number } };
      expect(verified.durationSeconds).toBeCloseTo(1, 0);
    }
  });

  test('a long WAV has the duration that its header states, although its samples are not read', async () => {
    const samples = 40_000_000;
    const bytes = Buffer.concat([wav().subarray(0, 44), Buffer.alloc(samples, 128)]);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    bytes.writeUInt32LE(samples, 40);
    expect(await verify(bytes)).toMatchObject({ verified: { durationSeconds: samples / 8000 } });
    const half = bytes.subarray(0, samples / 2);
    expect(await verify(half)).toEqual(refusal('CORRUPT_FILE'));
  });

  test('an MP4 may have the name of a MOV and keeps its own type', async () => {
    const verdict = await verify(recording('clip.mp4'), 'clip.mov', 'video/quicktime');
    expect(verdict).toMatchObject({ verified: { mimeType: 'video/mp4' } });
  });

  test('accepts a PDF as a document', async () => {
    const document = { mediaType: 'DOCUMENT', mimeType: 'application/pdf', extension: 'pdf' };
    expect(await verify(pdf(), 'a.pdf', 'application/pdf')).toMatchObject({ verified: document });
  });
});
