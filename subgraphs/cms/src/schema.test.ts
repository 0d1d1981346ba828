import { readTypeDefs } from '@federated-media/subgraph-kit/schema';
import { Kind, print, visit } from 'graphql';
import { expect, test } from 'vitest';

const schema = readTypeDefs(new URL('.', import.meta.url));

const DESCRIBED = [
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.DIRECTIVE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
] as const;

test('everything in the schema has a description', () => {
  const silent: string[] = [];
  visit(schema, {
    enter(node) {
      if (!DESCRIBED.some((kind) => kind === node.kind)) return;
      if ('description' in node && node.description.value.trim() !== '') return;
      silent.push(print(node));
    },
  });
  expect(silent).toEqual([]);
});

test('every field of Query and Mutation names the scope it needs', () => {
  const open: string[] = [];
  visit(schema, {
    ObjectTypeExtension({ name, fields = [] }) {
      if (name.value !== 'Query' && name.value !== 'Mutation') return;
      for (const field of fields) {
        if (field.directives?.some((directive) => directive.name.value === 'access')) continue;
        open.push(`${name.value}.${field.name.value}`);
      }
    },
  });
  expect(open).toEqual([]);
});
