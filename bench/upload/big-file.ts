import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, ratio, seconds, verdict } from '../table.ts';
import { uploadThroughGraph } from './client.ts';
import { wavOfNoise } from './files.ts';
import { hashAndWrite } from './hash-and-write.ts';

const BYTES = 2 ** 30;
const ROUNDS = 3;
const MAX_RATIO = 2.5;
const MAX_GROWN_BYTES = 150e6;

/**
 * Uploads one file of 1 GiB through the gateway, compared with hashing and writing it once; the best of three rounds
 * of each.
 */
export async function benchBigFile(stack: Stack, folder: string) {
  const roots = new Map(stack.processes.map(({ name, pid }) => [name, pid]));
  const pool = new Pool(stack.gatewayUrl);
  const path = join(folder, 'floor.wav');
  const floors: number[] = [];
  const uploads: number[] = [];
  const memory = watchMemory(roots);
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await hashAndWrite(path, wavOfNoise(BYTES)));
    await rm(path);
    const started = performance.now();
    await uploadThroughGraph(pool, {
      filename: `noise-${round}.wav`,
      mimeType: 'audio/wav',
      body: wavOfNoise(BYTES),
    });
    uploads.push((performance.now() - started) / 1000);
  }
  const growth = memory.stop();
  await pool.close();

  const [floor, upload] = [Math.min(...floors), Math.min(...uploads)];
  printTable('1 GiB through the gateway', [
    ['hash and write once', seconds(floor), `all: ${floors.map(seconds).join(', ')}`],
    ['gateway + cms', seconds(upload), `all: ${uploads.map(seconds).join(', ')}`],
    [
      'ratio',
      ratio(upload / floor),
      `at most ${ratio(MAX_RATIO)}: ${verdict(upload / floor <= MAX_RATIO)}`,
    ],
  ]);
  printTable('Memory while it runs', [
    ['process', 'idle', 'grown by', `at most ${megabytes(MAX_GROWN_BYTES)}`],
    ...growth.map(({ name, idleBytes, grownBytes }) => [
      name,
      megabytes(idleBytes),
      megabytes(grownBytes),
      verdict(grownBytes <= MAX_GROWN_BYTES),
    ]),
  ]);
}
