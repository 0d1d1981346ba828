import { expect, test } from 'vitest';
import { changes, found } from './testing/changes.ts';

const due = '@deprecated(reason: "Gone from 2026-01-01 on.")';
const early = '@deprecated(reason: "Gone from 2027-01-01 on.")';
const kept = 'type Shelf { id: ID }';
const removed = (schema: string, after = kept) =>
  found(schema, after).filter((change) => change.includes('TYPE_REMOVED'));

test('a type that only a due field returned can be removed with it', () => {
  const [type, field] = changes(
    `type Shelf { id: ID, room: Room ${due} } type Room { id: ID }`,
    kept,
  );
  expect(field).toMatchObject({ effect: 'dangerous', coordinate: 'Shelf.room' });
  expect(type).toMatchObject({
    effect: 'dangerous',
    code: 'TYPE_REMOVED',
    coordinate: 'Room',
    message:
      'Room was removed. It was only reachable through removed elements that were due: Shelf.room.',
  });
});

test.each([
  ['a field that is not deprecated', `type Shelf { id: ID, room: Room ${due}, main: [Room!] }`],
  ['a field that is not due yet', `type Shelf { id: ID, room: Room ${early} }`],
  ['no field at all', 'type Shelf { id: ID }'],
])('the removal of a type that %s returned is breaking', (_what, shelf) => {
  expect(removed(`${shelf} type Room { id: ID }`)).toEqual(['breaking TYPE_REMOVED Room']);
});

test('the removal of a type that a field returned is breaking when the field has another type now', () => {
  const before = `type Shelf { id: ID, room: Room ${due}, main: Room } type Room { id: ID }`;
  expect(removed(before, 'type Shelf { id: ID, main: ID }')).toEqual([
    'breaking TYPE_REMOVED Room',
  ]);
});

test('groups of types can be removed, with their references, interfaces and cycles', () => {
  const before = `
    type Shelf { id: ID, place: Place ${due} }
    interface Place { id: ID }
    type Room implements Place { id: ID, floor(of: Side): Floor }
    type Hall implements Place { id: ID, rooms: [Room!]! }
    type Floor { kind: Kind, rooms: [Room] }
    enum Kind { HIGH LOW }
    enum Side { LEFT RIGHT }
  `;
  expect(removed(before).map((change) => change.split(' ')[0])).toEqual(
    Array.from({ length: 6 }, () => 'dangerous'),
  );
});

test('one field that is not due makes all removals behind it breaking', () => {
  const before = `
    type Shelf { id: ID, room: Room ${due}, floor: Floor }
    type Room { id: ID, floor: Floor }
    type Floor { kind: Kind }
    enum Kind { HIGH LOW }
  `;
  expect(removed(before)).toEqual([
    'breaking TYPE_REMOVED Floor',
    'breaking TYPE_REMOVED Kind',
    'dangerous TYPE_REMOVED Room',
  ]);
});

test.each([
  [`type Shelf { id: ID, books(of: BookFilter ${due}): ID }`, 'type Shelf { id: ID, books: ID }'],
  [`type Shelf { id: ID, books(of: [BookFilter!]!): ID ${due} }`, kept],
  [
    `type Shelf { id(of: ShelfFilter): ID } input ShelfFilter { a: ID, of: BookFilter ${due} }`,
    'type Shelf { id(of: ShelfFilter): ID } input ShelfFilter { a: ID }',
  ],
])('an input type and its enums can be removed with due elements: %s', (before, after) => {
  const filter = 'input BookFilter { kind: Kind } enum Kind { HIGH LOW }';
  expect(removed(`${before} ${filter}`, after)).toEqual([
    'dangerous TYPE_REMOVED BookFilter',
    'dangerous TYPE_REMOVED Kind',
  ]);
});

test('the removal of an input type of a directive is breaking', () => {
  const before = `type Shelf { id: ID, books(of: Kind ${due}): ID } enum Kind { HIGH LOW }`;
  expect(
    removed(
      `${before} directive @d(of: Kind) on FIELD`,
      'type Shelf { id: ID, books: ID } directive @d on FIELD',
    ),
  ).toEqual(['breaking TYPE_REMOVED Kind']);
});

test('a union can be removed with its field; the removal of a member of a remaining union is breaking', () => {
  const room = 'type Room { id: ID }';
  expect(
    removed(
      `type Shelf { id: ID, place: Place ${due} } ${room} union Place = Room`,
      `${kept} ${room}`,
    ),
  ).toEqual(['dangerous TYPE_REMOVED Place']);
  expect(
    found(
      `type Shelf { id: ID, room: Room ${due}, place: Place } ${room} union Place = Room | Shelf`,
      'type Shelf { id: ID, place: Place } union Place = Shelf',
    ),
  ).toEqual([
    'breaking TYPE_REMOVED Room',
    'breaking TYPE_REMOVED_FROM_UNION Place.Room',
    'dangerous FIELD_REMOVED Shelf.room',
  ]);
});

test('the removal of an interface of a remaining type is breaking, because fragments on it were valid', () => {
  const before = `type Shelf implements Place { id: ID, place: Place ${due} } interface Place { id: ID }`;
  expect(found(before, kept)).toEqual([
    'breaking TYPE_REMOVED Place',
    'breaking IMPLEMENTED_INTERFACE_REMOVED Shelf.Place',
    'dangerous FIELD_REMOVED Shelf.place',
  ]);
});

test('the removal of a root type is always breaking', () => {
  const before = `type Shelf { id: ID, all: Mutation ${due} } type Mutation { id: ID }`;
  expect(removed(before)).toEqual(['breaking TYPE_REMOVED Mutation']);
});
