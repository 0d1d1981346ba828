import { UsageError } from '@federated-media/stack/command-line';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const ENTITY = /^([A-Z][a-z0-9]+)+$/;
const MAX_NAME = 30;
/** PostgreSQL shortens names to 63 bytes, and the name of an index contains the entity's name twice. */
const MAX_ENTITY = 20;
/** Existing folders and commands, and reserved words of SQL and JavaScript. */
const RESERVED = new Set(
  `cms gateway media test bench scripts packages prisma docs start dev check generate compose db format install
   class default delete export function import new return switch this typeof var void while with
   await break case catch const continue debugger do else enum extends false finally for if in let null super
   throw true try yield string int float boolean context error date database promise object map set caller
   user order group table select`.split(/\s+/),
);

/** The values of `__key__` in the templates. */
export type Names = Readonly<Record<string, string>>;

/**
 * Every spelling of the names of a consumer and its entity.
 * @throws UsageError for names that cannot be a folder, a type and a table
 */
export function namesOf(name: string, entity: string): Names {
  const words = entity.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  if (RESERVED.has(name)) throw new UsageError(`Invalid subgraph name "${name}": it is reserved.`);
  if (!NAME.test(name) || name.length > MAX_NAME) {
    throw new UsageError(
      `Invalid subgraph name "${name}". Use lower-case letters and hyphens as in "recipe-book", at most ${MAX_NAME}.`,
    );
  }
  if (RESERVED.has(words.join('_')))
    throw new UsageError(`Invalid type name "${entity}": it is reserved.`);
  if (!ENTITY.test(entity) || words.join('_').length > MAX_ENTITY) {
    throw new UsageError(
      `Invalid type name "${entity}". Use letters as in "RecipeBook", at most ${MAX_ENTITY}.`,
    );
  }
  const many = [...words.slice(0, -1), pluralOf(words.at(-1) ?? '')];
  if (many.join() === words.join()) {
    throw new UsageError(
      `Invalid type name "${entity}": its plural must differ from its singular.`,
    );
  }
  return {
    name,
    Name: pascalOf(name.split('-')),
    Entity: entity,
    entity: camelOf(words),
    words: words.join(' '),
    'entity-kebab': words.join('-'),
    entity_snake: words.join('_'),
    Entities: pascalOf(many),
    entities: camelOf(many),
    entities_snake: many.join('_'),
  };
}

/** `text` with every `__key__` replaced by its value. */
export const named = (text: string, names: Names): string =>
  Object.entries(names).reduce(
    (result, [key, value]) => result.replaceAll(`__${key}__`, () => value),
    text,
  );

const pascalOf = (words: readonly string[]) =>
  words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');

function camelOf(words: readonly string[]): string {
  const pascal = pascalOf(words);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** Sufficient for names of fields: `recipe`, `story`, `box`. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
}
