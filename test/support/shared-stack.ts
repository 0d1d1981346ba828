import { inject } from 'vitest';
import { z } from 'zod';

const Shared = z.object({
  gatewayUrl: z.string(),
  /** By subgraph; GraphQL is at /graphql below. */
  urls: z.record(z.string(), z.string()),
  dataDir: z.string(),
});
export type SharedStack = z.output<typeof Shared>;

/**
 * The stack of all journeys that leave its processes, databases and settings alone. Each test file uses its own
 * stores, named after it.
 */
export async function openSharedStack(): Promise<SharedStack> {
  const response = await fetch(inject('sharedStackUrl'));
  if (!response.ok) throw new Error(`The shared stack does not start: ${await response.text()}`);
  return Shared.parse(await response.json());
}
