import { join } from 'node:path';
import { supergraphPath } from '@federated-media/stack/composition';
import type { CompositionProblem } from '@federated-media/stack/composition/problem';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { acceptedBreaksPath } from './accepted-breaks.ts';
import type { Change } from './changes/change.ts';
import type { Committed } from './committed.ts';
import type { Finding } from './finding.ts';
import type { Locate } from './places.ts';

export function findingOfComposition(
  { code, coordinate, message, places }: CompositionProblem,
  severity: Finding['severity'],
): Finding {
  return { severity, about: 'composition', code, coordinate, message, places, fix: null };
}

const severities = { breaking: 'error', dangerous: 'warning', safe: 'note' } as const;

export function findingOfChange(
  { effect, code, coordinate, message, subgraph }: Change,
  locate: Locate,
): Finding {
  const places = locate(coordinate);
  const inSubgraph = places.filter(({ file }) => file.startsWith(`subgraphs/${subgraph}/`));
  return {
    severity: severities[effect],
    about: 'change',
    code,
    coordinate,
    message,
    places: inSubgraph.length > 0 ? inSubgraph : places,
    fix: effect === 'breaking' ? adviceOnBreak(code, coordinate) : null,
  };
}

function adviceOnBreak(code: string, coordinate: string): string {
  const entry = JSON.stringify({ code, coordinate, reason: '…' });
  return `${adviceOn(code)}, or accept the break in ${acceptedBreaksPath}: ${entry}`;
}

function adviceOn(code: string): string {
  if (code.startsWith('DEPRECATION_')) {
    return 'Clients may rely on the date: name one that is not earlier';
  }
  if (code === 'ACCESS_TIGHTENED') {
    return 'Tokens of clients may lack the scope: keep what was asked for';
  }
  return 'Clients may rely on it: deprecate it with a date first';
}

export function cautionOf({ caution }: Committed): Finding[] {
  if (caution === null) return [];
  return [
    {
      severity: 'warning',
      about: 'check',
      code: 'NOT_COMPARED',
      coordinate: null,
      message: caution,
      places: [],
      fix: null,
    },
  ];
}

/** The gateway serves the committed file: what the subgraphs say and it doesn't, clients don't get. */
export async function outOfDate(root: string, supergraph: string): Promise<Finding[]> {
  if ((await readIfExists(join(root, supergraphPath))) === supergraph) return [];
  return [
    {
      severity: 'error',
      about: 'check',
      code: 'OUT_OF_DATE',
      coordinate: null,
      message: `${supergraphPath} is not what the subgraphs compose to.`,
      places: [{ file: supergraphPath, line: 1 }],
      fix: 'Run `pnpm compose` and commit the file.',
    },
  ];
}
