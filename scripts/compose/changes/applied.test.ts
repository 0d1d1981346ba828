import { expect, test } from 'vitest';
import { appliedDirectiveChanges } from './applied.ts';
import { subgraphs, summaryOf } from './testing/changes.ts';

const changes = (before: Record<string, string>, after: Record<string, string>) =>
  appliedDirectiveChanges(subgraphs(before), subgraphs(after));
const found = (before: string, after: string) =>
  summaryOf(changes({ shop: before }, { shop: after })).join(', ');

const room = (directives = '') => `type Room ${directives} { id: ID }`;
const input = (directives = '') => `input RoomInput ${directives} { id: ID }`;

test.each([
  [room(), room('@cacheControl(maxAge: 60)'), 'dangerous APPLIED_DIRECTIVE_ADDED Room'],
  [
    room('@cacheControl(maxAge: 60)'),
    room('@cacheControl(maxAge: 30)'),
    'dangerous APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [room('@cacheControl(maxAge: 60)'), room(), 'dangerous APPLIED_DIRECTIVE_REMOVED Room'],
  [
    room('@tag(name: "a")'),
    room('@tag(name: "a") @tag(name: "b")'),
    'dangerous APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [room('@tag(name: "a") @tag(name: "b")'), room('@tag(name: "b") @tag(name: "a")'), ''],
  [room('@own(a: 1, b: { c: 1, d: 2 })'), room('@own(b: { d: 2, c: 1 }, a: 1)'), ''],
  [room(), room('@own'), 'dangerous APPLIED_DIRECTIVE_ADDED Room'],
  [room(), `${room()} extend type Room @own`, 'dangerous APPLIED_DIRECTIVE_ADDED Room'],
  [input(), input('@oneOf'), 'breaking APPLIED_DIRECTIVE_ADDED RoomInput'],
  [input('@oneOf'), input(), 'safe APPLIED_DIRECTIVE_REMOVED RoomInput'],
  [room(), room('@key(fields: "id")'), 'safe APPLIED_DIRECTIVE_ADDED Room'],
  [room('@key(fields: "id")'), room(), 'dangerous APPLIED_DIRECTIVE_REMOVED Room'],
  [
    room('@key(fields: "id")'),
    room('@key(fields: "id", resolvable: false)'),
    'dangerous APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [room('@key(fields: "id")'), room('@federation__key(fields: "id")'), ''],
  [
    room('@key(fields: "id")'),
    room('@key(fields: "id") @key(fields: "sku")'),
    'safe APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [
    room('@key(fields: "id") @key(fields: "sku")'),
    room('@key(fields: "id")'),
    'dangerous APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [
    room('@key(fields: "id", resolvable: false)'),
    room('@key(fields: "id")'),
    'safe APPLIED_DIRECTIVE_CHANGED Room',
  ],
  [room('@key(fields: "id", resolvable: false)'), room(), 'safe APPLIED_DIRECTIVE_REMOVED Room'],
  [room(), room('@shareable'), 'safe APPLIED_DIRECTIVE_ADDED Room'],
  [room(), room('@inaccessible'), 'safe APPLIED_DIRECTIVE_ADDED Room'],
  [
    'extend schema @link(url: "a")',
    'extend schema @link(url: "b")',
    'safe APPLIED_DIRECTIVE_CHANGED schema',
  ],
])('%s → %s: %s', (before, after, expected) => {
  const query = 'type Query { anything: ID } ';
  expect(found(query + before, query + after)).toBe(expected);
});

test.each([
  ['type A { x: ID }', 'type A { x: ID @own }', 'A.x'],
  ['type A { x(y: ID): ID }', 'type A { x(y: ID @own): ID }', 'A.x(y:)'],
  ['interface A { x: ID }', 'interface A @own { x: ID }', 'A'],
  ['union A = B', 'union A @own = B', 'A'],
  ['scalar A', 'scalar A @own', 'A'],
  ['enum A { B }', 'enum A @own { B }', 'A'],
  ['enum A { B }', 'enum A { B @own }', 'A.B'],
  ['input A { x: ID }', 'input A { x: ID @own }', 'A.x'],
  ['directive @d(x: ID) on FIELD', 'directive @d(x: ID @own) on FIELD', '@d(x:)'],
  ['schema { query: Query }', 'schema @own { query: Query }', 'schema'],
])('wherever it is applied: %s → %s', (before, after, coordinate) => {
  expect(found(before, after)).toBe(`dangerous APPLIED_DIRECTIVE_ADDED ${coordinate}`);
});

test('what the API or the scopes are compared for is not reported twice', () => {
  const guarded =
    'type A { x: ID @access(scope: "a") @deprecated(reason: "b") } scalar S @specifiedBy(url: "c")';
  expect(found('type A { x: ID } scalar S', guarded)).toBe('');
  expect(found('type A { x: ID }', 'type A @access(scope: "a") { x: ID }')).toBe('');
});

test('what is new or gone altogether has no other directives than before', () => {
  expect(found('type A { x: ID }', `type A { x: ID, y: ID @own } ${input('@oneOf')}`)).toBe('');
  expect(found(`type A { x: ID, y: ID @own } ${input('@oneOf')}`, 'type A { x: ID }')).toBe('');
});

test('what comes to another subgraph with the same directives is safe there', () => {
  const cached = room('@cacheControl(maxAge: 60)');
  expect(summaryOf(changes({ a: cached }, { a: cached, b: cached }))).toEqual([
    'safe APPLIED_DIRECTIVE_ADDED Room',
  ]);
  expect(
    summaryOf(changes({ a: cached }, { a: cached, b: room('@cacheControl(maxAge: 30)') })),
  ).toEqual(['dangerous APPLIED_DIRECTIVE_ADDED Room']);
  expect(
    summaryOf(changes({ a: input('@oneOf') }, { a: input('@oneOf'), b: input('@oneOf') })),
  ).toEqual(['safe APPLIED_DIRECTIVE_ADDED RoomInput']);
  expect(
    summaryOf(
      changes({ a: input('@oneOf'), b: input() }, { a: input('@oneOf'), b: input('@oneOf') }),
    ),
  ).toEqual(['breaking APPLIED_DIRECTIVE_ADDED RoomInput']);
});

test('a key that leaves with its subgraph is reported', () => {
  const entity = room('@key(fields: "id")');
  expect(summaryOf(changes({ a: entity, b: entity }, { a: entity }))).toEqual([
    'dangerous APPLIED_DIRECTIVE_REMOVED Room',
  ]);
});

test('the message names the subgraph and both versions', () => {
  const [change] = changes(
    { shop: room('@cacheControl(maxAge: 60)') },
    { shop: room('@cacheControl(maxAge: 30)') },
  );
  expect(change?.message).toBe(
    'In shop, it was @cacheControl(maxAge: 60) and is @cacheControl(maxAge: 30).',
  );
});
