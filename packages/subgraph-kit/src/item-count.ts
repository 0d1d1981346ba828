import { badUserInput } from './errors.ts';

/** How many `items` one call accepts, for the fields that process several at once. */
interface ItemLimits {
  /** As the message calls them: `ids`. */
  readonly items: string;
  readonly min?: number;
  readonly max: number;
  /** The path of the list in the arguments. */
  readonly field: readonly string[];
}

/** @throws BAD_USER_INPUT for too few and for too many */
export function checkItemCount(
  list: readonly unknown[],
  { items, min = 0, max, field }: ItemLimits,
): void {
  if (list.length >= min && list.length <= max) return;
  const limits = min > 0 ? `between ${min} and ${max}` : `at most ${max}`;
  throw badUserInput(`Send ${limits} ${items}.`, field);
}
