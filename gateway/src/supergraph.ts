import { setTimeout as sleep } from 'node:timers/promises';
import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { publicError } from '@federated-media/subgraph-kit/errors';
import { type DocumentNode, type GraphQLSchema, OperationTypeNode, getOperationAST } from 'graphql';
import type { Executor, Gateway } from './context.ts';
import { toGraphQLError } from './execution/run-plan.ts';
import { type Graph, type GraphOptions, openGraph } from './graph.ts';

/** For requests that were read against a graph and have not started. */
const GRACE_MS = 1_000;

export interface Supergraph {
  gateway: Gateway;
  /** The schema that clients see. */
  schema(): GraphQLSchema;
  /** Returns the names of the subgraphs. Throws with the names of those that are not ready. */
  checkReady(): Promise<readonly string[]>;
  /**
   * Serves `sdl` from now on. Running operations finish with the previous graph and its connections.
   * @throws Error when it cannot be served; then the previous graph stays in use
   */
  replace(sdl: string): Promise<void>;
  close(): Promise<void>;
}

/** Serves `sdl`, and later the graphs that replace it. */
export function createSupergraph({
  sdl,
  prepare = async () => {},
  ...options
}: GraphOptions & {
  sdl: string;
  /** Called before a graph is served. */
  prepare?: (graph: Graph) => Promise<void>;
}): Supergraph {
  type Listener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0];
  const listeners = new Set<Listener>();
  const open = new Set<Graph>();
  let current: Graph | undefined;

  async function serve(newSdl: string) {
    const graph = await openGraph(newSdl, options);
    open.add(graph);
    try {
      await prepare(graph);
    } catch (error) {
      open.delete(graph);
      await graph.close();
      throw error;
    }
    const before = current;
    current = graph;
    for (const listener of listeners) {
      listener({ apiSchema: graph.schema, coreSupergraphSdl: graph.sdl });
    }
    if (!before) return;
    (options.eventLogger ?? options.logger).info('supergraph replaced');
    void retire(before);
  }

  async function retire(graph: Graph) {
    await sleep(GRACE_MS, undefined, { ref: false });
    await graph.idle();
    open.delete(graph);
    await graph.close();
  }

  function currentGraph(): Graph {
    if (!current) throw new Error('The supergraph is not loaded yet.');
    return current;
  }

  const executor: Executor = async (request) => {
    const unusable = operationProblem(request.document, request.request.operationName);
    if (unusable) return { errors: [unusable] };
    // The graph that the request was validated against, which may have been replaced since.
    const graph = [...open].find(({ schema }) => schema === request.schema) ?? currentGraph();
    // ApolloGateway's executor, which tests use, adds extensions.
    const { errors, extensions: _found, ...result } = await graph.execute(request);
    return { ...result, ...(errors && { errors: errors.map(toGraphQLError) }) };
  };

  return {
    gateway: {
      async load() {
        await serve(sdl);
        return { executor };
      },
      onSchemaLoadOrUpdate(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      stop: async () => {},
    },
    schema: () => currentGraph().schema,
    checkReady: () => currentGraph().checkReady(),
    async replace(newSdl) {
      if (newSdl !== currentGraph().sdl) await serve(newSdl);
    },
    async close() {
      await Promise.all([...open].map((graph) => graph.close()));
    },
  };
}

/** Requests for which ApolloGateway would return an internal error. */
function operationProblem(document: DocumentNode, operationName: string | undefined) {
  const operation = getOperationAST(document, operationName);
  if (!operation && operationName)
    return badRequest(`The document has no operation "${excerpt(operationName)}".`);
  if (!operation)
    return badRequest('The document has several operations. Select one with `operationName`.');
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
  return badRequest('Subscriptions are not supported.');
}

const badRequest = (message: string) => publicError('BAD_REQUEST', message);
