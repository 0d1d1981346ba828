import { buildSchema, GraphQLError, isObjectType, parse, type GraphQLField } from 'graphql';
import { expect, test } from 'vitest';
import { guardFields } from '../../../packages/subgraph-kit/src/access.ts';
import { scopesByField } from './scopes.ts';

const sdl = `
  directive @access(scope: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE
  interface Node { id: ID, secret: ID @access(scope: "node") }
  interface Place implements Node @access(scope: "nothing") {
    id: ID
    secret: ID @access(scope: "place")
    floor(of: ID): ID @access(scope: "place")
  }
  extend interface Place { wing: ID @access(scope: "wing") }
  type Room implements Place & Node { id: ID, secret: ID, floor(of: ID): ID @access(scope: "room"), wing: ID }
  type Hall implements Node @access(scope: "nothing") { id: ID, secret: ID @access(scope: "node") }
  extend type Hall { more: ID @access(scope: "more") @access(scope: "nothing") }
  type Query { room: Room, hall: Hall @access(scope: "hall") }
`;

test('the scopes that the check compares are those that subgraphs enforce', () => {
  const enforced = new Map<string, ReadonlySet<string>>();
  const schema = buildSchema(sdl);
  guardFields(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      enforced.set(`${type.name}.${field.name}`, scopesAskedOf(field));
    }
  }
  expect(scopesByField(parse(sdl))).toEqual(enforced);
});

/** The error contains one missing scope at a time. */
function scopesAskedOf({ resolve }: GraphQLField<unknown, unknown>): Set<string> {
  const scopes = new Set<string>();
  for (;;) {
    try {
      resolve?.({}, {}, { caller: { scopes } }, { fieldName: 'any' } as never);
      return scopes;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const [, scope] = /`?([a-z]+)`?\W*$/.exec(error.message) ?? [];
      if (scope === undefined || scopes.has(scope)) throw error;
      scopes.add(scope);
    }
  }
}
