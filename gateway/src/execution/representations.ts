import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { type ResponseObject, isObject, merge, valueOf } from './response-objects.ts';

interface Picking {
  /** The whole graph: subgraphs know types that clients can't see. */
  readonly schema: GraphQLSchema;
  /**
   * Whether nothing went wrong with the entity so far. Then a field that is not there is one that only objects
   * of another type need.
   */
  readonly isSound: boolean;
}

/**
 * What a subgraph needs to know of `entity` to find it: its type and the fields of a key, and those the
 * subgraph asks for besides (`@requires`). Null when the entity is of no type that the subgraph is asked about,
 * or something needed could not be fetched.
 */
export function representationOf(
  entity: ResponseObject,
  required: readonly QueryPlanSelectionNode[],
  picking: Picking,
): ResponseObject | null {
  const representation = pick(entity, required, picking);
  return representation?.['__typename'] ? representation : null;
}

function pick(
  source: ResponseObject,
  selections: readonly QueryPlanSelectionNode[],
  picking: Picking,
): ResponseObject | null {
  const picked: ResponseObject = {};
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name;
      const value = valueOf(source, name);
      if (value === undefined && !picking.isSound) return null;
      if (value === undefined) continue;
      picked[name] = selection.selections ? pickFrom(value, selection.selections, picking) : value;
    } else if (isOfType(source, selection.typeCondition, picking.schema)) {
      const more = pick(source, selection.selections, picking);
      if (more) merge(picked, more);
    }
  }
  return picked;
}

function pickFrom(
  value: unknown,
  selections: readonly QueryPlanSelectionNode[],
  picking: Picking,
): unknown {
  if (Array.isArray(value))
    return value.map((element: unknown) => pickFrom(element, selections, picking));
  return isObject(value) ? pick(value, selections, picking) : value;
}

/**
 * Whether a representation has all of a key by which the subgraph can find its entity.
 * @param keys The subgraph's, by type
 */
export function hasKey(
  representation: ResponseObject,
  keys: ReadonlyMap<string, readonly ReadonlySet<string>[]> | undefined,
): boolean {
  const ofType = keys?.get(String(representation['__typename'])) ?? [];
  return ofType.some((key) => key.values().every((name) => representation[name] !== undefined));
}

/** Whether `object` says that it is of `typeName`, or of a type that implements it or belongs to it. */
export function isOfType(
  object: ResponseObject,
  typeName: string | undefined,
  schema: GraphQLSchema,
): boolean {
  const own = object['__typename'];
  if (typeof own !== 'string' || typeName === undefined) return false;
  if (own === typeName) return true;
  const condition = schema.getType(typeName);
  const type = schema.getType(own);
  return (
    isAbstractType(condition) &&
    (isObjectType(type) || isInterfaceType(type)) &&
    schema.isSubType(condition, type)
  );
}
