import type { GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, getVariableValues } from 'graphql';
import type { Executor } from '../apollo-types.ts';
import { type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import { type Run, runPlan, toGraphQLError } from './run-plan.ts';

type Request = Parameters<Executor>[0];
type Result = Awaited<ReturnType<Executor>>;

export interface ExecutorOptions {
  /** What clients see of the graph. */
  schema: GraphQLSchema;
  /** By name. */
  sources: ReadonlyMap<string, GraphQLDataSource>;
  /** ApolloGateway's plan, or its answer when it makes none. */
  plan: (request: Request) => Promise<{ plan: QueryPlan } | { result: Result }>;
  /** ApolloGateway's own executor, for what is out of the ordinary. */
  fallback: Executor;
}

/**
 * Carries out ApolloGateway's plans. What ApolloGateway finds out for every request (what the operation
 * selects, and what its answer looks like) is found out here once for each document, which Apollo Server
 * keeps as long as it is asked for.
 */
export function createExecutor({ schema, sources, plan, fallback }: ExecutorOptions): Executor {
  const known = new WeakMap<DocumentNode, Map<string, PreparedOperation | undefined>>();

  return async (request) => {
    const { document } = request;
    const { operationName, variables = {} } = request.request;
    const operations = known.get(document) ?? new Map<string, PreparedOperation | undefined>();
    known.set(document, operations);
    const key = operationName ?? '';
    if (!operations.has(key)) {
      const planned = await plan(request);
      if ('result' in planned) return planned.result;
      operations.set(key, prepareOperation({ schema, document, operationName, ...planned }));
    }
    const operation = operations.get(key);
    return operation ? execute(operation, { request, sources, variables }) : fallback(request);
  };

  async function execute(
    { definition, node, show }: PreparedOperation,
    given: Pick<Run, 'request' | 'sources' | 'variables'>,
  ): Promise<Result> {
    const definitions = definition.variableDefinitions ?? [];
    const { coerced, errors: refused } = getVariableValues(schema, definitions, given.variables);
    if (!coerced) return { errors: refused };
    const run: Run = { ...given, isTrue: (name) => coerced[name] === true, data: {}, errors: [] };
    const { data, errors } = run;
    if (node) await runPlan(node, run);
    try {
      return { data: show(data, coerced), ...(errors.length > 0 && { errors }) };
    } catch (error) {
      return { errors: [...errors, toGraphQLError(error)] };
    }
  }
}
