/**
 * Receives more bytes than this process may write into one file (`ulimit -f`), from a sender who falls
 * silent after them, and prints the error's code and what is left in the folder.
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
for (let turn = 0; turn < 100; turn += 1) await nextTurn(); // The failure is known by now, and nobody asks.
body.end(Buffer.alloc(2 * 2 ** 20));

const [{ reason }] = (await Promise.allSettled([receiving])) as [PromiseRejectedResult];
process.stdout.write(JSON.stringify({ code: reason.code, left: await readdir(dir) }));
