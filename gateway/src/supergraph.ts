import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import { publicError } from '@federated-media/subgraph-kit/errors';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { type DocumentNode, GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import { disableApolloTelemetry } from './config.ts';
import { createDataSource } from './data-source.ts';
import { typesOwnedAlone, withNullForMissing } from './missing-entities.ts';
import {
  type ConnectionLimits,
  type SubgraphClient,
  createSubgraphClient,
} from './subgraph-client.ts';
import { uploadDeadlines } from './upload-deadlines.ts';

type Gateway = ApolloServerOptionsWithGateway<BaseContext>['gateway'];

export interface Supergraph {
  gateway: Gateway;
  /** The subgraphs' names. Throws naming those that are not ready. */
  checkReady(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * ApolloGateway over a composed supergraph. Its subgraphs are where `@join__graph` says, but for those
 * in `subgraphUrls`.
 */
export function createSupergraph({
  sdl,
  subgraphUrls,
  minter,
  uploadIdleMs,
  connectionLimits,
  logger,
}: {
  sdl: string;
  subgraphUrls: ReadonlyMap<string, string>;
  minter: TokenMinter;
  uploadIdleMs: number;
  connectionLimits: ConnectionLimits;
  logger: Logger;
}): Supergraph {
  disableApolloTelemetry();
  const clients = new Map<string, SubgraphClient>();
  const ownedAlone = typesOwnedAlone(sdl);
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    // It logs what is of no use to whoever runs it.
    logger: logger.child({}, { level: 'warn' }),
    // Otherwise on outside production: a header shows how a query is planned.
    __exposeQueryPlanExperimental: false,
    buildService({ name, url = '' }) {
      const client = createSubgraphClient({
        name,
        url: subgraphUrls.get(name) ?? url,
        limits: connectionLimits,
        logger,
      });
      clients.set(name, client);
      const { subgraphMs } = uploadDeadlines(uploadIdleMs);
      const source = createDataSource({ name, client, minter, uploadIdleMs: subgraphMs, logger });
      return { process: withNullForMissing(source.process, ownedAlone.get(name) ?? new Set()) };
    },
  });
  return {
    gateway: withGraphQLErrors(gateway),
    async checkReady() {
      const names = [...clients.keys()];
      const outcomes = await Promise.allSettled(
        clients.values().map((client) => client.checkReady()),
      );
      const failures = outcomes.flatMap((outcome, index) =>
        outcome.status === 'rejected' ? [new Error(names[index], { cause: outcome.reason })] : [],
      );
      if (failures.length === 0) return names;
      const missing = failures.map(({ message }) => message).join(', ');
      throw new AggregateError(failures, `Not ready: ${missing}.`);
    },
    async close() {
      await gateway.stop();
      await Promise.all(clients.values().map((client) => client.close()));
    },
  };
}

/** ApolloGateway answers with plain Errors among the GraphQL ones, against its own types. */
const withGraphQLErrors = (gateway: ApolloGateway): Gateway => ({
  async load(options) {
    const { schema, executor } = await gateway.load(options);
    return {
      schema,
      async executor(request) {
        const unusable = whyUnusable(request.document, request.request.operationName);
        if (unusable) return { errors: [unusable] };
        // Its extensions name what became null, `withNullForMissing`'s marks among it.
        const { errors, extensions: _marks, ...result } = await executor(request);
        return { ...result, ...(errors && { errors: errors.map(toGraphQLError) }) };
      },
    };
  },
  onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
  stop: () => gateway.stop(),
});

/** Requests that ApolloGateway would answer with an internal error. */
function whyUnusable(document: DocumentNode, operationName: string | undefined) {
  const operation = getOperationAST(document, operationName);
  if (!operation) return badRequest('Say by `operationName` which operation to run.');
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
  return badRequest('Subscriptions are not served here.');
}

const badRequest = (message: string) => publicError('BAD_REQUEST', message);

function toGraphQLError(error: Error): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError(error.message, { originalError: error });
  }
  // The query fits the graph, or it would not have come this far: what a subgraph could not read is a value,
  // of a scalar that only it knows.
  if (error.extensions['code'] !== 'GRAPHQL_VALIDATION_FAILED') return error;
  return publicError('BAD_USER_INPUT', error.message);
}

/** @throws SettingsError when there is no supergraph at `path` */
export async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'can’t be read';
    throw new SettingsError([`SUPERGRAPH_PATH: ${reason}. \`pnpm compose\` makes one`]);
  }
}
