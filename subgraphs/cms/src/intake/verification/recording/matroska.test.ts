import { expect, test } from 'vitest';
import { inspectInMemory } from '../../../testing/inspected.ts';
import { recording } from '../../../testing/recordings.ts';
import { refusal } from '../../../testing/verification.ts';

/** An element with a length of eight bytes (RFC 8794). Null: an unknown length. */
function element(id: number, content: Buffer, stated: number | null = content.length): Buffer {
  const hex = id.toString(16);
  const size = Buffer.alloc(8, 0xff);
  if (stated !== null) size.writeBigUInt64BE(BigInt(stated));
  size[0] = stated === null ? 0x01 : 0x01 | size[0]!;
  return Buffer.concat([
    Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'),
    size,
    content,
  ]);
}

const number = (id: number, value: number) => {
  const content = Buffer.alloc(4);
  content.writeUInt32BE(value);
  return element(id, content);
};

const head = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')));

function tracks({ width = 64, height = 48, display = [] as number[], kind = 1 } = {}): Buffer {
  const [displayWidth, displayHeight] = display;
  const video = [
    number(0xb0, width),
    number(0xba, height),
    ...(displayWidth ? [number(0x54b0, displayWidth)] : []),
    ...(displayHeight ? [number(0x54ba, displayHeight)] : []),
  ];
  const parts = [number(0x83, kind), ...(kind === 1 ? [element(0xe0, Buffer.concat(video))] : [])];
  return element(0x1654ae6b, element(0xae, Buffer.concat(parts)));
}

/** A second of blocks in milliseconds, from a time on. */
function cluster(at: number, isKnown: boolean): Buffer {
  const blocks = [0, 250, 500, 750].map((relative) =>
    element(0xa3, Buffer.from([0x81, relative >> 8, relative & 255, 0x80, 1, 2, 3])),
  );
  const content = Buffer.concat([number(0xe7, at), ...blocks]);
  return element(0x1f43b675, content, isKnown ? content.length : null);
}

function file({
  isKnown = false,
  parts = [tracks(), cluster(0, isKnown), cluster(1000, isKnown)],
} = {}): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([head, element(0x18538067, content, isKnown ? content.length : null)]);
}

test.for([true, false])(
  'a recording without a duration lasts until its last block (%s)',
  async (isKnown) => {
    expect(await inspectInMemory(file({ isKnown }))).toMatchObject({
      found: { durationSeconds: 1.75, width: 64, height: 48 },
    });
  },
);

test('refuses a live recording that was cut anywhere within an element', async () => {
  const bytes = file();
  const blockBytes = 1 + 8 + 7;
  for (let missing = 1; missing < blockBytes; missing++)
    expect(await inspectInMemory(bytes.subarray(0, -missing)), `${missing}`).toEqual(
      refusal('CORRUPT_FILE'),
    );
});

test('refuses a file that is shorter than it states', async () => {
  const bytes = file({ isKnown: true });
  for (const end of [-1, bytes.length / 2, 100])
    expect(await inspectInMemory(bytes.subarray(0, end)), `${end}`).toEqual(
      refusal('CORRUPT_FILE'),
    );
});

test('refuses a description without blocks', async () => {
  expect(await inspectInMemory(file({ parts: [tracks()] }))).toEqual(refusal('CORRUPT_FILE'));
  expect(await inspectInMemory(file({ isKnown: true, parts: [tracks()] }))).toEqual(
    refusal('CORRUPT_FILE'),
  );
});

test.for<[string, object, number, number]>([
  ['square pixels', {}, 64, 48],
  ['wide pixels', { display: [128, 48] }, 128, 48],
  ['high pixels', { display: [64, 96] }, 64, 96],
  ['a smaller display size', { display: [32, 24] }, 64, 48],
  ['a ratio as display size', { display: [16, 9] }, 85, 48],
])('shows %s as browsers do', async ([, size, width, height]) => {
  const bytes = file({ parts: [tracks(size), cluster(0, false)] });
  expect(await inspectInMemory(bytes)).toMatchObject({ found: { width, height } });
});

test('audio only is WebM audio', async () => {
  const bytes = file({ parts: [tracks({ kind: 2 }), cluster(0, false)] });
  expect(await inspectInMemory(bytes)).toMatchObject({
    found: { width: null },
    type: { mimeType: 'audio/webm' },
  });
});

test('a live recording of ffmpeg lasts a second', async () => {
  expect(await inspectInMemory(recording('live.webm'))).toMatchObject({
    found: { durationSeconds: expect.closeTo(1, 1) },
  });
});
