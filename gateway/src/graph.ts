import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { GraphQLSchema } from 'graphql';
import type { Executor, GatewayContext } from './context.ts';
import { disableApolloTelemetry } from './config.ts';
import { createDataSource } from './data-source.ts';
import { createExecutor } from './execution/executor.ts';
import { readSupergraphFacts } from './execution/supergraph-facts.ts';
import {
  type ConnectionLimits,
  type SubgraphClient,
  createSubgraphClient,
} from './subgraph-client.ts';
import { observed, timedPlanning } from './telemetry.ts';
import { uploadDeadlines } from './upload-deadlines.ts';

/** One composed graph and the connections to its subgraphs, from its first request to its last. */
export interface Graph {
  readonly sdl: string;
  /** What clients see of it. */
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  /** Plans what is asked as `execute` would, to have the plan at hand, and does nothing else. */
  readonly plan: Executor;
  /** The subgraphs' names. Throws naming those that are not ready. */
  checkReady(): Promise<readonly string[]>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** At once. */
  close(): Promise<void>;
}

export interface GraphOptions {
  /** Where subgraphs are that are not where `@join__graph` says. */
  subgraphUrls: ReadonlyMap<string, string>;
  minter: TokenMinter;
  uploadIdleMs: number;
  connectionLimits: ConnectionLimits;
  /** How one subgraph is asked. Default: as `createDataSource` does. */
  sourceOf?: (subgraph: SubgraphConnection) => GraphQLDataSource<GatewayContext>;
  /** What executes plans: our own by default; ApolloGateway's to compare. */
  executor?: 'own' | 'apollo';
  logger: Logger;
}

/** One subgraph, by its name and at its address. */
export interface SubgraphConnection {
  readonly name: string;
  readonly url: string;
  readonly client: SubgraphClient;
}

/** Thrown once a plan is there, where nothing but the plan was wanted. */
class Planned extends Error {
  readonly plan: QueryPlan;

  constructor(plan: QueryPlan) {
    super('Planned.');
    this.plan = plan;
  }
}

/** @throws Error when `sdl` is no supergraph that can be served */
export async function openGraph(sdl: string, options: GraphOptions): Promise<Graph> {
  const { subgraphUrls, minter, connectionLimits, logger } = options;
  const { subgraphMs } = uploadDeadlines(options.uploadIdleMs);
  const {
    sourceOf = ({ name, client }: SubgraphConnection) =>
      createDataSource({ name, client, minter, uploadIdleMs: subgraphMs, logger }),
  } = options;
  disableApolloTelemetry();
  const clients = new Map<string, SubgraphClient>();
  const planOnly = new WeakSet<object>();
  const sources = new Map<string, GraphQLDataSource>();
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    // It logs what is of no use to whoever runs it.
    logger: logger.child({}, { level: 'warn' }),
    // Otherwise on outside production: a header shows how a query is planned.
    __exposeQueryPlanExperimental: false,
    experimental_didResolveQueryPlan({ requestContext, queryPlan }) {
      if (planOnly.has(requestContext)) throw new Planned(queryPlan);
    },
    buildService({ name, url: composedUrl = '' }) {
      const url = subgraphUrls.get(name) ?? composedUrl;
      const client = createSubgraphClient({ name, url, limits: connectionLimits, logger });
      clients.set(name, client);
      const source: GraphQLDataSource = sourceOf({ name, url, client });
      const observedSource = { process: observed(name, (request) => source.process(request)) };
      sources.set(name, observedSource);
      return observedSource;
    },
  });
  const closeClients = () => Promise.all(clients.values().map((client) => client.close()));
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
      facts: readSupergraphFacts(sdl),
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
