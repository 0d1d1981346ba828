const OTHER = 'other';

/**
 * Keeps a label within bounds where others choose its values: the first `max` distinct ones have their own
 * series, all further ones share `other`, so that nobody fills the memory by making up names.
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
