import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';

/** A stack whose files are in a folder or in a bucket. */
export interface Side {
  readonly name: string;
  readonly stack: Stack;
  readonly gateway: Pool;
}

export const createSide = (name: string, stack: Stack, connections: number): Side => ({
  name,
  stack,
  gateway: new Pool(stack.gatewayUrl, { connections }),
});

/** All processes of the sides by name, and `others`. */
export const processesOf = (
  sides: readonly Side[],
  others: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map([
    ...sides.flatMap(({ name, stack }) =>
      stack.processes.map((each): [string, number] => [`${name} ${each.name}`, each.pid]),
    ),
    ...others,
  ]);
