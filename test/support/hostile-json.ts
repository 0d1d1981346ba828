import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql';
import { seededRandom } from '@federated-media/stack/testing/seeded-random';

/** The gateway's MAX_BODY_BYTES. */
const MAX_BODY_BYTES = 1_000_000;
const MIN_BYTES = 1_000;

/** As many results of `make`, separated by commas, as fit into `bytes`. */
function fill(bytes: number, make: (index: number) => string): string {
  const parts: string[] = [];
  for (let length = 0, index = 0; ; index += 1) {
    const part = make(index);
    length += part.length + 1;
    if (length > bytes) return parts.join();
    parts.push(part);
  }
}

const nested = (bytes: number, open: string, inner: string, close: string) => {
  const depth = Math.floor(bytes / (open.length + close.length));
  return open.repeat(depth) + inner + close.repeat(depth);
};

/** Hostile JSON of up to `bytes` bytes each. */
export const HOSTILE: Readonly<Record<string, (bytes: number) => string>> = {
  'unknown keys': (bytes) => `{${fill(bytes, (index) => `"unknown${index}":1`)}}`,
  'unknown keys and a long text': (bytes) =>
    `{${fill(bytes / 10, (index) => `"u${index}":{}`)},"name":"${'x'.repeat(bytes * 0.85)}"}`,
  'one key again and again': (bytes) => `{${fill(bytes, () => '"a":1')}}`,
  'prototype keys': (bytes) => `{${fill(bytes, () => '"__proto__":{"a":1},"constructor":{}')}}`,
  'numbers as keys': (bytes) => `{${fill(bytes, (index) => `"${index * 65_536}":0`)}}`,
  'long keys': (bytes) => `{${fill(bytes, (index) => `"${index}${'k'.repeat(bytes / 8)}":1`)}}`,
  'one key': (bytes) => `{"${'k'.repeat(bytes)}":1}`,
  'wrong enum values': (bytes) => `[${fill(bytes, () => '"SOUND"')}]`,
  'distinct objects': (bytes) => `[${fill(bytes, (index) => `{"a${index}":1}`)}]`,
  'empty lists': (bytes) => `[${fill(bytes, () => '[]')}]`,
  'empty objects': (bytes) => `[${fill(bytes, () => '{}')}]`,
  nulls: (bytes) => `[${fill(bytes, () => 'null')}]`,
  'a tower of lists': (bytes) => nested(bytes, '[', '', ']'),
  'a tower of objects': (bytes) => nested(bytes, '{"a":', '1', '}'),
  'a list that is never closed': (bytes) => '['.repeat(bytes),
  'a long text': (bytes) => `"${'x y'.repeat(bytes / 3)}"`,
  'a text of dashes': (bytes) => `"en${'-a'.repeat(bytes / 2)}"`,
  'a text of dots': (bytes) => `"http://a${'.a'.repeat(bytes / 2)}/"`,
  'a text of escapes': (bytes) => `"${'\\ud83d\\ude00'.repeat(bytes / 12)}"`,
  'a text of half pairs': (bytes) => `"${'\\ud83d'.repeat(bytes / 6)}"`,
  'a text of spaces': (bytes) => `"${' '.repeat(bytes)}"`,
  'a text of digits': (bytes) => `"${'9'.repeat(bytes)}"`,
  'many digits': (bytes) => '9'.repeat(bytes),
  'many digits behind the point': (bytes) => `1.${'9'.repeat(bytes)}`,
  'a number beyond all': () => '1e99999',
  'negative zero': () => '-0',
  ids: (bytes) => `[${fill(bytes, () => '"01a205d3-6b0a-7c39-9ad2-0c2f63f4a7c1"')}]`,
  'long texts': (bytes) => `[${fill(bytes, () => `"${'x'.repeat(bytes / 12)}"`)}]`,
};

export interface HostileBody {
  readonly title: string;
  readonly text: string;
}

/** Calls a field of the schema with variables of its argument types, some of them replaced by hostile JSON. */
export function hostileBody(schema: GraphQLSchema, seed: number): HostileBody {
  const chance = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)]!;
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {})
      .filter(({ args }) => args.length > 0)
      .map((field) => ({
        field,
        operation: type === schema.getQueryType() ? 'query' : 'mutation',
      })),
  );
  const { field, operation } = pick(fields);
  const used = new Set<string>();
  // Uniform by magnitude, because small bodies pass the size limits.
  let left = MIN_BYTES * (MAX_BODY_BYTES / 1.2 / MIN_BYTES) ** chance();

  const hostile = () => {
    const title = pick(Object.keys(HOSTILE));
    const bytes = Math.floor(left * (chance() < 0.5 ? 0.95 : chance()));
    left -= bytes;
    used.add(title);
    return HOSTILE[title]!(bytes);
  };

  const textOf = (type: GraphQLInputType, likelihood: number): string => {
    if (chance() < likelihood) return hostile();
    const plain = getNullableType(type);
    if (isListType(plain)) {
      const count = 1 + Math.floor(chance() * 3);
      return `[${Array.from({ length: count }, () => textOf(plain.ofType, likelihood)).join()}]`;
    }
    if (isInputObjectType(plain)) {
      const given = Object.values(plain.getFields()).filter(() => chance() < 0.8);
      const entries = given.map(
        ({ name, type: inner }) => `"${name}":${textOf(inner, likelihood)}`,
      );
      return `{${entries.join()}}`;
    }
    return leafOf(plain.toString(), isEnumType(plain) ? plain.getValues()[0]!.name : undefined);
  };

  const variables = field.args.map(
    ({ name, type }, index) =>
      `"${name}":${textOf(type, index === field.args.length - 1 && used.size === 0 ? 0.6 : 0.2)}`,
  );
  return {
    title: `${field.name} with ${[...used].join(', ') || 'nothing hostile'}`,
    text: `{"query":${JSON.stringify(documentOf(operation, field))},"variables":{${variables.join()}}}`,
  };
}

/** A document that passes variables to all arguments of `field`. */
function documentOf(operation: string, field: GraphQLField<unknown, unknown>): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type.toString()}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const type = getNamedType(field.type);
  const isPayload = isObjectType(type) && 'userErrors' in type.getFields();
  const selected = isPayload ? 'userErrors { code message field }' : '__typename';
  const selection = isCompositeType(type) ? ` { ${selected} }` : '';
  return `${operation} (${declared}) { ${field.name}(${passed})${selection} }`;
}

function leafOf(typeName: string, enumValue: string | undefined): string {
  if (enumValue !== undefined) return JSON.stringify(enumValue);
  switch (typeName) {
    case 'Int':
    case 'SafeInt':
      return '1';
    case 'Float':
      return '0.5';
    case 'Boolean':
      return 'true';
    case 'ID':
      return '"01a205d3-6b0a-7c39-9ad2-0c2f63f4a7c1"';
    case 'DateTime':
      return '"2026-01-01T00:00:00Z"';
    case 'URL':
      // Imports reject it without a connection.
      return '"http://127.0.0.1/a.jpg"';
    case 'Locale':
      return '"en-GB"';
    default:
      return '"text"';
  }
}
