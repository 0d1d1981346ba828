import { apiSchemaOf, composeSubgraphs, readSubgraphs } from '@federated-media/stack/composition';
import type { Documents } from '@federated-media/stack/composition/problem';
import type { Subgraph } from '@federated-media/stack/subgraphs';
import type { GraphQLSchema } from 'graphql';
import { accept, readAcceptedBreaks, staleAcceptances } from './accepted-breaks.ts';
import { accessChanges } from './changes/access.ts';
import { appliedDirectiveChanges } from './changes/applied.ts';
import { changesBetween } from './changes/between.ts';
import { readCommitted, readSdlAt, type Committed } from './committed.ts';
import type { Finding } from './finding.ts';
import { cautionOf, findingOfChange, findingOfComposition, outOfDate } from './findings.ts';
import { lint } from './lint.ts';
import { checkOperations, readOperations } from './operations.ts';
import { locator } from './places.ts';
import type { Report } from './report.ts';

interface Options {
  readonly root: string;
  readonly subgraphs: readonly Subgraph[];
  readonly against: string | undefined;
  readonly baseBranch: string | undefined;
  /** As `2026-11-24`. */
  readonly today: string;
}

/** All there is to say about the graph of `subgraphs`. Throws UsageError for what `against` is not. */
export async function checkComposition(options: Options): Promise<Report> {
  const { root, subgraphs, today } = options;
  const [committed, sources, accepted, operations] = await Promise.all([
    readCommitted(options),
    readSubgraphs(subgraphs, root),
    readAcceptedBreaks(root),
    readOperations(root),
  ]);
  const { supergraph, problems, hints, documents } = composeSubgraphs(sources);
  const findings = [
    ...cautionOf(committed),
    ...problems.map((problem) => findingOfComposition(problem, 'error')),
    ...hints.map((hint) => findingOfComposition(hint, hint.isGrave ? 'warning' : 'note')),
    ...[...documents.values()].flatMap(lint),
    ...accepted.problems,
  ];
  if (supergraph === null) return { against: committed.from, findings };

  const schema = apiSchemaOf(supergraph);
  const changes = await changesSince(committed, { ...options, schema, documents });
  return {
    against: committed.from,
    findings: [
      ...findings,
      ...(await outOfDate(root, supergraph)),
      ...accept(changes, { accepted, today }),
      ...(committed.commit === null ? [] : staleAcceptances(changes, accepted)),
      ...checkOperations(operations, schema),
    ],
  };
}

interface Composed extends Pick<Options, 'root' | 'today'> {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
}

async function changesSince(committed: Committed, composed: Composed): Promise<Finding[]> {
  if (committed.supergraph === null) return [];
  const { root, today, schema, documents } = composed;
  const old = committed.commit === null ? null : await readSdlAt(root, committed.commit);
  const changes = [
    ...changesBetween({ before: apiSchemaOf(committed.supergraph), after: schema, today }),
    ...(old ? accessChanges(old, documents) : []),
    ...(old ? appliedDirectiveChanges(old, documents) : []),
  ];
  const locate = locator([...documents.values()], [...(old?.values() ?? [])]);
  return changes.map((change) => findingOfChange(change, locate));
}
