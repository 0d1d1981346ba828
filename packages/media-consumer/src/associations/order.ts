import type { Association } from './association.ts';

/** Numbered from 0 in the order given. */
export const numbered = <Use extends Association>(uses: readonly Use[]): Use[] =>
  uses.map((use, index) => (use.displayOrder === index ? use : { ...use, displayOrder: index }));

const byDisplayOrder = <Use extends Association>(uses: readonly Use[]): Use[] =>
  uses.toSorted((one, other) => one.displayOrder - other.displayOrder);

/** With `use` at `position` of one order, counted without it; beyond the end, and by default, last. */
export const place = <Use extends Association>(
  uses: readonly Use[],
  use: Use,
  position = Infinity,
): Use[] =>
  numbered(byDisplayOrder(uses.filter(({ id }) => id !== use.id)).toSpliced(position, 0, use));

/** Without those that `isGone` names; those behind them close up. */
export const without = <Use extends Association>(
  uses: readonly Use[],
  isGone: (use: Use) => boolean,
): Use[] => numbered(byDisplayOrder(uses.filter((use) => !isGone(use))));
