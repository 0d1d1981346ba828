import {
  type KeyName,
  type NeededKeys,
  formatKeys,
  keysOfConsumer,
  keysOfSubgraph,
} from '@federated-media/subgraph-kit/internal-keys';

const CMS = 'cms';

/** What each module needs as INTERNAL_KEYS, by its name. All other subgraphs are consumers of the CMS. */
export function keysByModule(
  secrets: readonly string[],
  subgraphs: readonly string[],
): ReadonlyMap<string, string> {
  const ofSubgraphs = subgraphs.map((name): NeededKeys =>
    name === CMS ? keysOfSubgraph(name) : keysOfConsumer(name),
  );
  const all = new Set<KeyName>([
    ...ofSubgraphs.flatMap(({ names }) => names),
    `gateway-cache/${CMS}`,
  ]);
  const ofGateway = [...all].filter((name) => /^gateway(?:-cache)?\//.test(name));
  return new Map([
    ['gateway', formatKeys(secrets, ofGateway)],
    ...ofSubgraphs.map(
      ({ module, isOwn }) => [module, formatKeys(secrets, [...all].filter(isOwn))] as const,
    ),
  ]);
}
