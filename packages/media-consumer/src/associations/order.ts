import type { Association } from './association.ts';

/**
 * Orders of usages with roles: sorted by role, and numbered from 0 within each. What does not move stays
 * the same object, so only what moves is written.
 */
export function orderByRole<Use extends Association, Role>(
  roles: readonly Role[],
  roleOf: (use: Use) => Role,
) {
  const ofRole = (uses: readonly Use[], role: Role): Use[] =>
    uses.filter((use) => roleOf(use) === role);

  const numbered = (uses: readonly Use[]): Use[] =>
    roles.flatMap((role) =>
      ofRole(uses, role).map((use, index) =>
        use.displayOrder === index ? use : { ...use, displayOrder: index },
      ),
    );

  return {
    ofRole,

    /** With `use` at `position` of its role, counted without it; beyond the end, and by default, last. */
    place(uses: readonly Use[], use: Use, position = Infinity): Use[] {
      const others = byDisplayOrder(uses.filter(({ id }) => id !== use.id));
      const sameRole = ofRole(others, roleOf(use)).toSpliced(position, 0, use);
      return numbered([...others.filter((other) => roleOf(other) !== roleOf(use)), ...sameRole]);
    },

    /** Without those that `isRemoved` selects; the ones behind them close up. */
    without: (uses: readonly Use[], isRemoved: (use: Use) => boolean): Use[] =>
      numbered(byDisplayOrder(uses.filter((use) => !isRemoved(use)))),
  };
}

/** The same for usages without roles. */
export const orderWithoutRoles = <Use extends Association>() =>
  orderByRole<Use, null>([null], () => null);

const byDisplayOrder = <Use extends Association>(uses: readonly Use[]): Use[] =>
  uses.toSorted((one, other) => one.displayOrder - other.displayOrder);
