import {
  findBreakingChanges,
  findDangerousChanges,
  isScalarType,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';
import { definitionsByCoordinate, effects, type Change, type Definitions } from './change.ts';
import { coordinateOf } from './coordinates.ts';
import { effectOfDefault } from './defaults.ts';
import { newImplementations } from './implementations.ts';
import { weighRemoval } from './removal.ts';
import { rootChanges } from './roots.ts';
import { unnoticedChanges } from './unnoticed.ts';
import { weighTypeRemovals } from './unreachable.ts';

interface Versions {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  /** As `2026-11-24`. */
  readonly today: string;
}

/** All that differs, the worst first. */
export function changesBetween({ before, after, today }: Versions): Change[] {
  makeDefaultsPrintable(before);
  makeDefaultsPrintable(after);
  const [old, current] = [definitionsByCoordinate(before), definitionsByCoordinate(after)];
  const removals = findBreakingChanges(before, after)
    .map((found) => changeOf(found, 'breaking'))
    .filter((change) => !isBuiltIn(change, before))
    .map((change) => weighRemoval(change, { before: old, today }));
  const breaking = weighTypeRemovals(removals, before);
  const dangerous = findDangerousChanges(before, after)
    .map((found) => changeOf(found, 'dangerous'))
    .map((change) => weighDefault(change, old, current));

  const noticed = [
    ...breaking,
    ...dangerous,
    ...newImplementations(before, after),
    ...rootChanges(before, after),
  ];
  const others = unnoticedChanges({ before: old, after: current, today }).filter(
    (change) => change.code.startsWith('DEPRECATION_') || !isCovered(change, noticed),
  );
  const all = [...noticed, ...others];
  return effects.flatMap((effect) => all.filter((change) => change.effect === effect));
}

/** graphql-js can't print a list or an object that is the default of something of a custom scalar: it throws. */
function makeDefaultsPrintable(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    type.serialize = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
  }
}

type Found = Parameters<typeof coordinateOf>[0];

function changeOf(found: Found, effect: Change['effect']): Change {
  const coordinate = coordinateOf(found);
  return { effect, code: found.type, coordinate, message: found.description };
}

/** A scalar of GraphQL's own that no field is of any more was not taken from anybody. */
function isBuiltIn({ code, coordinate }: Change, before: GraphQLSchema): boolean {
  const type = code === 'TYPE_REMOVED' ? before.getType(coordinate) : undefined;
  return type !== undefined && isSpecifiedScalarType(type);
}

/** graphql-js finds every other default dangerous. */
function weighDefault(change: Change, before: Definitions, after: Definitions): Change {
  const [old, node] = [before.get(change.coordinate), after.get(change.coordinate)];
  if (change.code !== 'ARG_DEFAULT_VALUE_CHANGE' || !old || !node) return change;
  return { ...change, effect: effectOfDefault(old, node) };
}

/** Whether it was noticed already that this changed, and found to be no better. */
const isCovered = (change: Change, noticed: readonly Change[]) =>
  noticed.some(
    ({ coordinate, effect }) =>
      coordinate === change.coordinate && effects.indexOf(effect) <= effects.indexOf(change.effect),
  );
