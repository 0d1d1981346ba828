import { definitionsOf, type Place } from '@federated-media/stack/composition/definitions';
import type { DocumentNode } from 'graphql';
import { parentOf } from './changes/coordinates.ts';
import { isReferenceOnly } from './reference-only.ts';

/** The location of an element of the graph or, if it was removed, its previous location. */
export type Locate = (coordinate: string) => readonly Place[];

/**
 * `before` are the previous files, for removed elements: the location is then that of the parent, in the same file if
 * possible.
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

/** The owner of an entity comes before subgraphs that only refer to it. */
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
