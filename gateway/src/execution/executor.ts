import type { GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import type { Executor } from '../apollo-types.ts';
import { type PlannableDocument, toPlannable } from './client-names.ts';
import { createCompletion, createReasons } from './completion.ts';
import { withPlainConditions } from './plain-conditions.ts';
import { type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import { type Run, runPlan, toGraphQLError } from './run-plan.ts';
import { withSingleMutations } from './single-mutations.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';

type Request = Parameters<Executor>[0];
type Result = Awaited<ReturnType<Executor>>;

export interface ExecutorOptions {
  /** What clients see of the graph. */
  schema: GraphQLSchema;
  facts: SupergraphFacts;
  /** By name. */
  sources: ReadonlyMap<string, GraphQLDataSource>;
  /** ApolloGateway's plan, or its answer when it makes none. */
  plan: (request: Request) => Promise<{ plan: QueryPlan } | { result: Result }>;
}

/**
 * Executes ApolloGateway's plans. What ApolloGateway finds out for every request (what the operation selects,
 * and what its answer looks like) is found out here once for each document, which Apollo Server keeps as long
 * as it is asked for.
 */
export function createExecutor({ schema, facts, sources, plan }: ExecutorOptions): {
  execute: Executor;
  /** Plans what `execute` would execute, so that the plan is kept, and does nothing else. */
  prepare: Executor;
} {
  const known = new WeakMap<DocumentNode, Map<string, PreparedOperation>>();

  async function prepared(request: Request): Promise<PreparedOperation | { result: Result }> {
    const { document } = request;
    const { operationName, variables = {} } = request.request;
    const operations = known.get(document) ?? new Map<string, PreparedOperation>();
    known.set(document, operations);
    const key = operationName ?? '';
    const operation = operations.get(key);
    if (operation) return operation;

    const mutationType = schema.getMutationType()?.name;
    const plain = withSingleMutations(withPlainConditions(document), mutationType);
    const plannable = toPlannable(plain, facts);
    const planned = await plan({
      ...request,
      document: plannable.document,
      request: {
        ...request.request,
        variables: Object.fromEntries(namedAsPlanned(variables, plannable)),
      },
    });
    if ('result' in planned) return planned;
    const made = prepareOperation({
      schema,
      facts,
      document,
      operationName,
      plannable,
      ...planned,
    });
    operations.set(key, made);
    return made;
  }

  async function execute(request: Request): Promise<Result> {
    const { operationName, variables = {} } = request.request;
    const definitions = getOperationAST(request.document, operationName)?.variableDefinitions ?? [];
    const { coerced, errors: refused } = getVariableValues(schema, definitions, variables, {
      maxErrors: 10,
    });
    if (!coerced) return { errors: refused };
    const operation = await prepared(request);
    if ('result' in operation) return operation.result;

    const { node, plannable, show } = operation;
    const run: Run = {
      request,
      sources,
      facts,
      variables: namedAsPlanned(variables, plannable),
      clientNameOf: plannable.clientNameOf,
      isTrue: (name) => coerced[plannable.clientNameOf(name)] === true,
      data: {},
      errors: [],
      reasons: createReasons(),
    };
    if (node) await runPlan(node, run);
    const completion = createCompletion({ ...run, variables });
    const data = show(run.data, { coerced, completion }) ?? null;
    const errors = [...run.errors, ...completion.reported()];
    return { data, ...(errors.length > 0 && { errors }) };
  }

  return {
    async execute(request) {
      try {
        return await execute(request);
      } catch (error) {
        return { errors: [toGraphQLError(error)] };
      }
    },
    async prepare(request) {
      const operation = await prepared(request);
      return 'result' in operation ? operation.result : { data: null };
    },
  };
}

const namedAsPlanned = (
  variables: Readonly<Record<string, unknown>>,
  { variableNameOf }: PlannableDocument,
): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(variables).map(([name, value]) => [variableNameOf(name), value]));
