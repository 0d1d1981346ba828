import { LocalGraphQLDataSource } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { ApolloServer } from '@apollo/server';
import { createSubgraphSchema } from '@federated-media/subgraph-kit/schema';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { type GraphQLSchema, parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Gateway } from '../context.ts';
import { createSupergraph } from '../supergraph.ts';
import { SECRET } from './platform.ts';

type Resolvers = Parameters<typeof createSubgraphSchema>[0]['resolvers'];
export type LocalSubgraphs = Readonly<Record<string, { sdl: string; resolvers: Resolvers }>>;

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@requires", "@provides", "@external", "@override", "@shareable", "@inaccessible", "@interfaceObject"])`;

/** The supergraph of subgraphs in this process, and how each is asked. */
export function composeLocally(subgraphs: LocalSubgraphs) {
  const parsed = Object.entries(subgraphs).map(([name, { sdl, resolvers }]) => {
    const typeDefs = parse(`${LINK}\n${sdl}`);
    const schema = createSubgraphSchema({ typeDefs, resolvers });
    return { name, url: `http://${name}.invalid`, typeDefs, schema };
  });
  const { supergraphSdl, errors } = composeServices(parsed);
  if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  const sources = new Map(
    parsed.map(({ name, schema }) => [name, new LocalGraphQLDataSource(schema)]),
  );
  return { supergraphSdl, sources };
}

/** A graph of subgraphs in this process, whose plans `executor` carries out. */
export async function openLocalGraph(subgraphs: LocalSubgraphs, executor: 'own' | 'apollo') {
  const { supergraphSdl, sources } = composeLocally(subgraphs);
  const supergraph = createSupergraph({
    sdl: supergraphSdl,
    subgraphUrls: new Map(),
    minter: createTokenMinter({ secrets: [SECRET], issuer: 'gateway' }),
    uploadIdleMs: 1_000,
    connectionLimits: { connections: 1, waiting: 1, uploads: 1, maxResponseBytes: 1_000_000 },
    sourceOf: ({ name }) => sources.get(name)!,
    executor,
    logger: pino({ level: 'silent' }),
  });
  const { close, ...graph } = await serveLocally(supergraph.gateway);
  return {
    ...graph,
    async close() {
      await close();
      await supergraph.close();
    },
  };
}
export type LocalGraph = Awaited<ReturnType<typeof openLocalGraph>>;

/** `gateway` as clients reach it, but for HTTP. */
export async function serveLocally(gateway: Gateway) {
  const server = new ApolloServer({
    gateway,
    introspection: true,
    stopOnTerminationSignals: false,
    logger: pino({ level: 'silent' }),
  });
  let schema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    schema = apiSchema;
  });
  await server.start();
  return {
    /** What clients see. */
    schema: schema!,
    /** The answer as clients read it, to the order of its fields. */
    async ask(
      query: string,
      variables: Record<string, unknown> = {},
      { operationName, contextValue = {} }: { operationName?: string; contextValue?: object } = {},
    ) {
      const request = { query, variables, ...(operationName !== undefined && { operationName }) };
      const { body } = await server.executeOperation(request, { contextValue });
      if (body.kind !== 'single') throw new Error('The answer came in parts.');
      const { data, errors: told = [] } = body.singleResult;
      return {
        text: JSON.stringify({ data }),
        errors: told.map(({ message, path, extensions }) => ({
          message,
          path,
          code: extensions?.['code'],
        })),
      };
    },
    close: () => server.stop(),
  };
}

/** How to ask a graph of these, open until the end of the test: data, and errors. */
export async function openForTest(subgraphs: LocalSubgraphs) {
  const graph = await openLocalGraph(subgraphs, 'own');
  onTestFinished(() => graph.close());
  return async (
    query: string,
    variables?: Record<string, unknown>,
    options?: { operationName?: string; contextValue?: object },
  ) => {
    const { text, errors } = await graph.ask(query, variables, options);
    return { ...(JSON.parse(text) as { data: unknown }), errors };
  };
}

/** The same graph twice, there while the tests of a file run: carried out by us, and by ApolloGateway. */
export function useBothExecutors(subgraphs: LocalSubgraphs, use: (graphs: BothGraphs) => void) {
  let graphs: BothGraphs | undefined;
  beforeAll(async () => {
    const [own, apollo] = [
      await openLocalGraph(subgraphs, 'own'),
      await openLocalGraph(subgraphs, 'apollo'),
    ];
    graphs = { own, apollo };
    use(graphs);
  });
  afterAll(() => Promise.all([graphs?.own.close(), graphs?.apollo.close()]));
}

interface BothGraphs {
  readonly own: LocalGraph;
  readonly apollo: LocalGraph;
}
