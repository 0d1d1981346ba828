/** An object of a subgraph's answer. */
export type ResponseObject = Record<string, unknown>;

export const isObject = (value: unknown): value is ResponseObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that every object inherits, `__proto__` among them. */
export const isInherited = (name: string): boolean => name in Object.prototype;

/** The field `name` of `object`, whatever objects inherit. */
export const valueOf = (object: ResponseObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/**
 * Adds to `target` what `source` has, recursively, as federation merges what several subgraphs say of one
 * object: lists of the same length element by element; everything else is replaced.
 */
export function merge(target: ResponseObject, source: ResponseObject): void {
  for (const key of Object.keys(source)) {
    // JSON may have it as a key of its own; assigned, it would be the object's prototype.
    if (key === '__proto__') continue;
    target[key] = merged(valueOf(target, key), source[key]);
  }
}

function merged(before: unknown, after: unknown): unknown {
  if (isObject(before) && isObject(after)) {
    merge(before, after);
    return before;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.map((element: unknown, index) => merged(element, after[index]));
  }
  return after;
}

/**
 * The objects at `path` below `value`; `@` stands for every element of a list. Those that are null are left
 * out. `visit` gets the path that leads to each from `value`, to be copied if it is kept.
 */
export function visitObjects(
  value: unknown,
  path: readonly (string | number)[],
  visit: (object: ResponseObject, trail: readonly (string | number)[]) => void,
): void {
  const trail: (string | number)[] = [];
  const descend = (at: unknown, depth: number): void => {
    if (Array.isArray(at)) {
      const below = path[depth] === '@' ? depth + 1 : depth;
      for (const [index, element] of at.entries()) {
        trail.push(index);
        descend(element, below);
        trail.pop();
      }
      return;
    }
    if (!isObject(at)) return;
    const name = path[depth];
    if (name === undefined) {
      visit(at, trail);
      return;
    }
    trail.push(name);
    descend(valueOf(at, String(name)), depth + 1);
    trail.pop();
  };
  descend(value, 0);
}
