import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { startBareServer } from '../child-server.ts';
import type { GatewayProcess } from '../gateway/gateway-process.ts';
import { inTurns } from '../in-turns.ts';
import { createFetcher } from '../load.ts';
import { least, printTable, ratio, spread, verdict } from '../table.ts';

const LOAD = { times: 10_000, atOnce: 32, rounds: 3 };
const AT_LEAST = 5_000;

const query = `{ products(first: 24) { nodes { id sku name mediaAssociations { id usageType displayOrder media { id altText url srcSet mimeType width height } } } } }`;
const path = `/graphql?query=${encodeURIComponent(query)}`;
const headers = { 'apollo-require-preflight': 'true' };
const compressed = { ...headers, 'accept-encoding': 'gzip, deflate, br' };

/**
 * One public page that many clients request, with the response cache, next to a bare server that sends the same bytes
 * from memory. Entries are renewed every second.
 */
export async function benchRepeatedPage(gateway: GatewayProcess, folder: string) {
  const plain = await receive(gateway.url, headers);
  const brotli = await receive(gateway.url, compressed);
  const kinds = [
    { name: 'as browsers request it, with Brotli', status: 200, headers: compressed, ...brotli },
    { name: 'not compressed', status: 200, headers, ...plain },
    {
      name: 'not modified',
      status: 304,
      headers: { ...compressed, 'if-none-match': plain.etag },
      bytes: Buffer.alloc(0),
    },
  ];
  for (const kind of kinds) {
    const file = join(folder, 'page');
    await writeFile(file, kind.bytes);
    const bare = await startBareServer({ small: file, large: file });
    const [floor, ours] = [bare, gateway].map(({ url }) => createFetcher(url, LOAD.atOnce));
    const rounds = await inTurns(LOAD, {
      floor: {
        roots: new Map([['bare', bare.pid]]),
        ask: async () => floor?.get('/buffer'),
      },
      ours: {
        roots: new Map([['gateway', gateway.pid]]),
        ask: async () => {
          const answer = await ours?.get(path, kind.headers);
          if (answer?.statusCode !== kind.status || answer.byteSize !== kind.bytes.length)
            throw new Error(`Answered ${answer?.statusCode} with ${answer?.byteSize} bytes.`);
        },
      },
    });
    await Promise.all([floor?.close(), ours?.close()]);
    await bare.stop();
    const [floors, rates] = [rounds.floors, rounds.costs].map((costs) =>
      costs.map(({ perSecond }) => perSecond),
    );
    const cpu = rounds.costs.map(({ cpuMs }) => cpuMs);
    printTable(`Response cache, ${kind.name}: ${(kind.bytes.length / 1000).toFixed(0)} kB`, [
      ['node:http, a buffer', spread(floors ?? [], perSecond)],
      [
        'gateway',
        spread(rates ?? [], perSecond),
        `at least ${AT_LEAST}/s: ${verdict(least(rates ?? []) >= AT_LEAST)}`,
      ],
      ['ratio', spread(rounds.rateRatios, ratio)],
      ['CPU of the gateway', spread(cpu, (ms) => `${ms.toFixed(3)} ms`)],
    ]);
  }
  await gateway.stop();
}

const perSecond = (value: number) => `${value.toFixed(0)}/s`;

/** The bytes on the wire. */
async function receive(gatewayUrl: string, asked: Record<string, string>) {
  const { headers: received, body } = await request(`${gatewayUrl}${path}`, { headers: asked });
  const bytes = Buffer.from(await body.arrayBuffer());
  return { etag: String(received['etag']), bytes };
}
