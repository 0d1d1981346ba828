/**
 * Receives more bytes than this process may write into one file (`ulimit -f`), from a client that
 * then falls silent. Prints the error code and the files that are left.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createStaging } from '../storage/staging.ts';

const [, , dir = ''] = process.argv;
const body = new PassThrough({ highWaterMark: 4 * 2 ** 20 });
const receiving = createStaging({ dir }).receive('a', body, { maxBytes: Infinity });

body.write(Buffer.alloc(2 * 2 ** 20));
while ((await stat(join(dir, 'a.part')).catch(() => undefined))?.size !== 51_200) await nextTurn();
for (let turn = 0; turn < 100; turn += 1) await nextTurn(); // The write has failed by now, but nothing awaits it.
body.end(Buffer.alloc(2 * 2 ** 20));

const [{ reason }] = (await Promise.allSettled([receiving])) as [PromiseRejectedResult];
const { name, cause } = reason;
process.stdout.write(JSON.stringify({ name, code: cause.code, left: await readdir(dir) }));
