import { expect, test } from 'vitest';
import { accessChanges } from './access.ts';
import { subgraphs, summaryOf } from './testing/changes.ts';

const changes = (before: Record<string, string>, after: Record<string, string>) =>
  accessChanges(subgraphs(before), subgraphs(after));
const found = (before: string, after: string) =>
  summaryOf(changes({ shop: before }, { shop: after })).join(', ');

const read = '@access(scope: "read")';
const write = '@access(scope: "write")';
const place = (guard = '') => `interface Place { id: ID ${guard} }`;
const room = (guard = '') => `type Room { id: ID ${guard} }`;
const roomOfPlace = (guard = '') => `type Room implements Place { id: ID ${guard} }`;

test.each([
  ['a scope where there was none', room(), room(read), 'breaking ACCESS_TIGHTENED Room.id'],
  ['another scope', room(read), room(write), 'breaking ACCESS_TIGHTENED Room.id'],
  ['no scope any more', room(read), room(), 'dangerous ACCESS_LOOSENED Room.id'],
  ['the same scope', room(read), room(read), ''],
  [
    'a scope from an extension',
    `extend ${room()}`,
    `extend ${room(read)}`,
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  [
    'an interface that guards it now',
    `${place()} ${roomOfPlace()}`,
    `${place(read)} ${roomOfPlace()}`,
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  [
    'an interface that no longer does',
    `${place(read)} ${roomOfPlace()}`,
    `${place()} ${roomOfPlace()}`,
    'dangerous ACCESS_LOOSENED Room.id',
  ],
  [
    'a second scope, from an interface',
    `${place()} ${roomOfPlace(read)}`,
    `${place(write)} ${roomOfPlace(read)}`,
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  [
    'an interface that it implements now',
    `${place(read)} ${room()}`,
    `${place(read)} ${roomOfPlace()}`,
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  [
    'an interface that an extension implements now',
    `${place(read)} ${room()}`,
    `${place(read)} ${room()} extend type Room implements Place`,
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  [
    'an interface that it no longer implements',
    `${place(read)} ${roomOfPlace()}`,
    `${place(read)} ${room()}`,
    'dangerous ACCESS_LOOSENED Room.id',
  ],
  [
    'the scope moved from the interface to the field',
    `${place(read)} ${roomOfPlace()}`,
    `${place()} ${roomOfPlace(read)}`,
    '',
  ],
  [
    'the scope moved from the field to the interface',
    `${place()} ${roomOfPlace(read)}`,
    `${place(read)} ${roomOfPlace()}`,
    '',
  ],
  [
    'the scope moved from the field to the type, where it guards nothing',
    room(read),
    `type Room ${read} { id: ID }`,
    'dangerous ACCESS_LOOSENED Room.id',
  ],
  [
    'the scope moved from the type to the field',
    `type Room ${read} { id: ID }`,
    room(read),
    'breaking ACCESS_TIGHTENED Room.id',
  ],
  ['an interface that nothing implements', place(), place(read), ''],
  ['a new field', 'type Room { no: ID }', `type Room { no: ID, id: ID ${read} }`, ''],
  ['a field that is gone', `type Room { no: ID, id: ID ${read} }`, 'type Room { no: ID }', ''],
  ['a new type', '', room(read), ''],
])('%s', (_what, before, after, expected) => {
  const query = 'type Query { anything: ID }';
  expect(found(query + before, query + after)).toBe(expected);
});

test('the scopes are named', () => {
  const [change] = changes(
    { shop: `${place()} ${roomOfPlace(read)}` },
    { shop: `${place(write)} ${roomOfPlace(read)}` },
  );
  expect(change?.message).toBe('In shop, callers needed the scope read and now need read, write.');
  const [first] = changes({ shop: room() }, { shop: room(read) });
  expect(first?.message).toBe('In shop, callers needed no scope and now need read.');
});

test.each([
  [
    'moves to one that guards it',
    { a: room() },
    { b: room(read) },
    ['breaking ACCESS_TIGHTENED Room.id'],
  ],
  [
    'moves to one that does not',
    { a: room(read) },
    { b: room() },
    ['dangerous ACCESS_LOOSENED Room.id'],
  ],
  ['moves with its guard', { a: room(read) }, { b: room(read) }, []],
  [
    'comes to a second one that guards it',
    { a: room() },
    { a: room(), b: room(read) },
    ['breaking ACCESS_TIGHTENED Room.id'],
  ],
  [
    'comes to a second one that does not',
    { a: room(read) },
    { a: room(read), b: room() },
    ['dangerous ACCESS_LOOSENED Room.id'],
  ],
  [
    'is left to the one that guards it',
    { a: room(), b: room(read) },
    { b: room(read) },
    ['breaking ACCESS_TIGHTENED Room.id'],
  ],
  [
    'is left to the one that does not',
    { a: room(read), b: room() },
    { b: room() },
    ['dangerous ACCESS_LOOSENED Room.id'],
  ],
  [
    'is guarded in one of two',
    { a: room(), b: room() },
    { a: room(), b: room(read) },
    ['breaking ACCESS_TIGHTENED Room.id'],
  ],
])('a field that %s', (_what, before, after, expected) => {
  const [old, current]: Record<string, string>[] = [before, after];
  expect([...new Set(summaryOf(changes(old!, current!)))]).toEqual(expected);
});
