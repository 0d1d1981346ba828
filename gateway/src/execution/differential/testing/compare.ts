export interface Answer {
  /** JSON of `{ data }`. */
  readonly text: string;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[] | undefined;
  }[];
}

type Path = readonly (string | number)[];
type Errors = Answer['errors'];

/**
 * What differs, one line each, without aliases and indices. Empty when `answer` equals `truth`.
 *
 * An error at a field that is null itself is compared by path and message. Below a null that propagated,
 * GraphQL leaves open which of several errors are reported: there both answers need at least one.
 * Of messages about null or an unknown value, which are the implementation's own, only paths are compared.
 */
export function differences(answer: Answer, truth: Answer): readonly string[] {
  const lines = new Set<string>();
  const [data, trueData] = [dataOf(answer), dataOf(truth)];
  compareData(data, trueData, { path: [], lines });
  const [reported, expected] = [
    byPosition(answer.errors, data),
    byPosition(truth.errors, trueData),
  ];
  for (const [position, errors] of expected) {
    for (const error of without(errors, reported.get(position))) lines.add(`${error} is missing`);
  }
  for (const [position, errors] of reported) {
    for (const error of without(errors, expected.get(position)))
      lines.add(`${error} is unexpected`);
  }
  const told = answer.errors.map(
    (error) => `error at ${nameOf(error.path ?? [])} ${JSON.stringify(error)}`,
  );
  for (const [index, error] of told.entries()) {
    if (told.indexOf(error) < index) lines.add(`${error.split(' {')[0]} is reported twice`);
  }
  return [...lines];
}

const dataOf = ({ text }: Answer): unknown => (JSON.parse(text) as { data?: unknown }).data ?? null;

function compareData(
  value: unknown,
  truth: unknown,
  { path, lines }: { path: Path; lines: Set<string> },
): void {
  const below = (step: string | number) => ({ path: [...path, step], lines });
  if (Array.isArray(value) && Array.isArray(truth) && value.length === truth.length) {
    for (const [index, element] of truth.entries())
      compareData(value[index], element, below(index));
  } else if (isObject(value) && isObject(truth)) {
    const keys = Object.keys(truth);
    if (JSON.stringify(Object.keys(value)) !== JSON.stringify(keys)) {
      lines.add(
        `data ${nameOf(path)}: keys ${Object.keys(value).join()} instead of ${keys.join()}`,
      );
    }
    for (const key of keys) {
      if (Object.hasOwn(value, key)) compareData(value[key], truth[key], below(key));
    }
  } else if (JSON.stringify(value) !== JSON.stringify(truth)) {
    lines.add(`data ${nameOf(path)}: ${kindOf(value)} instead of ${kindOf(truth)}`);
  }
}

interface Positioned {
  readonly path: string;
  readonly wording: string;
  readonly name: string;
  /** The null is not at the path of the error, but at a parent. */
  readonly propagated: boolean;
}

/** Errors by the path in `data` of the null that they cause. */
function byPosition(errors: Errors, data: unknown): ReadonlyMap<string, readonly Positioned[]> {
  const groups = new Map<string, readonly Positioned[]>();
  for (const { path = [], message } of errors) {
    const position = nullAt(data, path);
    const error = {
      path: JSON.stringify(path),
      wording: wording(message),
      name: nameOf(path),
      propagated: position.length < path.length,
    };
    const key = JSON.stringify(position);
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return groups;
}

function nullAt(data: unknown, path: Path): Path {
  let value = data;
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null) return path.slice(0, depth);
    value = (value as Record<string | number, unknown>)[step];
  }
  return path;
}

const without = (errors: readonly Positioned[], others: readonly Positioned[] = []) =>
  errors
    .filter((error) => !others.some((other) => areAlike(error, other)))
    .map(({ name, wording }) => `error at ${name} (${wording})`);

const areAlike = (one: Positioned, other: Positioned): boolean =>
  one.path === other.path ? one.wording === other.wording : one.propagated && other.propagated;

/** Messages of implementations, not of resolvers: about a null, or a value of the wrong type. */
const wording = (message: string) =>
  /\bnull\b|cannot represent value|does not exist inside the schema|^A subgraph returned/i.test(
    message,
  )
    ? 'no value'
    : message;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Random operations name aliases after their field: `name_2`. */
const nameOf = (path: Path) =>
  path.map((step) => (typeof step === 'number' ? '@' : step.replace(/_\d+$/, ''))).join('.') ||
  '(root)';

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length}`;
  return isObject(value) ? 'object' : JSON.stringify(value);
}
