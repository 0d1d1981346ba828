import { hash } from 'node:crypto';
import type { GraphQLDataSource } from '@apollo/gateway';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { createCachePolicy } from '../cache-policy.ts';
import type { GatewayContext } from '../context.ts';
import { isObject } from '../execution/response-objects.ts';
import type { EntityCache, EntityRef, Moment } from './entity-cache.ts';

type Process = GraphQLDataSource<GatewayContext>['process'];
/** Of an operation of a client. */
type Options = Extract<Parameters<Process>[0], { incomingRequestContext: unknown }>;
type Answer = Awaited<ReturnType<Process>>;
type Request = Options['request'];

/** Where an entity is cached. */
interface Place {
  readonly key: string;
  readonly ref: EntityRef;
}

/**
 * `process` of one subgraph with its entities of the type `typeName` cached: only the representations that are not in
 * the cache are sent. The response is the same as without the cache. The key contains everything that the subgraph
 * receives, except for the subject of the caller and ids for logs: a response that depends on the subject is not
 * `public`, and only public ones are kept.
 */
export function cacheEntities(
  process: Process,
  { cache, typeName }: { cache: EntityCache; typeName: string },
): Process {
  async function processEntities(options: Options, representations: readonly unknown[]) {
    const { request, context } = options;
    const since = cache.now();
    const sentAt = performance.now();
    const placeOf = placesFor(request, context.caller, typeName);
    const places = representations.map(placeOf);
    const kept = places.map((place) => place && cache.find(place.key, place.ref));
    const missing = kept.flatMap((entity, index) => (entity ? [] : [index]));
    const cacheable = places.filter((place) => place !== undefined).length;
    const hits = kept.length - missing.length;
    metrics.entityCache({ hits, misses: cacheable - hits });
    for (const entity of kept) {
      if (entity) context.cachePolicy.restrictTo(entity.remainingMs / 1000);
    }
    const entities: unknown[] = kept.map((it) => it?.entity);
    if (missing.length === 0) return { data: { _entities: entities } };

    const policy = createCachePolicy();
    const answer = await process({
      ...options,
      request: withRepresentations(
        request,
        missing.map((index) => representations[index]),
      ),
      context: { ...context, cachePolicy: policy },
    });
    context.cachePolicy.include(policy);
    const found = entitiesOf(answer);
    if (found?.length !== missing.length) return withoutEntities(answer, missing);

    for (const [at, index] of missing.entries()) entities[index] = found[at];
    if (answer.errors) return { ...withErrorsAt(answer, missing), data: { _entities: entities } };
    if (policy.isPublic()) {
      const expiresAt = sentAt + policy.maxAgeSeconds() * 1000;
      keepAll({ places, entities, missing, since, expiresAt });
    }
    return { data: { _entities: entities } };
  }

  function keepAll({
    places,
    entities,
    missing,
    since,
    expiresAt,
  }: {
    places: readonly (Place | undefined)[];
    entities: readonly unknown[];
    missing: readonly number[];
    since: Moment;
    expiresAt: number;
  }) {
    for (const index of missing) {
      const [place, entity] = [places[index], entities[index]];
      // A missing entity may be created at any time, which no feed reports.
      if (place && isObject(entity)) cache.keep(place.key, { ...place, entity, since, expiresAt });
    }
    metrics.cacheSize({ cache: 'entities', ...cache.size() });
  }

  return async (options) => {
    if (!isOperation(options, OperationTypeNode.QUERY)) return process(options);
    const { representations }: Record<string, unknown> = options.request.variables ?? {};
    return Array.isArray(representations)
      ? processEntities(options, representations)
      : process(options);
  };
}

/**
 * `process` of one subgraph that outdates all entities of the store after a mutation: callers see what they have
 * written, whichever subgraph reports the change later.
 */
export function endAfterMutations(
  process: Process,
  { endStore }: { endStore: (storeId: string) => void | Promise<void> },
): Process {
  return async (options) => {
    if (!isOperation(options, OperationTypeNode.MUTATION)) return process(options);
    try {
      return await process(options);
    } finally {
      await endStore(options.context.caller.storeId);
    }
  };
}

const isOperation = (
  options: Parameters<Process>[0],
  type: OperationTypeNode,
): options is Options =>
  'incomingRequestContext' in options &&
  options.incomingRequestContext.operation.operation === type;

/** Returns the function that finds the place of a representation; undefined if it is not cached. */
function placesFor(
  { query, operationName, variables = {} }: Request,
  caller: Caller,
  type: string,
) {
  const { representations: _entities, ...given }: Record<string, unknown> = variables;
  const { storeId, scopes } = caller;
  const asked = JSON.stringify([storeId, [...scopes].toSorted(), query, operationName, given]);
  // Several hundred characters, shared by all entities of a page.
  const prefix = hash('sha256', asked, 'base64url');
  return (representation: unknown): Place | undefined => {
    if (!isObject(representation) || representation['__typename'] !== type) return undefined;
    const { id } = representation;
    if (typeof id !== 'string') return undefined;
    return { key: `${prefix} ${JSON.stringify(representation)}`, ref: { storeId, id } };
  };
}

const withRepresentations = (request: Request, representations: readonly unknown[]): Request => ({
  ...request,
  variables: { ...request.variables, representations },
});

function entitiesOf({ data }: Answer): readonly unknown[] | undefined {
  const found: unknown = isObject(data) ? data['_entities'] : undefined;
  return Array.isArray(found) ? found : undefined;
}

/** An invalid response, which the executor reports: its entities belong to none of the representations. */
const withoutEntities = (answer: Answer, missing: readonly number[]): Answer => ({
  ...withErrorsAt(answer, missing),
  data: isObject(answer.data) ? { ...answer.data, _entities: null } : null,
});

/** `answer` with error paths that count all representations, not only the missing ones. */
function withErrorsAt(answer: Answer, missing: readonly number[]): Answer {
  if (!answer.errors) return answer;
  return { ...answer, errors: answer.errors.map((error) => errorAt(error, missing)) };
}

function errorAt(error: GraphQLFormattedError, missing: readonly number[]): GraphQLFormattedError {
  const [field, at, ...below] = error.path ?? [];
  const index = typeof at === 'number' ? missing[at] : undefined;
  if (field === undefined || index === undefined) return error;
  return { ...error, path: [field, index, ...below] };
}
