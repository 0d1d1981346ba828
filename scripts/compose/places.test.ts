import { parse, Source } from 'graphql';
import { expect, test } from 'vitest';
import { locator } from './places.ts';

const document = (file: string, text: string) => parse(new Source(text, file));
const at = (file: string, line: number) => ({ file, line });

const before = [
  document('a.graphql', 'type Query { shelf(id: ID): Shelf }'),
  document('b.graphql', '\nextend type Query { room: Room }\ntype Room { id: ID }'),
  document('c.graphql', 'type Shelf @key(fields: "id", resolvable: false) { id: ID }'),
  document('d.graphql', 'type Shelf @key(fields: "id") { id: ID, width: Int }'),
];
const now = [
  document('a.graphql', '\ntype Query {\n  shelf: Shelf\n}'),
  document('b.graphql', '\n\nextend type Query { other: ID }'),
  document('c.graphql', 'type Shelf @key(fields: "id", resolvable: false) { id: ID }'),
  document('d.graphql', '\n"One."\ntype Shelf @key(fields: "id") { id: ID }'),
];
const locate = locator(now, before);

test('returns the locations of an element, that of its owner first', () => {
  expect(locate('Query.shelf')).toEqual([at('a.graphql', 3)]);
  expect(locate('Shelf')).toEqual([at('d.graphql', 3), at('c.graphql', 1)]);
});

test('returns the location of the parent for a removed element, in the same file', () => {
  expect(locate('Query.room')).toEqual([at('b.graphql', 3)]);
  expect(locate('Query.shelf(id:)')).toEqual([at('a.graphql', 3)]);
  expect(locate('Shelf.width')).toEqual([at('d.graphql', 3)]);
});

test('returns the previous location of a removed type', () => {
  expect(locate('Room')).toEqual([at('b.graphql', 3)]);
  expect(locate('Room.id')).toEqual([at('b.graphql', 3)]);
});

test('returns no location for an unknown element', () => {
  expect(locate('Nothing.at(all:)')).toEqual([]);
  expect(locator(now, [])('Query.room')).toEqual([at('a.graphql', 2), at('b.graphql', 3)]);
});
