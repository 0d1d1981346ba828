const OTHER = 'other';

/**
 * Limits the values of a label that clients choose: the first `max` distinct values have separate series, all others
 * share `other`, so that made-up names do not fill the memory.
 */
export function createLabelLimit({ max, maxLength }: { max: number; maxLength: number }) {
  const known = new Set<string>();
  return (value: string): string => {
    if (known.has(value)) return value;
    if (known.size >= max || value.length > maxLength) return OTHER;
    known.add(value);
    return value;
  };
}
