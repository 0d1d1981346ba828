import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { apolloDefaults } from './apollo-defaults.ts';
import { cacheHints } from './cache-hints.ts';
import { createDocumentGuard } from './document-limits.ts';
import { executedBy } from './execution/apollo-server.ts';
import { createExecutor } from './execution/execute.ts';
import { type RequestScope, type Uploads, addGraphQLEndpoint } from './graphql-endpoint.ts';
import { createHttpApp } from './http-app.ts';
import { type Caller, createTokenVerifier } from './identity.ts';
import type { InternalSecrets } from './internal-keys.ts';
import type { Logger } from './logger.ts';
import type { RunningModule } from './module.ts';
import { type Network, sockets } from './network/network.ts';
import { TIMEOUT_HEADER, readTimeout } from './request-life.ts';
import { startTracing } from './telemetry/exporter.ts';
import { addMetricsRoute } from './telemetry/metrics-route.ts';
import { NO_TELEMETRY, type Telemetry } from './telemetry/settings.ts';

/** A subgraph without its HTTP server, so that tests or one process can host several. */
export interface Subgraph<Context extends { caller: Caller; requestId: string }> {
  /** The name in the supergraph, and the audience of accepted tokens. */
  name: string;
  schema: GraphQLSchema;
  context(scope: RequestScope): Context;
  /** Resolves to details for the health check; throws when not ready. */
  isReady(): Promise<Record<string, unknown> | void>;
  start(): Promise<void>;
  /** Called first during shutdown: ends what running requests wait for, because the shutdown waits for them. */
  drain?(): void;
  stop(): Promise<void>;
  /** Routes outside of GraphQL. They have no token: each validates its requests. */
  routes?(app: FastifyInstance): void;
  /** Absent: uploads are rejected. */
  uploads?: Uploads;
}

/** Where a subgraph listens and which tokens it accepts. */
export interface Hosting {
  host: string;
  /** 0 selects a free port. */
  port: number;
  /** Tokens of each of them are accepted. */
  secrets: InternalSecrets;
  maxBodyBytes: number;
  /** Absent: no telemetry. */
  telemetry?: Telemetry;
  /** Passes requests of other modules to it. Absent: only sockets do. */
  network?: Network;
  logger: Logger;
}

/** The gateway limits the documents of clients. Its plans split them, and add keys and type names. */
const PLAN_LIMITS = {
  maxTokens: 20_000,
  maxDepth: 50,
  maxAliases: 1_000,
  maxRootFields: 1_000,
  maxFields: 5_000,
};

/** Higher than the gateway's limits: its requests also contain references to entities of other subgraphs. */
const PLAN_JSON_LIMITS = { maxValues: 100_000, maxDepth: 64 };

/**
 * Hosts `subgraph` over HTTP: `/graphql` for requests with an internal token, health checks, and the routes of the
 * subgraph.
 */
export async function serveSubgraph<Context extends { caller: Caller; requestId: string }>(
  subgraph: Subgraph<Context>,
  {
    host,
    port,
    secrets,
    maxBodyBytes,
    telemetry = NO_TELEMETRY,
    network = sockets,
    logger,
  }: Hosting,
): Promise<RunningModule> {
  const verifier = createTokenVerifier({ secrets, audience: subgraph.name });
  const guard = createDocumentGuard(PLAN_LIMITS);
  const server = new ApolloServer<Context>({
    ...apolloDefaults<Context>({
      logger,
      slowOperationMs: telemetry.slowOperationMs,
      plugins: [
        cacheHints(),
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
      ],
    }),
    gateway: executedBy(createExecutor(subgraph.schema), subgraph.schema),
  });
  const { app, ...http } = createHttpApp({
    logger,
    maxBodyBytes,
    isReady: () => subgraph.isReady(),
  });
  addGraphQLEndpoint(app, {
    server,
    methods: ['POST'],
    authenticate: ({ headers }) => verifier.verify(headers.authorization),
    context: (scope) => subgraph.context(scope),
    timeoutMs: ({ headers }) => readTimeout(headers[TIMEOUT_HEADER]),
    admit: async ({ query }) => {
      if (typeof query === 'string') guard.check(query);
      return undefined;
    },
    jsonLimits: PLAN_JSON_LIMITS,
    uploads: subgraph.uploads,
    logger,
  });
  addMetricsRoute(app, telemetry.metrics);
  subgraph.routes?.(app);
  app.addHook('preClose', async () => subgraph.drain?.());
  let endRequestsInMemory = async () => {};
  app.addHook('preClose', () => endRequestsInMemory());

  const tracing = await startTracing(subgraph.name, { settings: telemetry.tracing, logger });
  await subgraph.start();
  await server.start();
  await app.listen({ host, port });
  const url = listeningUrl(app);
  const announced = network.announce([url, `http://${host}:${port}`], app.routing);
  endRequestsInMemory = () => announced.close();
  return {
    url,
    withdraw: http.withdraw,
    async close(graceMs) {
      await http.close(graceMs, () => announced.abort());
      await server.stop();
      await subgraph.stop();
      await tracing.close();
    },
  };
}

/**
 * Returns `http://host:port` of the first IP address that `app` listens on; the loopback address if it listens on
 * all.
 */
export function listeningUrl(app: FastifyInstance): string {
  const [address] = app.addresses();
  if (!address || typeof address === 'string') throw new Error('The server is not listening.');
  const { address: host, family, port } = address;
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}
