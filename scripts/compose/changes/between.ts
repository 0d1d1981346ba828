import {
  findBreakingChanges,
  findDangerousChanges,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';
import { definitionsByCoordinate, type Change } from './change.ts';
import { coordinateOf } from './coordinates.ts';
import { weighRemoval } from './removal.ts';
import { unnoticedChanges } from './unnoticed.ts';

interface Versions {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  /** As `2026-11-24`. */
  readonly today: string;
}

/** All that differs, the worst first. */
export function changesBetween({ before, after, today }: Versions): Change[] {
  const [old, current] = [definitionsByCoordinate(before), definitionsByCoordinate(after)];
  const breaking = findBreakingChanges(before, after)
    .map((found) => changeOf(found, 'breaking'))
    .filter((change) => !isBuiltIn(change, before))
    .map((change) => weighRemoval(change, { before: old, today }));
  const dangerous = findDangerousChanges(before, after).map((found) =>
    changeOf(found, 'dangerous'),
  );

  const noticed = [...breaking, ...dangerous];
  const coordinates = new Set(noticed.map(({ coordinate }) => coordinate));
  const others = unnoticedChanges(old, current).filter(
    ({ coordinate, code }) => !coordinates.has(coordinate) || code === 'DEPRECATION_CHANGE',
  );
  const all = [...noticed, ...others];
  return (['breaking', 'dangerous', 'safe'] as const).flatMap((effect) =>
    all.filter((change) => change.effect === effect),
  );
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
