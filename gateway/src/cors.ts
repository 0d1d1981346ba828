import cors from '@fastify/cors';
import { isLoopback } from '@federated-media/subgraph-kit/loopback';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isOrigin } from './origins.ts';

/** How long a browser may remember a preflight response. Chromium remembers it for two hours at most. */
const PREFLIGHT_MAX_AGE_SECONDS = 7_200;

/** What Apollo Client, urql, Relay, upload and tracing libraries send. */
const ALLOWED_HEADERS = [
  'accept',
  'authorization',
  'content-type',
  'if-none-match',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-require-preflight',
  'x-request-id',
  'traceparent',
  'tracestate',
  'baggage',
];

/** Headers that a script may read besides those that the Fetch Standard always allows. */
const EXPOSED_HEADERS = ['etag', 'retry-after', 'www-authenticate', 'x-request-id'];

/** Whether pages of an origin may use the API. */
export type AllowedOrigins = (origin: string) => boolean;

export const corsSettings = {
  CORS_ORIGINS: z.string().transform(readOrigins).optional(),
  CORS_CREDENTIALS: z.stringbool({ error: 'must be true or false' }).default(false),
};

export interface CorsOptions {
  readonly origins: AllowedOrigins;
  /** Whether pages may send cookies and other credentials of the browser. */
  readonly credentials: boolean;
}

/** Without a setting: every page of this machine in development, none in production. */
export const corsOf = (
  given: z.output<z.ZodObject<typeof corsSettings>>,
  { production }: { production: boolean },
): CorsOptions => ({
  origins: given.CORS_ORIGINS ?? (production ? () => false : isLoopbackOrigin),
  credentials: given.CORS_CREDENTIALS,
});

/**
 * Lets pages of other origins use the API, and answers their preflight requests before authentication (Fetch
 * Standard, 3.3). Errors carry the headers too, so that a page can read them.
 */
export async function addCors(
  app: FastifyInstance,
  { origins, credentials }: CorsOptions,
): Promise<void> {
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && origins(origin)),
    credentials,
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  });
}

function isLoopbackOrigin(origin: string): boolean {
  const [, host] = /^https?:\/\/([^/?#@\\]+)$/.exec(origin) ?? [];
  return host !== undefined && isLoopback(host);
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const SUBDOMAINS = new RegExp(
  String.raw`^(?:(?<scheme>https?):\/\/)?\*\.(?<domain>${LABEL}(?:\.${LABEL})*)(?<port>:\d{1,5})?$`,
);
const ONE_SUBDOMAIN = new RegExp(`^(?:${LABEL}\\.)+$`);

/** `https://shop.example.com`, exactly; or `*.example.com`, all subdomains by https. */
function readOrigins(text: string, context: z.RefinementCtx): AllowedOrigins {
  const exact = new Set<string>();
  const patterns: AllowedOrigins[] = [];
  for (const entry of text.split(',').map((item) => item.trim())) {
    const subdomains = SUBDOMAINS.exec(entry)?.groups;
    if (entry === '') continue;
    if (subdomains) patterns.push(subdomainsOf(subdomains));
    else if (isOrigin(entry)) exact.add(entry);
    else context.addIssue({ code: 'custom', message: originProblem(entry) });
  }
  return (origin) => exact.has(origin) || patterns.some((isAllowed) => isAllowed(origin));
}

function subdomainsOf({ scheme = 'https', domain, port = '' }: Record<string, string>) {
  const [start, end] = [`${scheme}://`, `${domain}${port}`];
  return (origin: string) =>
    origin.startsWith(start) &&
    origin.endsWith(end) &&
    ONE_SUBDOMAIN.test(origin.slice(start.length, -end.length));
}

const originProblem = (entry: string) =>
  `"${entry.slice(0, 100)}" must be an origin as browsers send it, such as https://shop.example.com, or *.example.com`;
