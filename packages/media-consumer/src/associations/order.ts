import type { Association } from './association.ts';

/**
 * Orders of usages with roles: sorted by role, and numbered from 0 within each. What does not move stays
 * the same object, so only what moves is written.
 */
export function orderByRole<Usage extends Association, Role>(
  roles: readonly Role[],
  roleOf: (usage: Usage) => Role,
) {
  const ofRole = (usages: readonly Usage[], role: Role): Usage[] =>
    usages.filter((usage) => roleOf(usage) === role);

  const numbered = (usages: readonly Usage[]): Usage[] =>
    roles.flatMap((role) =>
      ofRole(usages, role).map((usage, index) =>
        usage.displayOrder === index ? usage : { ...usage, displayOrder: index },
      ),
    );

  return {
    ofRole,

    /** With `usage` at `position` of its role, counted without it; beyond the end, and by default, last. */
    place(usages: readonly Usage[], usage: Usage, position = Infinity): Usage[] {
      const others = byDisplayOrder(usages.filter(({ id }) => id !== usage.id));
      const sameRole = ofRole(others, roleOf(usage)).toSpliced(position, 0, usage);
      return numbered([...others.filter((other) => roleOf(other) !== roleOf(usage)), ...sameRole]);
    },

    /** Without those that `isRemoved` selects; the ones behind them close up. */
    without: (usages: readonly Usage[], isRemoved: (usage: Usage) => boolean): Usage[] =>
      numbered(byDisplayOrder(usages.filter((usage) => !isRemoved(usage)))),
  };
}

/** The same for usages without roles. */
export const orderWithoutRoles = <Usage extends Association>() =>
  orderByRole<Usage, null>([null], () => null);

const byDisplayOrder = <Usage extends Association>(usages: readonly Usage[]): Usage[] =>
  usages.toSorted((one, other) => one.displayOrder - other.displayOrder);
