import { join } from 'node:path';
import { composedFiles } from '@federated-media/stack/composition';
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
    return 'Clients may rely on the date: use one that is not earlier';
  }
  if (code === 'ACCESS_TIGHTENED') {
    return 'Tokens of clients may lack the scope: keep the previous one';
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

/** The gateway and clients use the committed files. They do not see schema changes that are not in them. */
export async function outOfDate(root: string, supergraph: string): Promise<Finding[]> {
  const findings = Array.from(composedFiles(supergraph), async ([file, text]) => {
    if ((await readIfExists(join(root, file))) === text) return [];
    const finding: Finding = {
      severity: 'error',
      about: 'check',
      code: 'OUT_OF_DATE',
      coordinate: null,
      message: `${file} differs from the composition of the subgraphs.`,
      places: [{ file, line: 1 }],
      fix: 'Run `pnpm compose` and commit the file.',
    };
    return [finding];
  });
  return (await Promise.all(findings)).flat();
}
