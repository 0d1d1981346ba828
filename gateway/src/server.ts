import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { apolloDefaults } from '@federated-media/subgraph-kit/apollo-defaults';
import { addGraphQLEndpoint } from '@federated-media/subgraph-kit/graphql-endpoint';
import { createHttpApp } from '@federated-media/subgraph-kit/http-app';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { listeningUrl } from '@federated-media/subgraph-kit/server';
import { startTracing } from '@federated-media/subgraph-kit/telemetry/exporter';
import { addMetricsRoute } from '@federated-media/subgraph-kit/telemetry/metrics-route';
import { NO_TELEMETRY, type Telemetry } from '@federated-media/subgraph-kit/telemetry/settings';
import type { ClientIdentity } from './client-identity.ts';
import { type GatewayContext, createDeadline } from './context.ts';
import { cacheControl, createCachePolicy } from './cache-policy.ts';
import { addGraphiql } from './graphiql.ts';
import { type Admission, openAdmission } from './limits/admission.ts';
import { createOneAtATime } from './limits/one-at-a-time.ts';
import type { OperationLimits } from './limits/settings.ts';
import { overload } from './overload.ts';
import type { Supergraph } from './supergraph.ts';
import { uploadDeadlines } from './upload-deadlines.ts';

const MAX_FILES = 100;
/** Larger JSON bodies are parsed one at a time, and others are served in between. */
const LARGE_BODY_BYTES = 64 * 2 ** 10;
/** As many of them wait, in memory; others are refused. */
const MAX_LARGE_BODIES = 64;
/** Of `operations` and `map`, each: a hundred files with their details are less. Forms don't wait. */
const MAX_FORM_FIELD_BYTES = 256 * 2 ** 10;

export interface GatewayOptions extends OperationLimits {
  supergraph: Supergraph;
  identity: ClientIdentity;
  host: string;
  /** 0 picks a free one. */
  port: number;
  requestTimeoutMs: number;
  /** How long an upload may stand still. */
  uploadIdleMs: number;
  uploadMaxBytes: number;
  maxBodyBytes: number;
  /** Absent: nobody watches. */
  telemetry?: Telemetry;
  logger: Logger;
}

/** Serves the supergraph: `/graphql` for clients, `/graphiql` for people, health for whoever watches. */
export async function serveGateway({
  supergraph,
  identity,
  host,
  port,
  telemetry = NO_TELEMETRY,
  logger,
  ...limits
}: GatewayOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { clientMs, unreadMs } = uploadDeadlines(limits.uploadIdleMs);
  const { admit, beforePlanning, ...documents } = await openAdmission(limits);
  const server = createServer(supergraph, { telemetry, logger, documents });
  const app = createHttpApp({
    logger,
    maxBodyBytes: limits.maxBodyBytes,
    isReady: async () => ({ subgraphs: await supergraph.checkReady() }),
  });
  addGraphQLEndpoint(app, {
    server,
    methods: ['GET', 'POST'],
    authenticate: ({ headers }) => identity.identify(headers),
    context: (scope) => ({
      ...scope,
      deadline: createDeadline(limits.requestTimeoutMs),
      cachePolicy: createCachePolicy(),
      beforePlanning: () => beforePlanning(scope.signal),
    }),
    admit,
    jsonLimits: limits.jsonLimits,
    largeBodies: {
      bytes: LARGE_BODY_BYTES,
      wait: createOneAtATime({
        what: 'large requests',
        maxWaiting: MAX_LARGE_BODIES,
      }).waitForTurn,
    },
    uploads: {
      maxFieldBytes: Math.min(limits.maxBodyBytes, MAX_FORM_FIELD_BYTES),
      maxFileBytes: limits.uploadMaxBytes,
      maxFiles: MAX_FILES,
      idleMs: clientMs,
      unreadMs,
    },
  });
  addMetricsRoute(app, telemetry.metrics);
  if (!(await addGraphiql(app))) logger.warn('GraphiQL is not built; run `pnpm generate`');

  const tracing = await startTracing('gateway', { settings: telemetry.tracing, logger });
  await server.start();
  await app.listen({ host, port });
  return {
    url: listeningUrl(app),
    async close() {
      await app.close();
      await server.stop();
      await supergraph.close();
      await tracing.close();
    },
  };
}

const createServer = (
  { gateway }: Supergraph,
  {
    telemetry,
    logger,
    documents,
  }: {
    telemetry: Telemetry;
    logger: Logger;
    documents: Pick<Admission, 'persistedQueries' | 'documentStore'>;
  },
) =>
  new ApolloServer<GatewayContext>({
    ...apolloDefaults<GatewayContext>({
      logger,
      slowOperationMs: telemetry.slowOperationMs,
      plugins: [
        cacheControl,
        overload,
        ApolloServerPluginCacheControlDisabled(),
        // Its page loads scripts from Apollo's servers.
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
      ],
    }),
    ...documents,
    gateway,
  });
