import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { type Network, sockets } from '@federated-media/subgraph-kit/network/network';
import type { GraphQLSchema } from 'graphql';
import type { Executor, GatewayContext } from './context.ts';
import { disableApolloTelemetry } from './config.ts';
import { createDataSource } from './data-source.ts';
import { createExecutor } from './execution/executor.ts';
import { type EntityCacheOptions, openEntityCache } from './entity-cache/open.ts';
import { readSupergraphFacts } from './execution/supergraph-facts.ts';
import {
  type ConnectionLimits,
  type SubgraphClient,
  createSubgraphClient,
} from './subgraph-client.ts';
import { observed, timedPlanning } from './telemetry.ts';
import { uploadDeadlines } from './upload-deadlines.ts';

/** One composed graph and its connections to the subgraphs. */
export interface Graph {
  readonly sdl: string;
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  /** Creates and keeps the plan that `execute` would use, without executing it. */
  readonly plan: Executor;
  /** Returns the names of the subgraphs. Throws with the names of those that are not ready. */
  checkReady(): Promise<readonly string[]>;
  /** Resolves when no operation is running. */
  idle(): Promise<void>;
  /** Closes the connections without waiting. */
  close(): Promise<void>;
}

export interface GraphOptions {
  /** URLs that replace those of `@join__graph`, by subgraph name. */
  subgraphUrls: ReadonlyMap<string, string>;
  minter: TokenMinter;
  uploadIdleMs: number;
  connectionLimits: ConnectionLimits;
  /** Reaches the subgraphs. Default: sockets. */
  network?: Network;
  /** Creates the data source of one subgraph. Default: `createDataSource`. */
  sourceOf?: (subgraph: SubgraphConnection) => GraphQLDataSource<GatewayContext>;
  /** Absent: entities are not cached. */
  entityCache?: EntityCacheOptions | undefined;
  /** The executor of plans. `apollo` is for comparisons. */
  executor?: 'own' | 'apollo';
  logger: Logger;
  /** For events that all workers notice. Default: `logger`. */
  eventLogger?: Logger;
}

/** One subgraph with its URL. */
export interface SubgraphConnection {
  readonly name: string;
  readonly url: string;
  readonly client: SubgraphClient;
}

/** Thrown to stop ApolloGateway after planning. */
class Planned extends Error {
  readonly plan: QueryPlan;

  constructor(plan: QueryPlan) {
    super('Planned.');
    this.plan = plan;
  }
}

/** @throws Error when `sdl` is not a valid supergraph */
export async function openGraph(sdl: string, options: GraphOptions): Promise<Graph> {
  const {
    subgraphUrls,
    minter,
    connectionLimits,
    network = sockets,
    logger,
    eventLogger = logger,
  } = options;
  const uploads = uploadDeadlines(options.uploadIdleMs);
  const {
    sourceOf = ({ name, client }: SubgraphConnection) =>
      createDataSource({ name, client, minter, uploads, logger }),
  } = options;
  disableApolloTelemetry();
  const clients = new Map<string, SubgraphClient>();
  const planOnly = new WeakSet<object>();
  const facts = readSupergraphFacts(sdl);
  const entityCache = options.entityCache && openEntityCache(facts.schema, options.entityCache);
  const sources = new Map<string, GraphQLDataSource>();
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    // Its info logs are not useful to operators.
    logger: logger.child({}, { level: 'warn' }),
    // Enabled outside production by default: a request header would then return the query plan.
    __exposeQueryPlanExperimental: false,
    experimental_didResolveQueryPlan({ requestContext, queryPlan }) {
      if (planOnly.has(requestContext)) throw new Planned(queryPlan);
    },
    buildService({ name, url: composedUrl = '' }) {
      minter.requireKey(name);
      const url = subgraphUrls.get(name) ?? composedUrl;
      const connect = (limits: ConnectionLimits, log: Logger) =>
        createSubgraphClient({ name, url, network, limits, logger: log });
      const client = connect(connectionLimits, logger);
      clients.set(name, client);
      const source: GraphQLDataSource = sourceOf({ name, url, client });
      const process = observed(name, (request) => source.process(request));
      const cached = {
        process: entityCache?.wrap(process, { name, connect, logger: eventLogger }) ?? process,
      };
      sources.set(name, cached);
      return cached;
    },
  });
  const closeClients = () =>
    Promise.all([entityCache?.close(), ...clients.values().map((client) => client.close())]);
  const activity = createActivityCount();
  try {
    const { schema, executor } = await gateway.load();
    const plan = async (request: Parameters<Executor>[0]) => {
      planOnly.add(request);
      try {
        return { result: await executor(request) };
      } catch (error) {
        if (error instanceof Planned) return { plan: error.plan };
        throw error;
      } finally {
        planOnly.delete(request);
      }
    };
    const own = createExecutor({
      schema,
      facts,
      sources,
      plan: (request) => timedPlanning(() => plan(request)),
      planAhead: plan,
    });
    const execute = options.executor === 'apollo' ? executor : own.execute;
    return {
      sdl,
      schema,
      execute: (request) => activity.track(() => execute(request)),
      plan: own.prepare,
      checkReady: () => checkReady(clients),
      idle: () => activity.whenIdle(),
      async close() {
        await gateway.stop();
        await closeClients();
      },
    };
  } catch (error) {
    await closeClients();
    throw error;
  }
}

async function checkReady(clients: ReadonlyMap<string, SubgraphClient>) {
  const names = [...clients.keys()];
  const outcomes = await Promise.allSettled(clients.values().map((client) => client.checkReady()));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [new Error(names[index], { cause: outcome.reason })] : [],
  );
  if (failures.length === 0) return names;
  const missing = failures.map(({ message }) => message).join(', ');
  throw new AggregateError(failures, `Not ready: ${missing}.`);
}

function createActivityCount() {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    async track<Result>(work: () => Promise<Result>): Promise<Result> {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        if (count === 0) for (const resolve of waiting.splice(0)) resolve();
      }
    },
    async whenIdle(): Promise<void> {
      if (count === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await promise;
    },
  };
}
