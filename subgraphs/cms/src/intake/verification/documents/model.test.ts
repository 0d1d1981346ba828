import { expect, test } from 'vitest';
import { outcomeOf } from '../../../testing/inspect-bytes.ts';

function chunk(type: string, body: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(body.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, Buffer.from(body)]);
}

function glb(chunks: readonly Buffer[], version = 2): Buffer {
  const body = Buffer.concat(chunks);
  const head = Buffer.alloc(12);
  head.write('glTF', 0, 'latin1');
  head.writeUInt32LE(version, 4);
  head.writeUInt32LE(12 + body.length, 8);
  return Buffer.concat([head, body]);
}

const DESCRIPTION = chunk('JSON', '{"asset":{"version":"2.0"}} ');
const bytes = glb([DESCRIPTION, chunk('BIN\0', 'abcdabcd')]);

test('accepts a model with its description', async () => {
  expect(await outcomeOf(bytes, 'a.glb')).toBe('glb');
  expect(await outcomeOf(glb([DESCRIPTION]))).toBe('glb');
  expect(await outcomeOf(bytes, 'a.gltf')).toBe('TYPE_MISMATCH');
});

test('rejects a model that is cut anywhere', async () => {
  for (let end = 12; end < bytes.length; end += 1)
    expect(await outcomeOf(bytes.subarray(0, end), 'a.glb'), `${end}`).toBe('CORRUPT_FILE');
});

test.for([
  ['without chunks', glb([])],
  ['without a description', glb([chunk('BIN\0', 'abcd')])],
  ['with a damaged description', glb([chunk('JSON', '{"asset":')])],
  ['with another description', glb([chunk('JSON', '{}  ')])],
  [
    'with thousands of chunks',
    glb([DESCRIPTION, ...Array.from({ length: 5000 }, () => chunk('a', ''))]),
  ],
] as const)('rejects a model %s', async ([, damaged]) => {
  expect(await outcomeOf(damaged)).toBe('CORRUPT_FILE');
});

test('another version is not supported', async () => {
  expect(await outcomeOf(glb([DESCRIPTION], 1))).toBe('UNSUPPORTED_TYPE');
});
