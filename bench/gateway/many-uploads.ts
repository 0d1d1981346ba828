import { Pool } from 'undici';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { wavOfNoise } from '../upload/files.ts';
import type { GatewayKind, GatewayProcess } from './gateway-process.ts';

const UPLOADS = 50;
const BYTES = 25 * 2 ** 20;
const MAX_BYTES = 400e6;

/** Measures the memory of the gateway while many clients upload at the same time. */
export async function benchManyUploads(start: (kind: GatewayKind) => Promise<GatewayProcess>) {
  const gateway = await start('own');
  const pool = new Pool(gateway.url, { connections: UPLOADS });
  const memory = watchMemory(new Map([['gateway', gateway.pid]]));
  await Promise.all(
    Array.from({ length: UPLOADS }, (_none, number) =>
      uploadThroughGraph(pool, {
        filename: `noise-${number}.wav`,
        mimeType: 'audio/wav',
        body: wavOfNoise(BYTES),
      }),
    ),
  );
  const [grown] = memory.stop();
  await pool.close();
  await gateway.stop();
  const bytes = grown ? grown.idleBytes + grown.grownBytes : Infinity;
  printTable(`${UPLOADS} uploads of ${megabytes(BYTES)} at once`, [
    [
      'gateway at most',
      megabytes(bytes),
      `at most ${megabytes(MAX_BYTES)}: ${verdict(bytes <= MAX_BYTES)}`,
    ],
  ]);
}
