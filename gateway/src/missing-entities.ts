import type { GraphQLDataSource } from '@apollo/gateway';
import { type ConstDirectiveNode, GraphQLError, Kind, parse } from 'graphql';
import type { GatewayContext } from './context.ts';

type Process = GraphQLDataSource<GatewayContext>['process'];
type Answer = Awaited<ReturnType<Process>>;

/** No type has this name, so ApolloGateway answers null for what it was merged into. */
const NOT_THERE = { __typename: '(not there)' };

const UNANSWERED = new GraphQLError('A subgraph did not answer of all it was asked for.').toJSON();

/**
 * By subgraph, the types that it alone can resolve while others only refer to them
 * (`@key(…, resolvable: false)`): without its answer there is nothing of them to show.
 */
export function typesOwnedAlone(supergraphSdl: string): ReadonlyMap<string, ReadonlySet<string>> {
  const { definitions } = parse(supergraphSdl, { noLocation: true });
  const names = new Map<string, string>();
  for (const definition of definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION) continue;
    for (const { name, directives = [] } of definition.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      if (graph) names.set(name.value, textOf(graph, 'name') ?? '');
    }
  }

  const owned = new Map<string, Set<string>>();
  for (const definition of definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const joins = (definition.directives ?? []).filter(({ name }) => name.value === 'join__type');
    const resolving = joins.filter((join) => textOf(join, 'key') && !isReference(join));
    const [owner] = new Set(resolving.map((join) => textOf(join, 'graph')));
    if (owner === undefined || !joins.some(isReference)) continue;
    if (resolving.some((join) => textOf(join, 'graph') !== owner)) continue;
    const subgraph = names.get(owner) ?? '';
    owned.set(subgraph, (owned.get(subgraph) ?? new Set()).add(definition.name.value));
  }
  return owned;
}

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

function textOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

function isReference(directive: ConstDirectiveNode): boolean {
  const value = argumentOf(directive, 'resolvable');
  return value?.kind === Kind.BOOLEAN && !value.value;
}

/**
 * A reference to what its owner does not have, or can't be asked for, becomes null. ApolloGateway alone
 * would leave `{ id, url: null }`: an object of which nothing but the id was ever true.
 */
export function withNullForMissing(process: Process, ownedAlone: ReadonlySet<string>): Process {
  return async (options) => {
    const representations: unknown = options.request.variables?.['representations'];
    if (!Array.isArray(representations)) return process(options);
    const isOwned = representations.map((reference: unknown) =>
      ownedAlone.has(typenameOf(reference)),
    );
    if (!isOwned.some(Boolean)) return process(options);

    const answer = await answerOf(process, options);
    const entities: unknown = answer.data?.['_entities'];
    const isWhole = Array.isArray(entities) && entities.length === representations.length;
    const found: unknown[] = isWhole ? entities : representations.map(() => null);
    return {
      ...answer,
      ...(!isWhole && { errors: answer.errors ?? [UNANSWERED] }),
      data: {
        _entities: found.map((entity, index) => entity ?? (isOwned[index] ? NOT_THERE : null)),
      },
    };
  };
}

async function answerOf(process: Process, options: Parameters<Process>[0]): Promise<Answer> {
  try {
    return await process(options);
  } catch (error) {
    if (error instanceof GraphQLError) return { data: null, errors: [error.toJSON()] };
    throw error;
  }
}

function typenameOf(reference: unknown): string {
  if (typeof reference !== 'object' || reference === null) return '';
  return '__typename' in reference ? String(reference.__typename) : '';
}
