import { badUserInput } from './errors.ts';

/** The limit of every mutation that takes a list. @throws BAD_USER_INPUT about `field`: nothing of the list is run */
export function limitItems(
  items: readonly unknown[],
  { max, field }: { max: number; field: readonly string[] },
): void {
  if (items.length <= max) return;
  throw badUserInput(`Too many items. The maximum is ${max} per call.`, field);
}
