import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createLabelLimit } from './label-limit.ts';

/** In seconds, from one SQL statement to an import. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** In seconds, from a change that is followed at once to one that a consumer missed while it was offline. */
const LAG_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

const seconds = (ms: number) => ms / 1_000;

/** Creates the metrics of one module. The number of values of each label is limited, whatever clients send. */
export function createMetrics() {
  const registry = new Registry();
  const common = { registers: [registry] };

  const operations = new Histogram({
    ...common,
    name: 'graphql_operation_duration_seconds',
    help: 'Duration of GraphQL operations, from the parsed body to the response, uploads included.',
    labelNames: ['operation', 'type'],
    buckets: BUCKETS,
  });

  const errors = new Counter({
    ...common,
    name: 'graphql_errors_total',
    help: 'GraphQL errors in responses, by extensions.code.',
    labelNames: ['code'],
  });

  const rejectedTokens = new Counter({
    ...common,
    name: 'rejected_tokens_total',
    help: 'Requests without a valid token, by the reason.',
    labelNames: ['reason'],
  });

  const slow = new Counter({
    ...common,
    name: 'graphql_slow_operations_total',
    help: 'GraphQL operations that took longer than SLOW_OPERATION_MS.',
  });

  const requests = new Histogram({
    ...common,
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests, from the request head to the last byte of the response.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
  });

  const inFlight = new Gauge({
    ...common,
    name: 'http_requests_in_flight',
    help: 'HTTP requests in progress.',
  });

  const uploads = new Counter({
    ...common,
    name: 'upload_files_total',
    help: 'Files received, by way of upload.',
    labelNames: ['road'],
  });

  const uploadBytes = new Counter({
    ...common,
    name: 'upload_bytes_total',
    help: 'Bytes of files received, by way of upload.',
    labelNames: ['road'],
  });

  const completions = new Counter({
    ...common,
    name: 'background_completions_total',
    help: 'Attempts to verify a staged upload after the response, by outcome.',
    labelNames: ['outcome'],
  });

  const runningCompletions = new Gauge({
    ...common,
    name: 'background_completions_running',
    help: 'Staged uploads that this process verifies after the response.',
  });

  const statements = new Histogram({
    ...common,
    name: 'sql_statement_duration_seconds',
    help: 'Duration of SQL statements, without the wait for a connection.',
    labelNames: ['pool', 'kind'],
    buckets: BUCKETS,
  });

  const subgraphs = new Histogram({
    ...common,
    name: 'subgraph_request_duration_seconds',
    help: 'Duration of requests from the gateway to a subgraph.',
    labelNames: ['subgraph', 'outcome'],
    buckets: BUCKETS,
  });

  const plans = new Histogram({
    ...common,
    name: 'query_plan_duration_seconds',
    help: 'Duration of query planning. Plans of known documents are reused.',
    buckets: BUCKETS,
  });

  const cachedEntities = new Counter({
    ...common,
    name: 'entity_cache_requests_total',
    help: 'Cacheable entities that a plan requested, by whether they were in the entity cache.',
    labelNames: ['outcome'],
  });

  const cachedResponses = new Counter({
    ...common,
    name: 'response_cache_requests_total',
    help: 'Requests, by whether their response was in the response cache.',
    labelNames: ['outcome'],
  });

  const feedLags = new Histogram({
    ...common,
    name: 'media_feed_lag_seconds',
    help: 'Time from a change of a file in the CMS until this consumer has applied it.',
    buckets: LAG_BUCKETS,
  });

  const cacheEntries = new Gauge({
    ...common,
    name: 'cache_entries',
    help: 'Entries of a cache, including those that are too old to be served.',
    labelNames: ['cache'],
  });

  const cacheBytes = new Gauge({
    ...common,
    name: 'cache_bytes',
    help: 'Approximate memory of the entries of a cache.',
    labelNames: ['cache'],
  });

  const limitOperation = createLabelLimit({ max: 200, maxLength: 100 });
  const limitCode = createLabelLimit({ max: 100, maxLength: 64 });
  const limitRoute = createLabelLimit({ max: 100, maxLength: 200 });

  return {
    registry,
    operation({ name, type, ms }: { name: string; type: string; ms: number }) {
      operations.observe({ operation: limitOperation(name), type }, seconds(ms));
    },
    slowOperation: () => slow.inc(),
    error(code: unknown) {
      errors.inc({ code: limitCode(typeof code === 'string' ? code : 'INTERNAL') });
    },
    rejectedToken: (reason: RejectionReason) => rejectedTokens.inc({ reason }),
    requestBegins: () => inFlight.inc(),
    requestEnds({ method, route, status, ms }: HttpRequest) {
      inFlight.dec();
      requests.observe({ method, route: limitRoute(route), status }, seconds(ms));
    },
    upload({ road, files, bytes }: Uploaded) {
      uploads.inc({ road }, files);
      uploadBytes.inc({ road }, bytes);
    },
    backgroundCompletion: (outcome: CompletionOutcome) => completions.inc({ outcome }),
    backgroundCompletions: (count: number) => runningCompletions.set(count),
    statement({ pool, kind, ms }: { pool: string; kind: string; ms: number }) {
      statements.observe({ pool, kind }, seconds(ms));
    },
    subgraph({ name, failed, ms }: { name: string; failed: boolean; ms: number }) {
      subgraphs.observe({ subgraph: name, outcome: failed ? 'error' : 'answer' }, seconds(ms));
    },
    plan: (ms: number) => plans.observe(seconds(ms)),
    entityCache({ hits, misses }: { hits: number; misses: number }) {
      cachedEntities.inc({ outcome: 'hit' }, hits);
      cachedEntities.inc({ outcome: 'miss' }, misses);
    },
    responseCache: (outcome: 'hit' | 'miss') => cachedResponses.inc({ outcome }),
    /** Less than zero if the clocks of the CMS's database and of this process differ. */
    feedLag: (ms: number) => feedLags.observe(seconds(Math.max(0, ms))),
    cacheSize({ cache, entries, bytes }: CacheSize) {
      cacheEntries.set({ cache }, entries);
      cacheBytes.set({ cache }, bytes);
    },
  };
}
export type ModuleMetrics = ReturnType<typeof createMetrics>;

/** Why a token is rejected. A fixed set, which is a label of a metric. */
export type RejectionReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'unknown-key'
  | 'signature'
  | 'expired'
  | 'issuer'
  | 'audience'
  | 'claims';

/** How an attempt to verify an upload in the background ended. A fixed set, which is a label of a metric. */
export type CompletionOutcome = 'ready' | 'failed' | 'purged' | 'released' | 'superseded';

interface Uploaded {
  readonly road: 'multipart' | 'put' | 'direct' | 'tus' | 'import';
  readonly files: number;
  readonly bytes: number;
}

interface CacheSize {
  readonly cache: 'entities' | 'responses';
  readonly entries: number;
  readonly bytes: number;
}

interface HttpRequest {
  readonly method: string;
  /** As declared, with parameter names. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}
