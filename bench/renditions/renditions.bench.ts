import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { urlOf } from '../media-url.ts';
import { withStack } from '../stack.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise, wavOfNoise } from '../upload/files.ts';
import { benchCold } from './cold.ts';
import { benchFlood } from './flood.ts';
import { benchWarm } from './warm.ts';

const FILES_A_ROUND = 40;
const ROUNDS = 4;
const FLOOD = 200;
const LARGE_BYTES = 64 * 2 ** 20;
/** Its rendition has about 20 KB. */
const SMALL_WIDTH = 300;

/** Measures rendering and delivery of images, compared with minimal implementations in the same run. */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'warn' } }, async (stack, { folder }) => {
    const gateway = new Pool(stack.gatewayUrl);
    await bench(stack, { gateway, folder });
    await gateway.close();
  });

async function bench(stack: Stack, { gateway, folder }: { gateway: Pool; folder: string }) {
  const picture = await jpegOfNoise({ width: 4000, height: 3000 });
  const file = join(folder, 'picture.jpg');
  await writeFile(file, picture);
  const upload = async () => {
    const options = { filename: 'photo.jpg', mimeType: 'image/jpeg', body: picture };
    return (await uploadThroughGraph(gateway, options)).id;
  };
  const ids: string[] = [];
  for (let count = 0; count < FILES_A_ROUND * ROUNDS; count += 1) ids.push(await upload());
  const urlsOf = (width: number) =>
    Promise.all(
      ids.map((id) => urlOf(gateway, id, `(transform: { width: ${width}, format: WEBP })`)),
    );
  const cold = await urlsOf(400);
  const warmUp = await urlsOf(390);
  const origin = new URL(cold[0] ?? '').origin;
  const cmsPid = stack.processes.find(({ name }) => name === 'cms')?.pid ?? 0;

  const rounds = Array.from({ length: ROUNDS }, (_none, round) =>
    cold.slice(round * FILES_A_ROUND, (round + 1) * FILES_A_ROUND),
  );
  const roots = new Map([
    ['cms', cmsPid],
    ['PostgreSQL', stack.postgres.pid],
  ]);
  await benchCold({ warmUp, urls: rounds, picture: file, origin, roots });

  const small = await urlOf(
    gateway,
    ids[0] ?? '',
    `(transform: { width: ${SMALL_WIDTH}, format: WEBP })`,
  );
  const smallFile = join(folder, 'small.webp');
  await writeFile(smallFile, Buffer.from(await (await fetch(small)).arrayBuffer()));
  const largeFile = join(folder, 'large.wav');
  await writeFile(largeFile, wavOfNoise(LARGE_BYTES));
  const { id } = await uploadThroughGraph(gateway, {
    filename: 'noise.wav',
    mimeType: 'audio/wav',
    body: wavOfNoise(LARGE_BYTES),
  });
  const large = { url: await urlOf(gateway, id, ''), file: largeFile };
  await benchWarm({ small: { url: small, file: smallFile }, large, origin, cmsPid });

  const flood = [...(await urlsOf(410)), ...(await urlsOf(420))].slice(0, FLOOD);
  await benchFlood(stack, { urls: flood, origin, cmsPid });
}
