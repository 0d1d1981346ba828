import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createCopyProgress } from './copy-progress.ts';

function setUp({ isTTY }: { isTTY: boolean }) {
  let printed = '';
  let time = 0;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  });
  const total = { count: 4, bytes: 40e6 };
  const progress = createCopyProgress({
    total,
    output: Object.assign(output, { isTTY }),
    now: () => time,
  });
  progress.addFile(10e6);
  progress.addBytes(10e6);
  progress.addFile();
  time = 2_000;
  return { progress, printed: () => printed };
}

test('prints lines to a file', () => {
  const { progress, printed } = setUp({ isTTY: false });
  progress.print('failed  a');
  progress.stop();
  expect(printed()).toBe('failed  a\n50 %, 2 of 4 files, 20.0 of 40.0 MB, 5.0 MB/s\n');
});

test('draws a bar in a terminal, above which lines stay', () => {
  const { progress, printed } = setUp({ isTTY: true });
  progress.print('failed  a');
  progress.stop();
  const clear = '\u001B[2K\u001B[1G';
  expect(printed()).toBe(
    `${clear}failed  a\n${clear}[${'#'.repeat(15)}${'.'.repeat(15)}] 50 %, 2 of 4 files, 20.0 of 40.0 MB, 5.0 MB/s\n`,
  );
});
