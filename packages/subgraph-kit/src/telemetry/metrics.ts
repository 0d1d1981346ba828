import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createLabelLimit } from './label-limit.ts';

/** Seconds: from a statement to an import. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The numbers of this process, of which there is one set as there is one memory: beside those below its
 * CPU, memory, garbage collection and event loop lag, as Prometheus' clients name them.
 */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const common = { registers: [registry] };

const operations = new Histogram({
  ...common,
  name: 'graphql_operation_duration_seconds',
  help: 'GraphQL operations, from the parsed body to the answer; uploads are part of it.',
  labelNames: ['operation', 'type'],
  buckets: BUCKETS,
});

const errors = new Counter({
  ...common,
  name: 'graphql_errors_total',
  help: 'GraphQL errors in answers, by extensions.code.',
  labelNames: ['code'],
});

const slow = new Counter({
  ...common,
  name: 'graphql_slow_operations_total',
  help: 'GraphQL operations that took longer than SLOW_OPERATION_MS.',
});

const requests = new Histogram({
  ...common,
  name: 'http_request_duration_seconds',
  help: 'HTTP requests, from their head to the last byte of the answer.',
  labelNames: ['method', 'route', 'status'],
  buckets: BUCKETS,
});

const inFlight = new Gauge({
  ...common,
  name: 'http_requests_in_flight',
  help: 'HTTP requests whose answer is not out yet.',
});

const uploads = new Counter({
  ...common,
  name: 'upload_files_total',
  help: 'Files that came, by the road they took.',
  labelNames: ['road'],
});

const uploadBytes = new Counter({
  ...common,
  name: 'upload_bytes_total',
  help: 'Bytes of files that came, by the road they took.',
  labelNames: ['road'],
});

const statements = new Histogram({
  ...common,
  name: 'sql_statement_duration_seconds',
  help: 'SQL statements, waiting for a connection not included.',
  labelNames: ['pool', 'kind'],
  buckets: BUCKETS,
});

const subgraphs = new Histogram({
  ...common,
  name: 'subgraph_request_duration_seconds',
  help: 'Requests of the gateway to a subgraph.',
  labelNames: ['subgraph', 'outcome'],
  buckets: BUCKETS,
});

const plans = new Histogram({
  ...common,
  name: 'query_plan_duration_seconds',
  help: 'Planning which subgraphs to ask for what; documents that are known are not planned again.',
  buckets: BUCKETS,
});

const limitOperation = createLabelLimit({ max: 200, maxLength: 100 });
const limitCode = createLabelLimit({ max: 100, maxLength: 64 });
const limitRoute = createLabelLimit({ max: 100, maxLength: 200 });

const seconds = (ms: number) => ms / 1_000;

/** What is counted. No label takes more than a known number of values, whatever clients send. */
export const metrics = {
  operation({ name, type, ms }: { name: string; type: string; ms: number }) {
    operations.observe({ operation: limitOperation(name), type }, seconds(ms));
  },
  slowOperation: () => slow.inc(),
  error(code: unknown) {
    errors.inc({ code: limitCode(typeof code === 'string' ? code : 'INTERNAL') });
  },
  requestBegins: () => inFlight.inc(),
  requestEnds({ method, route, status, ms }: HttpRequest) {
    inFlight.dec();
    requests.observe({ method, route: limitRoute(route), status }, seconds(ms));
  },
  upload({ road, files, bytes }: Uploaded) {
    uploads.inc({ road }, files);
    uploadBytes.inc({ road }, bytes);
  },
  statement({ pool, kind, ms }: { pool: string; kind: string; ms: number }) {
    statements.observe({ pool, kind }, seconds(ms));
  },
  subgraph({ name, failed, ms }: { name: string; failed: boolean; ms: number }) {
    subgraphs.observe({ subgraph: name, outcome: failed ? 'error' : 'answer' }, seconds(ms));
  },
  plan: (ms: number) => plans.observe(seconds(ms)),
};

interface Uploaded {
  readonly road: 'multipart' | 'put' | 'import';
  readonly files: number;
  readonly bytes: number;
}

interface HttpRequest {
  readonly method: string;
  /** As it was declared, with its parameters' names. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}
