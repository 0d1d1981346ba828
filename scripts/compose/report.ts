import type { Finding } from './finding.ts';

export interface Report {
  /** What the graph was compared with. */
  readonly against: string;
  readonly findings: readonly Finding[];
}

/** For people: what, where, and how to mend it; the worst last, where a terminal shows it. */
export function toText({ against, findings }: Report): string {
  const [errors, warnings, notes] = bySeverity(findings);
  const summary = `Compared with ${against}: ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}, ${count(notes.length, 'note')}.`;
  return [...[...notes, ...warnings, ...errors].map(entry), summary].join('\n');
}

/** For programs. */
export function toJson({ against, findings }: Report): string {
  const [errors, warnings, notes] = bySeverity(findings);
  const counts = { errors: errors.length, warnings: warnings.length, notes: notes.length };
  // The name of `fix` in the JSON is older; programs read it.
  const ordered = [...errors, ...warnings, ...notes].map(({ fix, ...finding }) => ({
    ...finding,
    mend: fix,
  }));
  return JSON.stringify(
    { passed: errors.length === 0, against, counts, findings: ordered },
    null,
    2,
  );
}

/** For GitHub, which shows them beside the lines of a pull request, whichever of them it changes. */
export function toAnnotations({ findings }: Report): string {
  const [errors, warnings] = bySeverity(findings);
  return [...errors, ...warnings].flatMap(annotations).join('\n');
}

function annotations({ severity, code, message, fix, places }: Finding): string[] {
  const text = [message, fix].filter((part) => part !== null).join('\n');
  const where = places.map(({ file, line }) => `file=${property(file)},line=${line},`);
  return (where.length > 0 ? where : ['']).map(
    (place) =>
      `::${severity} ${place}title=${property(code)}::${escaped(printable(text).join('\n'))}`,
  );
}

function bySeverity(findings: readonly Finding[]) {
  const of = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity);
  return [of('error'), of('warning'), of('note')] as const;
}

/**
 * No line begins with what a schema says: CI systems read commands from what they print, such as `::stop-commands::`.
 */
function entry({ severity, code, coordinate, message, fix, places }: Finding): string {
  const head = [severity.padEnd(7), code, coordinate ?? ''].join(' ').trimEnd();
  const lines = [...places.map(({ file, line }) => `at ${file}:${line}`), ...printable(message)];
  if (fix !== null) lines.push(`→ ${fix}`);
  return [head, ...lines.map((line) => `  | ${line}`), ''].join('\n');
}

/** Descriptions may hold what moves a terminal's cursor or clears it. */
const printable = (text: string) => text.replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD').split('\n');

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('\n', '%0A');
const property = (text: string) => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
