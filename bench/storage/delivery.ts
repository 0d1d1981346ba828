import { type Cost, costOf, rowOf } from '../cost.ts';
import { inParallel, pathOf } from '../load.ts';
import { urlOf } from '../media-url.ts';
import { printTable, ratio, spread } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise } from '../upload/files.ts';
import { Pool } from 'undici';
import { finished } from 'node:stream/promises';
import { type Side, processesOf } from './sides.ts';

const SIZES = [
  { name: '1.3 MB', width: 2000, height: 1500, times: 200 },
  { name: '20 MB', width: 8000, height: 6000, times: 20 },
];
const AT_ONCE = 4;
const ROUNDS = 4;
const WARM_UP = 1;

/**
 * Measures GET of originals: streamed from a folder, streamed from a bucket, and redirected to the bucket. A request
 * that names the ETag of the CMS is streamed although DELIVERY=redirect is set.
 */
export async function benchDelivery({
  disk,
  bucket,
  others,
}: {
  disk: Side;
  bucket: Side;
  others: ReadonlyMap<string, number>;
}) {
  for (const size of SIZES) {
    const body = await jpegOfNoise(size);
    const described = { filename: 'photo.jpg', mimeType: 'image/jpeg', body };
    const urlAt = async ({ gateway }: Side) =>
      urlOf(gateway, (await uploadThroughGraph(gateway, described)).id, '');
    const [diskUrl, bucketUrl] = [await urlAt(disk), await urlAt(bucket)];
    const etag = (await fetch(bucketUrl, { method: 'HEAD' })).headers.get('etag') ?? '';
    const client = createClient();
    const ways = [
      { name: 'a folder, streamed', get: () => client.get(diskUrl, {}) },
      { name: 'a bucket, streamed', get: () => client.get(bucketUrl, { 'if-match': etag }) },
      { name: 'a bucket, redirected', get: () => client.get(bucketUrl, {}) },
    ];
    const roots = processesOf([disk, bucket], others);
    const costs = ways.map((): Cost[] => []);
    for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
      for (const [index, { get }] of ways.entries()) {
        const work = () =>
          inParallel(Array.from({ length: size.times }).keys(), { atOnce: AT_ONCE, work: get });
        const cost = await costOf(roots, { count: size.times, work });
        if (round >= WARM_UP) costs[index]?.push(cost);
      }
    }
    await client.close();
    const [folder = []] = costs;
    printTable(`GET of ${size.name} (${body.length} bytes), ${AT_ONCE} at a time`, [
      ['', 'CPU each', 'per second', 'of these'],
      ...ways.flatMap(({ name }, index) => {
        const own = costs[index] ?? [];
        const speeds = own.map(
          ({ perSecond }, round) => perSecond / (folder[round]?.perSecond ?? NaN),
        );
        return [rowOf(name, own), ['  speed to the folder', spread(speeds, ratio)]];
      }),
    ]);
  }
}

/** Follows one redirect, on kept connections, as a browser does. */
function createClient() {
  const pools = new Map<string, Pool>();

  async function request(url: string, headers: Record<string, string>) {
    const { origin } = new URL(url);
    const pool = pools.get(origin) ?? new Pool(origin, { connections: AT_ONCE });
    pools.set(origin, pool);
    const response = await pool.request({ method: 'GET', path: pathOf(url), headers });
    response.body.resume();
    await finished(response.body);
    return response;
  }

  return {
    async get(url: string, headers: Record<string, string>) {
      const { statusCode, headers: received } = await request(url, headers);
      if (statusCode === 200) return;
      const { location } = received;
      if (statusCode !== 302 || typeof location !== 'string')
        throw new Error(`An original returned ${statusCode}.`);
      const followed = await request(location, {});
      if (followed.statusCode !== 200)
        throw new Error(`The object store returned ${followed.statusCode}.`);
    },
    close: () => Promise.all([...pools.values()].map((pool) => pool.close())),
  };
}
