import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import {
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  isInterfaceType,
} from 'graphql';
import type { Executor } from '../context.ts';
import { type ResponseObject, isObject, merge, visitObjects } from './response-objects.ts';
import type { PlannableDocument } from './client-names.ts';
import type { Reasons } from './completion.ts';
import { hasKey, representationOf } from './representations.ts';
import { applyRewrites } from './rewrites.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';

type Path = readonly (string | number)[];

/** Stands for every element of a list in the path of a plan. */
const EACH = '@';

export interface Run {
  readonly request: Parameters<Executor>[0];
  readonly sources: ReadonlyMap<string, GraphQLDataSource>;
  readonly facts: SupergraphFacts;
  /** As the client gave them, by their names in the plan. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly clientNameOf: PlannableDocument['clientNameOf'];
  /** All that was answered so far. */
  readonly data: ResponseObject;
  readonly errors: GraphQLError[];
  readonly reasons: Reasons;
}

/** Asks the subgraphs as `node` says, of what is at `path`, and merges what they answer into the run's data. */
export async function runPlan(node: PlanNode, run: Run, path: Path = []): Promise<void> {
  switch (node.kind) {
    case 'Sequence':
      for (const child of node.nodes) await runPlan(child, run, path);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((child) => runPlan(child, run, path)));
      return;
    case 'Flatten':
      await runPlan(node.node, run, [...path, ...node.path]);
      return;
    case 'Fetch':
      await (node.requires ? fetchEntities(node, run, path) : fetchFields(node, run, path));
      return;
    default:
      throw new Error(`A plan has a step that is not supported: ${node.kind}.`);
  }
}

async function fetchFields(fetch: FetchNode, run: Run, path: Path) {
  const objects: ResponseObject[] = [];
  visitObjects(run.data, path, (object) => objects.push(object));
  if (objects.length === 0) return;
  const { data, errors } = await ask(fetch, run);
  for (const error of errors) {
    addError(run, fetch, error, error.path && [...path, ...error.path]);
  }
  if (data) applyRewrites(data, fetch.outputRewrites ?? [], run.facts.schema);
  const isFailed = !data || errors.some((error) => !error.path);
  for (const object of objects) {
    if (isFailed) run.reasons.failed.add(object);
    if (data) merge(object, data);
  }
}

async function fetchEntities(fetch: FetchNode, run: Run, path: Path) {
  const { failed, notAsked, notFound, absent } = run.reasons;
  const { schema, keys, ownedAlone } = run.facts;
  const { serviceName, requires = [], inputRewrites = [], outputRewrites = [] } = fetch;
  const owned = ownedAlone.get(serviceName);
  const entities: ResponseObject[] = [];
  const representations: ResponseObject[] = [];
  const keyFields: (ReadonlySet<string> | undefined)[] = [];
  visitObjects(run.data, path, (object) => {
    const isSound = !failed.has(object) && !notFound.has(object);
    const representation = representationOf(object, requires, { schema, isSound });
    if (representation) {
      const type = String(representation['__typename']);
      applyRewrites(representation, inputRewrites, schema);
      if (hasKey(representation, keys.get(serviceName))) {
        entities.push(object);
        representations.push(representation);
        keyFields.push(owned?.get(type));
        return;
      }
    }
    notAsked.add(object);
  });
  if (entities.length === 0) return;
  const isRetyped = inputRewrites.some(({ path: at }) => at.at(-1) === '__typename');

  const { data, errors } = await ask(fetch, run, { representations });
  const trails = errors.length > 0 ? trailsTo(run.data, path) : undefined;
  for (const error of errors) {
    const index = error.path?.[1];
    const entity = typeof index === 'number' ? entities[index] : undefined;
    if (entity) failed.add(entity);
    else for (const each of entities) failed.add(each);
    const trail = entity && trails?.get(entity);
    const below = error.path?.slice(2) ?? [];
    addError(run, fetch, error, trail ? [...trail, ...below] : error.path && path);
  }
  const found: unknown = data?.['_entities'];
  const isWhole = Array.isArray(found) && found.length === entities.length;
  let isBroken = data !== undefined && !isWhole;
  for (const [index, entity] of entities.entries()) {
    const more: unknown = isWhole ? found[index] : undefined;
    if (isObject(more)) {
      if (isRetyped) keepType(more, schema);
      applyRewrites(more, outputRewrites, schema);
      merge(entity, more);
      continue;
    }
    if (isWhole && more !== null) isBroken = true;
    (more === null ? notFound : failed).add(entity);
    const keys = keyFields[index];
    if (keys) absent.set(entity, keys);
  }
  if (isBroken && errors.length === 0) {
    const message = `"${fetch.serviceName}" did not return the requested entities.`;
    run.errors.push(new GraphQLError(message));
  }
}

/** A subgraph with an interface object answers the interface's name, which must not replace the type's. */
function keepType(object: ResponseObject, schema: GraphQLSchema) {
  const { __typename: name } = object;
  if (typeof name === 'string' && isInterfaceType(schema.getType(name)))
    delete object['__typename'];
}

interface FetchResult {
  /** Undefined: among the run's errors or `errors` is why. */
  readonly data: ResponseObject | undefined;
  readonly errors: readonly GraphQLFormattedError[];
}

async function ask(
  fetch: FetchNode,
  run: Run,
  references: ResponseObject = {},
): Promise<FetchResult> {
  const { serviceName, operation, operationName, variableUsages = [] } = fetch;
  const variables: ResponseObject = {};
  for (const name of variableUsages) {
    if (run.variables.has(name)) variables[name] = run.variables.get(name);
  }
  try {
    const source = run.sources.get(serviceName);
    if (!source) throw new Error(`There is no subgraph "${serviceName}".`);
    const { data, errors = [] } = await source.process({
      kind: GraphQLDataSourceRequestKind.INCOMING_OPERATION,
      request: {
        query: operation,
        variables: { ...variables, ...references },
        ...(operationName !== undefined && { operationName }),
      },
      incomingRequestContext: run.request,
      context: run.request.context,
    });
    if (isObject(data)) return { data, errors };
    if (errors.length === 0) throw new Error(`"${serviceName}" returned no data.`);
    return { data: undefined, errors };
  } catch (error) {
    run.errors.push(toGraphQLError(error));
    return { data: undefined, errors: [] };
  }
}

/** Where the client sees each of the objects at `path`, the first time if it is there several times. */
function trailsTo(data: ResponseObject, path: Path): ReadonlyMap<ResponseObject, Path> {
  const trails = new Map<ResponseObject, Path>();
  visitObjects(data, path, (object, trail) => {
    if (!trails.has(object)) trails.set(object, [...trail]);
  });
  return trails;
}

function addError(
  { errors, clientNameOf }: Run,
  { serviceName }: FetchNode,
  { message, extensions }: GraphQLFormattedError,
  path: Path | undefined,
) {
  // Which element of a list it is about is not known.
  const known = path?.slice(0, path.includes(EACH) ? path.indexOf(EACH) : path.length);
  errors.push(
    new GraphQLError(message, {
      path: known?.map((part) => (typeof part === 'string' ? clientNameOf(part) : part)),
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions, serviceName },
    }),
  );
}

/** Whatever was thrown; what it says is for the log, unless it is an error meant for the caller. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
