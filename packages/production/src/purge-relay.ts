/**
 * Receives the requests of CDN_PURGE_URL and removes the files from the cache of an nginx on this machine. An example
 * for an adapter to another CDN. The keys of the cache start with /media, so PUBLIC_MEDIA_URL must have no path.
 */
import { open, readdir, rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { join } from 'node:path';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { listSetting, portSetting, readSettings } from '@federated-media/subgraph-kit/settings';
import { isSignedWebhook, isWebhookSecret } from '@federated-media/subgraph-kit/webhook-signature';
import { z } from 'zod';

/** A request has up to 100 files. */
const MAX_BODY_BYTES = 256 * 1024;
/** nginx writes a binary head, and then `\nKEY: <key>\n`. Our URLs are shorter than this. */
const HEAD_BYTES = 2_048;
const KEY = /\nKEY: (\/media\/[^/\n]+\/[^/\n]+\/)/;

const Settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PURGE_RELAY_PORT: portSetting(4090),
  PURGE_RELAY_FOLDER: z.string({ error: 'must be set' }),
  CDN_PURGE_SECRET: listSetting().refine((secrets) => secrets.every(isWebhookSecret), {
    error: 'must be whsec_ and at least 24 bytes in base64',
  }),
});
const Request = z.object({
  type: z.literal('media.ended'),
  files: z.array(z.object({ url: z.url() })).max(1_000),
});

const logger = createLogger({ name: 'purge-relay', level: process.env['LOG_LEVEL'] || 'info' });
const settings = readSettings(Settings, process.env);

const server = createServer((request, response) => {
  handle(request)
    .catch((error: unknown) => {
      logger.warn({ err: error }, 'not purged');
      return 500;
    })
    .then(
      (status) => end(response, status),
      () => response.destroy(),
    );
});
server.requestTimeout = 15_000;
server.listen(settings.PURGE_RELAY_PORT, settings.HOST, () => {
  const url = `http://${settings.HOST}:${settings.PURGE_RELAY_PORT}`;
  logger.info({ url }, 'ready');
  process.send?.({ type: 'ready', url });
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => server.close(() => process.exit(0)));
}

/** The status of the response. @throws Error when the cache was not purged: the CMS sends the request again */
async function handle(request: IncomingMessage): Promise<number> {
  const body = await readBody(request);
  if (body === null) return 413;
  if (!isSignedWebhook(settings.CDN_PURGE_SECRET, { headers: request.headers, body })) return 401;
  const { files } = Request.parse(JSON.parse(body));
  const paths = new Set(files.map(({ url }) => new URL(url).pathname));
  const removed = await removeFrom(settings.PURGE_RELAY_FOLDER, paths);
  logger.info({ files: files.length, removed }, 'purged');
  return 204;
}

/** Removes the responses whose path starts with one of `paths`. nginx requests what has disappeared again. */
async function removeFrom(folder: string, paths: ReadonlySet<string>): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await removeFrom(path, paths);
    else if (entry.isFile() && paths.has(await pathIn(path))) {
      await rm(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}

/** Empty if it is not a response of /media, or has just been removed by nginx. */
async function pathIn(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return KEY.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? '';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Null if it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end();
}
