import { join } from 'node:path';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { z } from 'zod';
import type { Finding } from './finding.ts';

export const acceptedBreaksPath = 'gateway/accepted-breaks.json';

const AcceptedBreak = z.strictObject({
  code: z.string().regex(/^[A-Z_]+$/),
  coordinate: z.string().min(1),
  reason: z.string().trim().min(1),
  /** The last day it holds. */
  until: z.iso.date().optional(),
});
type AcceptedBreak = z.infer<typeof AcceptedBreak>;

export interface AcceptedBreaks {
  readonly text: string;
  readonly entries: readonly AcceptedBreak[];
  readonly problems: readonly Finding[];
}

/** No file accepts nothing; one that can't be read accepts nothing either, and says why. */
export async function readAcceptedBreaks(root: string): Promise<AcceptedBreaks> {
  const text = await readIfExists(join(root, acceptedBreaksPath));
  if (text === null) return { text: '', entries: [], problems: [] };
  try {
    return { text, entries: z.array(AcceptedBreak).parse(JSON.parse(text)), problems: [] };
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    return { text, entries: [], problems: [unreadable(message)] };
  }
}

interface Accepting {
  readonly accepted: AcceptedBreaks;
  /** As `2026-11-24`. */
  readonly today: string;
}

/** Breaks that are accepted become notes. */
export function accept(changes: readonly Finding[], { accepted, today }: Accepting): Finding[] {
  return changes.map((change) => {
    const entry = accepted.entries.find((entry) => isAbout(entry, change));
    if (!entry || change.severity !== 'error') return change;
    if (entry.until !== undefined && entry.until < today) {
      return { ...change, message: `${change.message} It was accepted until ${entry.until}.` };
    }
    const message = `${change.message} Accepted: ${entry.reason}`;
    return { ...change, severity: 'note' as const, message, fix: null };
  });
}

/** Entries that accept nothing among `changes`, as they were before any was accepted. */
export function staleAcceptances(
  changes: readonly Finding[],
  { entries, text }: AcceptedBreaks,
): Finding[] {
  return entries
    .filter(
      (entry) => !changes.some((change) => change.severity === 'error' && isAbout(entry, change)),
    )
    .map((entry) => staleFinding(entry, text));
}

const isAbout = (entry: AcceptedBreak, change: Finding) =>
  entry.code === change.code && entry.coordinate === change.coordinate;

function staleFinding({ code, coordinate }: AcceptedBreak, text: string): Finding {
  return {
    severity: 'warning',
    about: 'acceptance',
    code: 'STALE_ACCEPTANCE',
    coordinate,
    message: `${code} of ${coordinate} is accepted, but there is no such break.`,
    places: [{ file: acceptedBreaksPath, line: lineOf(text, JSON.stringify(coordinate)) }],
    fix: 'Remove the entry: left there, it would hide the next break of this kind.',
  };
}

const lineOf = (text: string, part: string) =>
  text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length;

function unreadable(reason: string): Finding {
  return {
    severity: 'error',
    about: 'acceptance',
    code: 'UNREADABLE_ACCEPTANCES',
    coordinate: null,
    message: reason,
    places: [{ file: acceptedBreaksPath, line: 1 }],
    fix: 'It is a list of { "code", "coordinate", "reason" } and, when it ends by itself, "until": "2027-03-01".',
  };
}
