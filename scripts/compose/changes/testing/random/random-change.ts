import {
  buildASTSchema,
  parse,
  print,
  validateSchema,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { appliedEdits } from './applied-edits.ts';
import { baseSchema } from './base-schema.ts';
import { createChance, type Chance } from './chance.ts';
import { memberEdits, type Edit } from './edits.ts';
import { typeEdits } from './type-edits.ts';

export interface Version {
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
}

export interface RandomChange {
  readonly before: Version;
  readonly after: Version;
  /** The names of the edits between the two. */
  readonly edits: readonly string[];
}

const all = Object.entries<Edit>({ ...memberEdits, ...typeEdits, ...appliedEdits });

/** One or two random edits of a schema that is itself edited; the same for the same seed. */
export function randomChange(seed: number): RandomChange {
  const chance = createChance(seed);
  const base = { document: parse(baseSchema), schema: schemaOf(parse(baseSchema))! };
  const { version: before } = edited(base, chance, chance.below(4));
  const { version: after, names } = edited(before, chance, chance.below(3) === 0 ? 2 : 1);
  return { before, after, edits: names };
}

function edited(version: Version, chance: Chance, count: number) {
  let current = version;
  const names: string[] = [];
  while (names.length < count) {
    const [name, edit] = chance.pick(all)!;
    const document = edit(current.document, chance);
    const schema = document && schemaOf(document);
    if (!schema || print(document) === print(current.document)) continue;
    current = { document, schema };
    names.push(name);
  }
  return { version: current, names };
}

/** Null for an invalid schema. */
function schemaOf(document: DocumentNode): GraphQLSchema | null {
  try {
    const schema = buildASTSchema(document);
    return validateSchema(schema).length === 0 ? schema : null;
  } catch {
    return null;
  }
}
