import type { BreakingChangeType, DangerousChangeType } from 'graphql';

type Code = keyof typeof BreakingChangeType | keyof typeof DangerousChangeType;

/**
 * graphql-js names the changed element only in a sentence. Members of unions and interfaces of types have no
 * coordinate in GraphQL; here they are written like fields.
 */
const sentences: Readonly<Record<Code, readonly [pattern: RegExp, coordinate: string]>> = {
  TYPE_REMOVED: [/^(?:Standard scalar )?(\w+) was removed.*$/, '$1'],
  TYPE_CHANGED_KIND: [/^(\w+) changed from .*$/, '$1'],
  TYPE_REMOVED_FROM_UNION: [/^(\w+) was removed from union type (\w+)\.$/, '$2.$1'],
  VALUE_REMOVED_FROM_ENUM: [/^(\w+) was removed from enum type (\w+)\.$/, '$2.$1'],
  REQUIRED_INPUT_FIELD_ADDED: [/^A required field (\w+) on input type (\w+) was .*$/, '$2.$1'],
  IMPLEMENTED_INTERFACE_REMOVED: [/^(\w+) no longer implements interface (\w+)\.$/, '$1.$2'],
  FIELD_REMOVED: [/^(\w+\.\w+) was removed\.$/, '$1'],
  FIELD_CHANGED_KIND: [/^(\w+\.\w+) changed type from .*$/, '$1'],
  REQUIRED_ARG_ADDED: [/^A required arg (\w+) on (\w+\.\w+) was added\.$/, '$2($1:)'],
  ARG_REMOVED: [/^(\w+\.\w+) arg (\w+) was removed\.$/, '$1($2:)'],
  ARG_CHANGED_KIND: [/^(\w+\.\w+) arg (\w+) has changed type from .*$/, '$1($2:)'],
  DIRECTIVE_REMOVED: [/^(\w+) was removed\.$/, '@$1'],
  DIRECTIVE_ARG_REMOVED: [/^(\w+) was removed from (\w+)\.$/, '@$2($1:)'],
  REQUIRED_DIRECTIVE_ARG_ADDED: [/^A required arg (\w+) on directive (\w+) was .*$/, '@$2($1:)'],
  DIRECTIVE_REPEATABLE_REMOVED: [/^Repeatable flag was removed from (\w+)\.$/, '@$1'],
  DIRECTIVE_LOCATION_REMOVED: [/^\w+ was removed from (\w+)\.$/, '@$1'],
  VALUE_ADDED_TO_ENUM: [/^(\w+) was added to enum type (\w+)\.$/, '$2.$1'],
  TYPE_ADDED_TO_UNION: [/^(\w+) was added to union type (\w+)\.$/, '$2.$1'],
  OPTIONAL_INPUT_FIELD_ADDED: [/^An optional field (\w+) on input type (\w+) was .*$/, '$2.$1'],
  OPTIONAL_ARG_ADDED: [/^An optional arg (\w+) on (\w+\.\w+) was added\.$/, '$2($1:)'],
  IMPLEMENTED_INTERFACE_ADDED: [/^(\w+) added to interfaces implemented by (\w+)\.$/, '$2.$1'],
  ARG_DEFAULT_VALUE_CHANGE: [
    /^(\w+\.\w+) arg (\w+) (?:defaultValue was removed|has changed defaultValue)[^]*$/,
    '$1($2:)',
  ],
};

/** The coordinate of a change that graphql-js found. Throws when its sentence has an unknown form. */
export function coordinateOf({ type, description }: { type: Code; description: string }): string {
  const [pattern, coordinate] = sentences[type];
  if (!pattern.test(description))
    throw new Error(`graphql-js reported a change in an unknown form: ${description}`);
  return description.replace(pattern, coordinate);
}

/** The parent: `Type` of `Type.field`. Null for a type or directive. */
export function parentOf(coordinate: string): string | null {
  const parent = coordinate.replace(/(?:\.\w+|\(\w+:\))$/, '');
  return parent === coordinate ? null : parent;
}
