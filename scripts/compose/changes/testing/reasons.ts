import { CriticalityLevel } from '@graphql-inspector/core';
import type { Change } from '../change.ts';
import type { Compared, InspectorChange, Level } from './inspector.ts';

/** Why this check reports another severity than GraphQL Inspector. See docs/composition-checks.md. */
export interface Reason {
  /** The name in the documentation. */
  readonly name: string;
  readonly example: readonly [before: string, after: string];
  readonly ours: Level;
  readonly theirs: Level;
  /** Whether the reason is about this change of ours. */
  isOurs(change: Change): boolean;
  /**
   * Whether the reason is about this change of theirs, of the same element unless `isAnywhere`. Absent: they report
   * nothing.
   */
  isTheirs?(change: InspectorChange): boolean;
  /** They report it for another element: a type, an interface, a directive. */
  readonly isAnywhere?: true;
}

const due = '@deprecated(reason: "Gone from 2026-01-01 on.")';
const later = '@deprecated(reason: "Gone from 2027-06-01 on.")';
const sooner = '@deprecated(reason: "Gone from 2027-03-01 on.")';

const isUsageOf = (directive: string) => (change: InspectorChange) =>
  change.type.startsWith('DIRECTIVE_USAGE_') &&
  JSON.stringify(change.meta).includes(`"${directive}"`);

export const reasons: readonly Reason[] = [
  {
    name: 'A lost default of something that is not null',
    example: ['input I { a: Int! = 1 }', 'input I { a: Int! }'],
    ours: 'breaking',
    theirs: 'dangerous',
    isOurs: ({ effect, code }) => effect === 'breaking' && code.endsWith('DEFAULT_VALUE_CHANGE'),
    isTheirs: ({ type }) => /_DEFAULT(?:_VALUE)?_CHANGED$/.test(type),
  },
  {
    name: 'A directive that can no longer be repeated',
    example: ['directive @d repeatable on FIELD', 'directive @d on FIELD'],
    ours: 'breaking',
    theirs: 'dangerous',
    isOurs: ({ code }) => code === 'DIRECTIVE_REPEATABLE_REMOVED',
    isTheirs: ({ type }) => type === 'DIRECTIVE_REPEATABLE_REMOVED',
  },
  {
    name: 'A required argument of a directive that has a default',
    example: ['directive @d on FIELD', 'directive @d(a: Int! = 1) on FIELD'],
    ours: 'safe',
    theirs: 'breaking',
    isOurs: ({ code, coordinate }) => code === 'ADDED' && /^@.*\)$/.test(coordinate),
    isTheirs: ({ type }) => type === 'DIRECTIVE_ARGUMENT_ADDED',
    isAnywhere: true,
  },
  {
    name: 'A directive applied to an argument of a directive',
    example: [
      'directive @d(a: Int) on FIELD | ARGUMENT_DEFINITION',
      'directive @d(a: Int @d) on FIELD | ARGUMENT_DEFINITION',
    ],
    ours: 'dangerous',
    theirs: 'none',
    isOurs: ({ code, coordinate }) =>
      /^(?:DEPRECATION|APPLIED)_/.test(code) && coordinate.startsWith('@'),
  },
  {
    name: 'A new optional input field',
    example: ['input I { a: Int }', 'input I { a: Int, b: Int }'],
    ours: 'dangerous',
    theirs: 'safe',
    isOurs: ({ code }) => code === 'OPTIONAL_INPUT_FIELD_ADDED',
    isTheirs: ({ type }) => type === 'INPUT_FIELD_ADDED',
  },
  {
    name: 'A new type of a known interface',
    example: ['interface I { a: ID }', 'interface I { a: ID } type A implements I { a: ID }'],
    ours: 'dangerous',
    theirs: 'safe',
    isOurs: ({ code }) => code === 'IMPLEMENTED_INTERFACE_ADDED',
    isTheirs: ({ type, criticality }) =>
      type === 'OBJECT_TYPE_INTERFACE_ADDED' && criticality.level === CriticalityLevel.NonBreaking,
    isAnywhere: true,
  },
  {
    name: 'Another reason of a deprecation',
    example: [`type A { a: ID ${sooner} }`, `type A { a: ID ${later} }`],
    ours: 'safe',
    theirs: 'dangerous',
    isOurs: ({ code }) => code === 'DEPRECATION_CHANGE',
    isTheirs: isUsageOf('deprecated'),
  },
  {
    name: 'A promised date that is earlier, or due at once',
    example: [`type A { a: ID ${later} }`, `type A { a: ID ${sooner} }`],
    ours: 'breaking',
    theirs: 'dangerous',
    isOurs: ({ code }) => /^DEPRECATION_(?:DATE_EARLIER|WITHOUT_NOTICE)$/.test(code),
    isTheirs: (change) => isUsageOf('deprecated')(change) || change.type.includes('DEPRECATION'),
  },
  {
    name: 'A removal that was announced and is due',
    example: [`type A { a: ID, b: B ${due} } type B { a: ID }`, 'type A { a: ID }'],
    ours: 'dangerous',
    theirs: 'breaking',
    isOurs: ({ effect, code }) =>
      effect === 'dangerous' && /^(?:TYPE|FIELD|ARG|DIRECTIVE_ARG|VALUE)_REMOVED/.test(code),
    isTheirs: ({ type }) => /(?:TYPE|FIELD|ARGUMENT|VALUE)_REMOVED$/.test(type),
  },
  {
    name: 'A scope',
    example: [
      'directive @access(scope: String!) on FIELD_DEFINITION type A { a: ID }',
      'directive @access(scope: String!) on FIELD_DEFINITION type A { a: ID @access(scope: "a") }',
    ],
    ours: 'breaking',
    theirs: 'dangerous',
    isOurs: ({ code }) => code.startsWith('ACCESS_'),
    isTheirs: isUsageOf('access'),
    isAnywhere: true,
  },
  {
    name: 'A scope of an interface that a known type implements now',
    example: [
      'directive @access(scope: String!) on FIELD_DEFINITION interface I { a: ID @access(scope: "a") } type A { a: ID }',
      'directive @access(scope: String!) on FIELD_DEFINITION interface I { a: ID @access(scope: "a") } type A implements I { a: ID }',
    ],
    ours: 'breaking',
    theirs: 'dangerous',
    isOurs: ({ code }) => code.startsWith('ACCESS_'),
  },
];

export interface Explained extends Compared {
  readonly names: readonly string[];
}

/** The reasons that apply, and the changes that they do not explain. Each reason gets what those before it leave. */
export function explained(found: Compared): Explained {
  return reasons.reduce<Explained>(
    (left, reason) => {
      const paths = left.ours
        .filter((change) => reason.isOurs(change))
        .map(({ coordinate }) => pathOf(coordinate));
      const isTheirs = (change: InspectorChange) =>
        reason.isTheirs?.(change) === true &&
        (reason.isAnywhere === true || paths.some((path) => isAt(path, change)));
      if (paths.length === 0 || (reason.isTheirs && !left.theirs.some(isTheirs))) return left;
      return {
        names: [...left.names, reason.name],
        ours: left.ours.filter((change) => !reason.isOurs(change)),
        theirs: left.theirs.filter((change) => !isTheirs(change)),
      };
    },
    { ...found, names: [] },
  );
}

/** As GraphQL Inspector writes coordinates. */
const pathOf = (coordinate: string) => coordinate.replace(/\((\w+):\)$/, '.$1');

const isAt = (path: string, change: InspectorChange) =>
  change.path === path || change.path?.startsWith(`${path}.`) === true;
