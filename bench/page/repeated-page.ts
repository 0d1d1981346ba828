import { costOf } from '../cost.ts';
import type { GatewayProcess } from '../gateway/gateway-process.ts';
import { createFetcher, inParallel } from '../load.ts';
import { printTable, verdict } from '../table.ts';

const AT_ONCE = 32;
const REQUESTS = 10_000;
const ROUNDS = 3;
const AT_LEAST = 5_000;

const query = `{ products(first: 24) { nodes { id sku name mediaAssociations { id usageType displayOrder media { id altText url srcSet mimeType width height } } } } }`;
const path = `/graphql?query=${encodeURIComponent(query)}`;
const headers = { 'apollo-require-preflight': 'true' };

/** One public page that many clients request, with the response cache. Entries are renewed every second. */
export async function benchRepeatedPage(gateway: GatewayProcess) {
  const fetcher = createFetcher(gateway.url, AT_ONCE);
  const etag = await etagOf(gateway.url);
  const kinds = [
    { name: 'the whole page', status: 200, headers },
    { name: 'not modified', status: 304, headers: { ...headers, 'if-none-match': etag } },
  ];
  for (const kind of kinds) {
    const rates: number[] = [];
    const cpuMs: number[] = [];
    let bytes = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      const request = async () => {
        const answer = await fetcher.get(path, kind.headers);
        if (answer.statusCode !== kind.status) throw new Error(`Answered ${answer.statusCode}.`);
        bytes = answer.byteSize;
      };
      const cost = await costOf(new Map([['gateway', gateway.pid]]), {
        count: REQUESTS,
        work: () =>
          inParallel(Array.from({ length: REQUESTS }), { atOnce: AT_ONCE, work: request }),
      });
      if (round === 0) continue; // Warming up.
      rates.push(cost.perSecond);
      cpuMs.push(cost.cpuMs);
    }
    const [least, most] = [Math.min(...rates), Math.max(...rates)];
    printTable(`Response cache, ${kind.name}: ${(bytes / 1000).toFixed(0)} kB`, [
      [
        'requests per second',
        `${least.toFixed(0)} to ${most.toFixed(0)}`,
        `at least ${AT_LEAST}: ${verdict(least >= AT_LEAST)}`,
      ],
      ['CPU of the gateway', `${Math.min(...cpuMs).toFixed(3)} ms`],
    ]);
  }
  await fetcher.close();
  await gateway.stop();
}

async function etagOf(gatewayUrl: string): Promise<string> {
  const { headers: received } = await fetch(`${gatewayUrl}${path}`, { headers });
  return received.get('etag') ?? '';
}
