import { fileURLToPath } from 'node:url';
import { graphqlUrlProblem } from '@federated-media/subgraph-kit/graphql-url';
import {
  type NeededKeys,
  resolveInternalSecrets,
} from '@federated-media/subgraph-kit/internal-keys';
import { isLoopback } from '@federated-media/subgraph-kit/loopback';
import type { Environment } from '@federated-media/subgraph-kit/module';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  MIN_SECRET_LENGTH,
  byteSetting,
  cacheSizeSetting,
  countSetting,
  isProduction,
  listSetting,
  millisecondsSetting,
  platformSettings,
  portSetting,
  readSettings,
  requiredInProduction,
  secondsSetting,
  urlSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { uploadPaceOf, uploadSettings } from '@federated-media/subgraph-kit/upload-settings';
import { z } from 'zod';
import { corsOf, corsSettings } from './cors.ts';
import type { ClientKeys } from './client-identity.ts';
import { FEED_ISSUER, ISSUER } from './issuers.ts';
import { libraryOf, librarySettings } from './library-settings.ts';
import type { RateLimits } from './limits/rate-buckets.ts';
import { limitSettings, limitsOf } from './limits/settings.ts';
import { claimSettings, claimsOf } from './token-claims.ts';

const DEFAULT_PORT = 4000;
/** 80 times the response for a page of 24 products with 5 images each. */
const DEFAULT_ANSWER_BYTES = 8 * 2 ** 20;
/** About 20,000 files with URL and `srcSet`. */
const DEFAULT_ENTITY_CACHE_BYTES = 32 * 2 ** 20;
const recordedOperations = fileURLToPath(new URL('../../operations', import.meta.url));
const DAY = 86_400;
const committedSupergraph = fileURLToPath(new URL('../supergraph.graphql', import.meta.url));

/** The gateway signs tokens for all subgraphs; which ones there are, the supergraph says. */
const GATEWAY_KEYS: NeededKeys = {
  module: 'the gateway',
  names: [],
  isOwn: (name) => [ISSUER, FEED_ISSUER].some((issuer) => name.startsWith(`${issuer}/`)),
};

const settings = requiredInProduction(
  z.object({
    ...platformSettings,
    ...telemetrySettings,
    PORT: portSetting(DEFAULT_PORT),
    SUPERGRAPH_PATH: z.string().default(committedSupergraph),
    WARM_UP_OPERATIONS: z.string().default(recordedOperations),
    SUBGRAPHS: listSetting().transform(readUrls).optional(),
    AUTH_JWKS_URL: urlSetting().optional(),
    AUTH_JWT_SECRET: z.string().optional(),
    AUTH_ISSUER: z.string().optional(),
    AUTH_AUDIENCE: z.string().optional(),
    ...claimSettings,
    AUTH_TOKEN_MAX_AGE_SECONDS: secondsSetting({ byDefault: DAY, min: 60, max: 31 * DAY }),
    AUTH_CLOCK_SKEW_SECONDS: secondsSetting({ byDefault: 5, min: 0, max: 300 }),
    REQUEST_TIMEOUT_MS: millisecondsSetting(10_000),
    SUBGRAPH_CONNECTIONS: countSetting({ byDefault: 64, atMost: 10_000 }),
    SUBGRAPH_WAITING: countSetting({ byDefault: 512, atMost: 10_000 }),
    SUBGRAPH_UPLOADS: countSetting({ byDefault: 256, atMost: 10_000 }),
    SUBGRAPH_ANSWER_MAX_BYTES: byteSetting(DEFAULT_ANSWER_BYTES),
    ...uploadSettings,
    ...corsSettings,
    ...librarySettings,
    INTROSPECTION: z.stringbool({ error: 'must be true or false' }).optional(),
    ENTITY_CACHE_BYTES: cacheSizeSetting(DEFAULT_ENTITY_CACHE_BYTES),
    RESPONSE_CACHE_BYTES: cacheSizeSetting(0),
    GATEWAY_WORKERS: countSetting({ byDefault: 1, atMost: 128 }),
    ...limitSettings,
  }),
  ['INTERNAL_SECRET', 'AUTH_ISSUER', 'AUTH_AUDIENCE'],
)
  .refine(({ AUTH_JWKS_URL, AUTH_JWT_SECRET }) => !AUTH_JWKS_URL || !AUTH_JWT_SECRET, {
    path: ['AUTH_JWKS_URL'],
    error: 'must not be set together with AUTH_JWT_SECRET; set only one of them',
    when: () => true,
  })
  .refine((given) => !isProduction(given) || given.AUTH_JWKS_URL || given.AUTH_JWT_SECRET, {
    path: ['AUTH_JWKS_URL'],
    error: 'this or AUTH_JWT_SECRET must be set in production',
    when: () => true,
  })
  .refine((given) => !isProduction(given) || !isShort(given.AUTH_JWT_SECRET), {
    path: ['AUTH_JWT_SECRET'],
    error: `must be at least ${MIN_SECRET_LENGTH} characters in production`,
    when: () => true,
  })
  .refine((given) => !given.LIBRARY_OIDC_ISSUER === !given.LIBRARY_OIDC_CLIENT_ID, {
    path: ['LIBRARY_OIDC_CLIENT_ID'],
    error: 'must be set together with LIBRARY_OIDC_ISSUER',
    when: () => true,
  });
type Settings = z.output<typeof settings>;

/** Changes nothing. @throws SettingsError with all invalid settings */
export function checkConfig(env: Environment): void {
  readSettings(settings, env);
}

/** How many processes serve PORT. @throws SettingsError */
export const workerCount = (env: Environment): number =>
  readSettings(settings, env).GATEWAY_WORKERS;

/** @throws SettingsError */
export const readRateLimits = (env: Environment): RateLimits =>
  limitsOf(readSettings(settings, env)).rateLimits;

/**
 * Reads the settings of this process. In development, missing secrets are created.
 * @throws SettingsError with all invalid settings
 */
export async function readConfig(env: Environment) {
  const given = readSettings(settings, env);
  const internalSecrets = await resolveInternalSecrets(given, GATEWAY_KEYS);
  const partOf = (limit: number) => Math.ceil(limit / given.GATEWAY_WORKERS);
  return {
    host: given.HOST,
    port: given.PORT,
    /** Processes that serve this port together. */
    workerCount: given.GATEWAY_WORKERS,
    supergraphPath: given.SUPERGRAPH_PATH,
    /** A folder of documents. */
    warmUpOperations: given.WARM_UP_OPERATIONS,
    /** URLs that replace those of the supergraph, by subgraph name. */
    subgraphUrls: given.SUBGRAPHS ?? new Map<string, string>(),
    requestTimeoutMs: given.REQUEST_TIMEOUT_MS,
    /** Of this worker. */
    connectionLimits: {
      connections: partOf(given.SUBGRAPH_CONNECTIONS),
      waiting: partOf(given.SUBGRAPH_WAITING),
      uploads: partOf(given.SUBGRAPH_UPLOADS),
      maxResponseBytes: given.SUBGRAPH_ANSWER_MAX_BYTES,
    },
    uploadMaxBytes: given.UPLOAD_MAX_BYTES,
    uploadPace: uploadPaceOf(given),
    /** 0: entities are not cached. */
    entityCacheBytes: given.ENTITY_CACHE_BYTES,
    /** 0: responses are not cached. */
    responseCacheBytes: given.RESPONSE_CACHE_BYTES,
    maxBodyBytes: given.MAX_BODY_BYTES,
    ...limitsOf(given),
    cors: corsOf(given, { production: isProduction(given) }),
    imageOrigin: given.PUBLIC_MEDIA_URL && new URL(given.PUBLIC_MEDIA_URL).origin,
    library: libraryOf(given, { production: isProduction(given) }),
    introspection: given.INTROSPECTION ?? !isProduction(given),
    telemetry: telemetryOf(given),
    internalSecrets,
    clientKeys: await clientKeysOf(given),
    issuer: given.AUTH_ISSUER,
    audience: given.AUTH_AUDIENCE,
    claims: claimsOf(given),
    maxTokenAgeSeconds: given.AUTH_TOKEN_MAX_AGE_SECONDS,
    clockSkewSeconds: given.AUTH_CLOCK_SKEW_SECONDS,
  };
}

/** @apollo/gateway sends metrics to Apollo unless this variable is set before the gateway is created. */
export function disableApolloTelemetry() {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
}

async function clientKeysOf(given: Settings): Promise<ClientKeys> {
  if (given.AUTH_JWKS_URL) return { kind: 'jwks', url: given.AUTH_JWKS_URL };
  if (given.AUTH_JWT_SECRET) return { kind: 'secret', secret: given.AUTH_JWT_SECRET };
  const internalSecrets = await resolveSecret({
    name: 'INTERNAL_SECRET',
    configured: given.INTERNAL_SECRET,
    dataDir: given.DATA_DIR,
    production: isProduction(given),
  });
  return { kind: 'development', internalSecrets, anonymous: isLoopback(given.HOST) };
}

/** `cms=http://host/graphql` sets a URL. A name without a URL only enables the subgraph. */
function readUrls(entries: string[], context: z.RefinementCtx): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const entry of entries) {
    const [name = '', ...rest] = entry.split('=');
    if (rest.length === 0) continue;
    const url = rest.join('=');
    const problem = graphqlUrlProblem(url);
    if (problem) context.addIssue({ code: 'custom', message: `${name} ${problem}` });
    else urls.set(name, url);
  }
  return urls;
}

const isShort = (secret: string | undefined) =>
  secret !== undefined && secret.length < MIN_SECRET_LENGTH;
