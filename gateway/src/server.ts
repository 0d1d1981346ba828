import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { PaceLimits } from '@federated-media/multipart/pace';
import { apolloDefaults } from '@federated-media/subgraph-kit/apollo-defaults';
import { addGraphQLEndpoint } from '@federated-media/subgraph-kit/graphql-endpoint';
import { createHttpApp } from '@federated-media/subgraph-kit/http-app';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { RunningModule, Workers } from '@federated-media/subgraph-kit/module';
import { listeningUrl } from '@federated-media/subgraph-kit/server';
import { startTracing } from '@federated-media/subgraph-kit/telemetry/exporter';
import { addMetricsRoute } from '@federated-media/subgraph-kit/telemetry/metrics-route';
import { NO_TELEMETRY, type Telemetry } from '@federated-media/subgraph-kit/telemetry/settings';
import type { ClientIdentity } from './client-identity.ts';
import { type GatewayContext, createDeadline } from './context.ts';
import { cacheControl, createCachePolicy } from './cache-policy.ts';
import { sendCompressed } from './compression.ts';
import { type CorsOptions, addCors } from './cors.ts';
import { addGraphiql } from './graphiql.ts';
import { type Admission, openAdmission } from './limits/admission.ts';
import { createOneAtATime } from './limits/one-at-a-time.ts';
import type { OperationLimits } from './limits/settings.ts';
import type { LibraryOptions } from './library-settings.ts';
import { addLibrary } from './library.ts';
import { createResponseCache } from './response-cache/response-cache.ts';
import { overload } from './overload.ts';
import { addPages } from './pages.ts';
import type { Supergraph } from './supergraph.ts';
import { uploadDeadlines } from './upload-deadlines.ts';

const MAX_FILES = 100;
/** Larger JSON bodies are parsed one at a time, with other requests in between. */
const LARGE_BODY_BYTES = 64 * 2 ** 10;
/** The maximum number that waits in memory; others are rejected. */
const MAX_LARGE_BODIES = 64;
/** Of `operations` and of `map`. A hundred files with their details need less. Forms do not wait. */
const MAX_FORM_FIELD_BYTES = 256 * 2 ** 10;

export interface GatewayOptions extends OperationLimits {
  supergraph: Supergraph;
  identity: ClientIdentity;
  host: string;
  /** 0 selects a free port. */
  port: number;
  requestTimeoutMs: number;
  /** How long an upload may send nothing. */
  uploadIdleMs: number;
  uploadPace: PaceLimits;
  uploadMaxBytes: number;
  maxBodyBytes: number;
  cors: CorsOptions;
  /** Whether clients may ask for the schema. */
  introspection: boolean;
  /** Where GraphiQL may load images from. Absent: only from the gateway. */
  imageOrigin?: string | undefined;
  library: LibraryOptions;
  /** 0: responses are not cached. */
  responseCacheBytes?: number;
  /** Absent: no telemetry. */
  telemetry?: Telemetry;
  logger: Logger;
  /** For events that all workers notice. Default: `logger`. */
  eventLogger?: Logger;
  /** Absent: no other process serves this port. */
  workers?: Workers | undefined;
}

/** Serves the supergraph: `/graphql`, `/library`, `/graphiql`, `/schema.graphql`, health and metrics. */
export async function serveGateway({
  supergraph,
  identity,
  host,
  port,
  cors,
  introspection,
  imageOrigin,
  library,
  responseCacheBytes = 0,
  telemetry = NO_TELEMETRY,
  logger,
  eventLogger = logger,
  workers,
  ...limits
}: GatewayOptions): Promise<RunningModule> {
  const { clientMs, unreadMs } = uploadDeadlines(limits.uploadIdleMs);
  const { admit, beforePlanning, ...documents } = await openAdmission(limits, workers);
  const server = createServer(supergraph, { telemetry, logger, documents, introspection });
  const { app, ...http } = createHttpApp({
    logger,
    maxBodyBytes: limits.maxBodyBytes,
    isReady: async () => ({ subgraphs: await supergraph.checkReady() }),
  });
  await addCors(app, cors);
  const hasGraphiql = await addGraphiql(app, { imageOrigin });
  if (!hasGraphiql) eventLogger.warn('GraphiQL is not built; run `pnpm generate`');
  const hasLibrary = await addLibrary(app, { ...library, identity, logger });
  if (!hasLibrary) eventLogger.warn('the media library is not built; run `pnpm generate`');
  addPages(app, { hasGraphiql, hasLibrary, introspection, supergraph });
  addGraphQLEndpoint(app, {
    server,
    send: sendCompressed,
    methods: ['GET', 'POST'],
    authenticate: ({ headers }) => identity.identify(headers),
    context: (scope) => ({
      ...scope,
      deadline: createDeadline(limits.requestTimeoutMs),
      cachePolicy: createCachePolicy(),
      beforePlanning: () => beforePlanning(scope.signal),
    }),
    admit,
    responses:
      responseCacheBytes > 0 ? createResponseCache({ maxBytes: responseCacheBytes }) : undefined,
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
      pace: limits.uploadPace,
    },
    logger,
  });
  addMetricsRoute(app, telemetry.metrics, { workers });

  const tracing = await startTracing('gateway', { settings: telemetry.tracing, logger });
  await server.start();
  await app.listen({ host, port });
  return {
    url: listeningUrl(app),
    withdraw: http.withdraw,
    async close(graceMs) {
      await http.close(graceMs);
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
    introspection,
  }: {
    telemetry: Telemetry;
    logger: Logger;
    documents: Pick<Admission, 'persistedQueries' | 'documentStore'>;
    introspection: boolean;
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
        // The page of Apollo Server loads scripts from other hosts.
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
      ],
    }),
    ...documents,
    introspection,
    gateway,
  });
