import { definitionsOf, type Place } from '@federated-media/stack/composition/definitions';
import type { DocumentNode } from 'graphql';
import { parentOf } from './changes/coordinates.ts';
import { isReferenceOnly } from './reference-only.ts';

/** Where a thing of the graph is written, or, when it is gone, where it was. */
export type Locate = (coordinate: string) => readonly Place[];

/**
 * `before` are the files as clients know them, for what is gone: what it was a part of is the place then, in the
 * same file if it still is in several.
 */
export function locator(now: readonly DocumentNode[], before: readonly DocumentNode[]): Locate {
  const [current, old] = [placesByCoordinate(now), placesByCoordinate(before)];
  return (coordinate) => {
    const here = current.get(coordinate);
    if (here) return here;
    const there = old.get(coordinate) ?? [];
    const parent = parentOf(coordinate);
    const around = parent === null ? [] : (current.get(parent) ?? []);
    const inSameFile = around.filter(({ file }) => there.some((place) => place.file === file));
    return [inSameFile, around, there].find(({ length }) => length > 0) ?? [];
  };
}

/** Where an entity is owned comes before where it is only referred to. */
function placesByCoordinate(documents: readonly DocumentNode[]): Map<string, Place[]> {
  const definitions = documents.flatMap(definitionsOf);
  const places = new Map<string, Place[]>();
  for (const { coordinate, place } of [
    ...definitions.filter((definition) => !isReferenceOnly(definition)),
    ...definitions.filter(isReferenceOnly),
  ]) {
    if (place) places.set(coordinate, [...(places.get(coordinate) ?? []), place]);
  }
  return places;
}
