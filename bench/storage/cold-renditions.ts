import { rm } from 'node:fs/promises';
import { createFetcher, inParallel, pathOf } from '../load.ts';
import { urlOf } from '../media-url.ts';
import { atLeast, printTable, ratio, spread } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise, withComment } from '../upload/files.ts';
import type { Side } from './sides.ts';

const FILES_A_ROUND = 20;
const ROUNDS = 4;
const AT_ONCE = 2;
const MIN_RATIO = 0.9;
/** A condition on the ETag of the CMS: such a request is not redirected. */
const STREAMED = { 'if-match': '*' };

/**
 * Measures the first rendition of 12-megapixel JPEGs: from a folder, from the local copy of an object, and from an
 * object without a copy, which is compared with the folder plus one download.
 */
export async function benchColdRenditions({
  disk,
  bucket,
  cacheFolder,
}: {
  disk: Side;
  bucket: Side;
  /** Of the bucket's side. */
  cacheFolder: string;
}) {
  const photograph = await jpegOfNoise({ width: 4000, height: 3000 });
  const idsOf = async (side: Side) => {
    const ids: string[] = [];
    for (let file = 0; file < FILES_A_ROUND; file += 1) {
      const body = withComment(photograph, `${file} of ${ROUNDS}`);
      const described = { filename: 'photo.jpg', mimeType: 'image/jpeg', body };
      ids.push((await uploadThroughGraph(side.gateway, described)).id);
    }
    return ids;
  };
  const ids = new Map([
    [disk, await idsOf(disk)],
    [bucket, await idsOf(bucket)],
  ]);

  /** Seconds for one URL of each file. */
  async function timeOf(side: Side, transform: string): Promise<number> {
    const urls = await Promise.all(
      (ids.get(side) ?? []).map((id) => urlOf(side.gateway, id, transform)),
    );
    const fetcher = createFetcher(new URL(urls[0] ?? '').origin, AT_ONCE);
    const work = async (url: string) => {
      const { statusCode } = await fetcher.get(pathOf(url), STREAMED);
      if (statusCode !== 200) throw new Error(`A request returned ${statusCode}.`);
    };
    const seconds = await inParallel(urls, { atOnce: AT_ONCE, work });
    await fetcher.close();
    return seconds;
  }
  const render = (side: Side, width: number) =>
    timeOf(side, `(transform: { width: ${width}, format: WEBP })`);

  const times: Record<'disk' | 'cached' | 'uncached' | 'download', number>[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const width = 300 + round * 10;
    const fromDisk = await render(disk, width);
    const cached = await render(bucket, width);
    const download = await timeOf(bucket, '');
    await rm(cacheFolder, { recursive: true, force: true });
    const uncached = await render(bucket, width + 5);
    times.push({ disk: fromDisk, cached, uncached, download });
  }
  // The first round warms up.
  const measured = times.slice(1);
  const each = (name: keyof (typeof measured)[number]) =>
    spread(
      measured.map((time) => (time[name] * 1000) / FILES_A_ROUND),
      (ms) => `${ms.toFixed(0)} ms`,
    );
  const cachedRatios = measured.map((time) => time.disk / time.cached);
  const uncachedRatios = measured.map((time) => (time.disk + time.download) / time.uncached);
  printTable(`Cold: 12-megapixel JPEG to WebP, ${FILES_A_ROUND} a round, ${AT_ONCE} at a time`, [
    ['a folder', each('disk')],
    ['a bucket, with a local copy', each('cached')],
    ['  speed to the folder', spread(cachedRatios, ratio), atLeast(MIN_RATIO, cachedRatios)],
    ['a bucket, without a copy', each('uncached')],
    ['a download', each('download')],
    [
      '  speed to the folder plus a download',
      spread(uncachedRatios, ratio),
      atLeast(MIN_RATIO, uncachedRatios),
    ],
  ]);
}
