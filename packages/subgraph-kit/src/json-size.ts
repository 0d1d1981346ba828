/** The size of the JSON of one request: variables, extensions and unknown parameters. */
export interface VariableLimits {
  /** Entries of all objects and lists. */
  maxValues: number;
  /** Nesting of objects and lists; the object of variables is the first level. */
  maxDepth: number;
}

/**
 * Which limit `values` exceed, as a message; undefined when none. Walks level by level and stops at a limit:
 * code that reads variables later recurses for each level and visits each value.
 */
export function whyTooLarge(
  values: readonly unknown[],
  { maxValues, maxDepth }: VariableLimits,
): string | undefined {
  let level = values;
  let left = maxValues;
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      const children = childrenOf(value);
      if (!children) continue;
      if (depth === maxDepth) {
        return `Variables may be nested ${maxDepth} deep (MAX_VARIABLE_DEPTH).`;
      }
      left -= children.length;
      if (left < 0) return `The variables may hold ${maxValues} values (MAX_VARIABLE_VALUES).`;
      for (const child of children) next.push(child);
    }
    level = next;
  }
  return undefined;
}

function childrenOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return Array.from<unknown>(value);
  return isRecord(value) ? Object.values(value) : undefined;
}

/** Plain objects only: an upload in the variables is not JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
