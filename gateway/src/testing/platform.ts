import { once } from 'node:events';
import { type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import type { PaceLimits } from '@federated-media/multipart/pace';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import type { InternalSecrets } from '@federated-media/subgraph-kit/internal-keys';
import { createSubgraphSchema } from '@federated-media/subgraph-kit/schema';
import { type Subgraph, serveSubgraph } from '@federated-media/subgraph-kit/server';
import { parse } from 'graphql';
import { pino } from 'pino';
import { z } from 'zod';
import { type ClientKeys, createClientIdentity } from '../client-identity.ts';
import { corsOf, corsSettings } from '../cors.ts';
import type { Graph } from '../graph.ts';
import { libraryOf, librarySettings } from '../library-settings.ts';
import { limitSettings, limitsOf } from '../limits/settings.ts';
import { serveGateway } from '../server.ts';
import type { ConnectionLimits } from '../subgraph-client.ts';
import { createSupergraph } from '../supergraph.ts';
import {
  type Context,
  mediaResolvers,
  mediaSdl,
  seen,
  shopResolvers,
  shopSdl,
} from './subgraphs.ts';

const NO_PACE: PaceLimits = { minBytesPerSecond: 0, windowMs: 30_000, totalMs: 600_000 };

export const SECRET = 'an internal secret of the tests, long enough';

/** A resource that is closed at the end of the test. */
const opened: { close(): Promise<void> }[] = [];

/** For `afterEach`. The last opened is closed first. */
export async function closeAll() {
  for (const it of opened.splice(0).toReversed()) await it.close();
}

const logged: string[] = [];
const logger = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) });

/** What the gateway and its subgraphs logged in this test. */
export const logLines = (): Record<string, unknown>[] =>
  logged.map((line) => JSON.parse(line) as Record<string, unknown>);

export interface PlatformOptions {
  keys?: ClientKeys;
  /** What the gateway signs with. Default: the secret of the subgraphs. */
  internalSecrets?: InternalSecrets;
  issuer?: string;
  audience?: string;
  /** URLs that replace those of the real subgraphs. */
  subgraphUrls?: Record<string, string>;
  requestTimeoutMs?: number;
  connectionLimits?: Partial<ConnectionLimits>;
  prepare?: (graph: Graph) => Promise<void>;
  uploadIdleMs?: number;
  uploadPace?: Partial<PaceLimits>;
  uploadMaxBytes?: number;
  maxBodyBytes?: number;
  /** Settings such as `MAX_FIELDS`. */
  limits?: Record<string, string>;
  /** `CORS_ORIGINS` and the like. */
  cors?: Record<string, string>;
  imageOrigin?: string;
  /** `LIBRARY_OIDC_ISSUER` and the like. */
  library?: Record<string, string>;
  /** As in production, where other settings are absent. */
  production?: boolean;
}

/** A gateway over two real subgraphs, `media` and `shop`, all over HTTP. */
export async function openPlatform(options: PlatformOptions = {}) {
  Object.assign(seen, { uploads: [], failures: [], entities: 0, headers: [] });
  logged.length = 0;
  const media = await openSubgraph('media', mediaSdl, mediaResolvers);
  const shop = await openSubgraph('shop', shopSdl, shopResolvers);
  const { supergraphSdl, errors } = composeServices([
    { name: 'media', url: `${media.url}/graphql`, typeDefs: parse(mediaSdl) },
    { name: 'shop', url: `${shop.url}/graphql`, typeDefs: parse(shopSdl) },
  ]);
  if (errors) throw new AggregateError(errors);

  const uploadIdleMs = options.uploadIdleMs ?? 5_000;
  const supergraph = createSupergraph({
    sdl: supergraphSdl,
    subgraphUrls: new Map(Object.entries(options.subgraphUrls ?? {})),
    minter: createTokenMinter({
      secrets: options.internalSecrets ?? [SECRET],
      issuer: 'gateway',
    }),
    uploadIdleMs,
    connectionLimits: {
      connections: 64,
      waiting: 512,
      uploads: 64,
      maxResponseBytes: 8_000_000,
      ...options.connectionLimits,
    },
    ...(options.prepare && { prepare: options.prepare }),
    logger,
  });
  const gateway = await serveGateway({
    supergraph,
    identity: createClientIdentity({
      keys: options.keys ?? { kind: 'development', internalSecrets: [SECRET], anonymous: true },
      issuer: options.issuer,
      audience: options.audience,
      maxTokenAgeSeconds: 3_600,
      clockSkewSeconds: 5,
      logger,
    }),
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    uploadIdleMs,
    uploadPace: { ...NO_PACE, ...options.uploadPace },
    uploadMaxBytes: options.uploadMaxBytes ?? 50_000_000,
    maxBodyBytes: options.maxBodyBytes ?? 100_000,
    cors: corsOf(z.object(corsSettings).parse(options.cors ?? {}), {
      production: options.production === true,
    }),
    introspection: options.production !== true,
    imageOrigin: options.imageOrigin,
    library: libraryOf(z.object(librarySettings).parse(options.library ?? {}), {
      production: options.production === true,
    }),
    ...limitsOf(z.object(limitSettings).parse(options.limits ?? {})),
    logger,
  });
  opened.push(gateway);
  const port = Number(new URL(gateway.url).port);
  return { url: gateway.url, port, media, shop, supergraph, sdl: supergraphSdl };
}

/** A real subgraph over HTTP. */
export async function openSubgraph(
  name: string,
  sdl: string,
  resolvers: Parameters<typeof createSubgraphSchema>[0]['resolvers'],
) {
  const subgraph: Subgraph<Context> = {
    name,
    schema: createSubgraphSchema({ typeDefs: parse(sdl), resolvers }),
    context: ({ caller, requestId }) => ({ caller, requestId }),
    isReady: async () => {},
    start: async () => {},
    stop: async () => {},
    routes: (app) => {
      app.addHook('onRequest', async ({ headers }) => void seen.headers.push(headers));
    },
    uploads: {
      maxFieldBytes: 100_000,
      maxFileBytes: 50_000_000,
      maxFiles: 100,
      idleMs: 10_000,
      unreadMs: 10_000,
      pace: NO_PACE,
    },
  };
  const hosting = { host: '127.0.0.1', port: 0, secrets: [SECRET], maxBodyBytes: 100_000 };
  const served = await serveSubgraph(subgraph, {
    ...hosting,
    logger: pino({ level: 'silent' }),
  });
  opened.push(served);
  return served;
}

/** A replacement for a subgraph that misbehaves. */
export async function openRudeSubgraph(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({
    async close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const sendJson = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions: { code: string; requestId: string } }[];
}

/** One GraphQL request over HTTP. */
export async function ask(
  url: string,
  query: string,
  { headers = {}, variables = {} }: { headers?: Record<string, string>; variables?: object } = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return readAnswer(response);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = JSON.parse(text) as Pick<Answer, 'data' | 'errors'>;
  return { status: response.status, headers: response.headers, text, ...body };
}
