import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Executor } from '../apollo-types.ts';
import { type AnswerObject, isObject, merge, visitObjects } from './answers.ts';
import { representationOf } from './representations.ts';

type Path = readonly (string | number)[];

export interface Run {
  readonly request: Parameters<Executor>[0];
  readonly sources: ReadonlyMap<string, GraphQLDataSource>;
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Of conditions, with the operation's defaults. */
  isTrue(variable: string): boolean;
  /** All that was answered so far. */
  readonly data: AnswerObject;
  readonly errors: GraphQLError[];
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
    case 'Condition': {
      const branch = run.isTrue(node.condition) ? node.ifClause : node.elseClause;
      if (branch) await runPlan(branch, run, path);
      return;
    }
    case 'Fetch':
      try {
        await (node.requires ? fetchEntities(node, run, path) : fetchRoot(node, run, path));
      } catch (error) {
        run.errors.push(toGraphQLError(error));
      }
      return;
    case 'Defer':
      throw new Error('Nothing is deferred here.');
  }
}

async function fetchRoot(fetch: FetchNode, run: Run, path: Path) {
  const objects: AnswerObject[] = [];
  visitObjects(run.data, path, (object) => objects.push(object));
  if (objects.length === 0) return;
  const { data, errors = [] } = await ask(fetch, run);
  for (const error of errors) {
    run.errors.push(
      subgraphError(error, fetch.serviceName, error.path && [...path, ...error.path]),
    );
  }
  if (data) for (const object of objects) merge(object, data);
}

async function fetchEntities(fetch: FetchNode, run: Run, path: Path) {
  const entities: AnswerObject[] = [];
  const representations: AnswerObject[] = [];
  visitObjects(run.data, path, (object) => {
    const representation = representationOf(object, fetch.requires ?? []);
    if (!representation) return;
    entities.push(object);
    representations.push(representation);
  });
  if (entities.length === 0) return;

  const { data, errors = [] } = await ask(fetch, run, { representations });
  const trails = errors.length > 0 ? trailsTo(run.data, path) : undefined;
  for (const error of errors) {
    const index = error.path?.[1];
    const entity = typeof index === 'number' ? entities[index] : undefined;
    const at = (entity && trails?.get(entity)) ?? path;
    run.errors.push(
      subgraphError(error, fetch.serviceName, error.path && [...at, ...error.path.slice(2)]),
    );
  }
  if (!data) return;
  const found: unknown = data['_entities'];
  if (!Array.isArray(found) || found.length !== entities.length) {
    throw new Error(`"${fetch.serviceName}" was to answer of ${entities.length} entities.`);
  }
  for (const [index, entity] of entities.entries()) {
    const more: unknown = found[index];
    if (isObject(more)) merge(entity, more);
  }
}

async function ask(fetch: FetchNode, run: Run, references: AnswerObject = {}) {
  const source = run.sources.get(fetch.serviceName);
  if (!source) throw new Error(`There is no subgraph "${fetch.serviceName}".`);
  const variables: AnswerObject = {};
  for (const name of fetch.variableUsages ?? []) {
    if (Object.hasOwn(run.variables, name)) variables[name] = run.variables[name];
  }
  return source.process({
    kind: GraphQLDataSourceRequestKind.INCOMING_OPERATION,
    request: {
      query: fetch.operation,
      variables: { ...variables, ...references },
      ...(fetch.operationName !== undefined && { operationName: fetch.operationName }),
    },
    incomingRequestContext: run.request,
    context: run.request.context,
  });
}

/** Where the client sees each of the objects at `path`, the first time if it is there several times. */
function trailsTo(data: AnswerObject, path: Path): ReadonlyMap<AnswerObject, Path> {
  const trails = new Map<AnswerObject, Path>();
  visitObjects(data, path, (object, trail) => {
    if (!trails.has(object)) trails.set(object, [...trail]);
  });
  return trails;
}

const subgraphError = (
  { message, extensions }: GraphQLFormattedError,
  serviceName: string,
  path: Path | undefined,
): GraphQLError =>
  new GraphQLError(message, {
    path,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions, serviceName },
  });

/** Whatever was thrown; what it says is for the log, unless it is an error meant for the caller. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
