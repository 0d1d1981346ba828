import type { GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  separateOperations,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Executor, GatewayContext } from '../context.ts';
import { type PlannableDocument, toPlannable } from './client-names.ts';
import { conditionVariables, resolveConditions } from './conditions.ts';
import { createCompletion, createReasons } from './completion.ts';
import { type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import { type Run, runPlan, toGraphQLError } from './run-plan.ts';
import { withSingleMutations } from './single-mutations.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';

type Request = Parameters<Executor>[0];
type Result = Awaited<ReturnType<Executor>>;
type Variables = Readonly<Record<string, unknown>>;

export interface ExecutorOptions {
  /** What clients see of the graph. */
  schema: GraphQLSchema;
  facts: SupergraphFacts;
  /** By name. */
  sources: ReadonlyMap<string, GraphQLDataSource>;
  /** ApolloGateway's plan, or its answer when it makes none. */
  plan: Plan;
  /** As `plan`, for what is planned before anybody asks for it. */
  planAhead: Plan;
}

type Plan = (request: Request) => Promise<{ plan: QueryPlan } | { result: Result }>;

/** As many variants of one operation are kept: one for each set of values of the variables in conditions. */
const MAX_VARIANTS = 16;

interface KnownOperation {
  /** The operation alone, with its fragments: the conditions of others depend on variables it does not have. */
  readonly document: DocumentNode;
  readonly conditions: readonly string[];
  readonly variants: LRUCache<string, PreparedOperation>;
}

/**
 * Executes ApolloGateway's plans. What ApolloGateway finds out for every request (what the operation selects,
 * and what its answer looks like) is found out here once for each operation and the values of its conditions.
 * Apollo Server keeps a document as long as it is asked for.
 */
export function createExecutor({ schema, facts, sources, plan, planAhead }: ExecutorOptions): {
  execute: Executor;
  /** Plans what `execute` would execute, so that the plan is kept, and does nothing else. */
  prepare: Executor;
} {
  const known = new WeakMap<DocumentNode, Map<string, KnownOperation>>();
  const mutationType = schema.getMutationType()?.name;

  function knownOperation({ document, request: { operationName } }: Request): KnownOperation {
    const operations = known.get(document) ?? new Map<string, KnownOperation>();
    known.set(document, operations);
    const name = getOperationAST(document, operationName)?.name?.value ?? '';
    const before = operations.get(name);
    if (before) return before;
    const alone = separateOperations(document)[name] ?? document;
    const operation = {
      document: alone,
      conditions: conditionVariables(alone),
      variants: new LRUCache<string, PreparedOperation>({ max: MAX_VARIANTS }),
    };
    operations.set(name, operation);
    return operation;
  }

  /** The operation as it is for these variables. */
  async function prepared(
    request: Request,
    coerced: Variables,
    makePlan: Plan,
  ): Promise<PreparedOperation | { result: Result }> {
    const { operationName, variables = {} } = request.request;
    const { document, conditions, variants } = knownOperation(request);
    const unset = conditions.find((name) => typeof coerced[name] !== 'boolean');
    if (unset !== undefined) {
      const message = `Variable "$${excerpt(unset)}" must be true or false: @skip or @include depends on it.`;
      return { result: { errors: [badUserInput(message)] } };
    }
    const values = conditions.map((name) => Number(coerced[name])).join('');
    const before = variants.get(values);
    if (before) return before;
    const { beforePlanning }: Partial<GatewayContext> = request.context;
    await beforePlanning?.();
    const meanwhile = variants.get(values);
    if (meanwhile) return meanwhile;

    const resolved = resolveConditions(document, coerced);
    const plannable = toPlannable(withSingleMutations(resolved, mutationType), facts);
    const planned = await makePlan({
      ...request,
      document: plannable.document,
      queryHash: `${request.queryHash} ${values}`,
      request: {
        ...request.request,
        variables: Object.fromEntries(namedAsPlanned(variables, plannable)),
      },
    });
    if ('result' in planned) return planned;
    const made = prepareOperation({
      schema,
      facts,
      document: resolved,
      operationName,
      plannable,
      ...planned,
    });
    variants.set(values, made);
    return made;
  }

  function coerce({ document, request }: Request) {
    const operation = getOperationAST(document, request.operationName);
    const definitions = operation?.variableDefinitions ?? [];
    return getVariableValues(schema, definitions, request.variables ?? {}, { maxErrors: 10 });
  }

  async function execute(request: Request): Promise<Result> {
    const { coerced, errors: refused } = coerce(request);
    if (!coerced) return { errors: refused };
    const operation = await prepared(request, coerced, plan);
    if ('result' in operation) return operation.result;

    const { node, plannable, show } = operation;
    const { variables = {} } = request.request;
    const run: Run = {
      request,
      sources,
      facts,
      variables: namedAsPlanned(variables, plannable),
      clientNameOf: plannable.clientNameOf,
      data: {},
      errors: [],
      reasons: createReasons(),
    };
    if (node) await runPlan(node, run);
    const completion = createCompletion({ ...run, variables });
    const data = show(run.data, completion) ?? null;
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
      const { coerced, errors } = coerce(request);
      if (!coerced) return { errors };
      const operation = await prepared(request, coerced, planAhead);
      return 'result' in operation ? operation.result : { data: null };
    },
  };
}

const namedAsPlanned = (
  variables: Variables,
  { variableNameOf }: PlannableDocument,
): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(variables).map(([name, value]) => [variableNameOf(name), value]));
