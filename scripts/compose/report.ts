import type { Finding } from './finding.ts';

export interface Report {
  /** The version that the graph was compared with. */
  readonly against: string;
  readonly findings: readonly Finding[];
}

/** For a terminal: what, where, and how to fix it; the most severe last, where it is visible. */
export function toText({ against, findings }: Report): string {
  const [errors, warnings, notes] = bySeverity(findings);
  const summary = `Compared with ${against}: ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}, ${count(notes.length, 'note')}.`;
  return [...[...notes, ...warnings, ...errors].map(entry), summary].join('\n');
}

/** For programs. */
export function toJson({ against, findings }: Report): string {
  const [errors, warnings, notes] = bySeverity(findings);
  const counts = { errors: errors.length, warnings: warnings.length, notes: notes.length };
  // The JSON uses an older name, which programs read.
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

/** For GitHub, which shows them next to the lines of a pull request. */
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

/** No line starts with text of a schema: CI systems read commands such as `::stop-commands::` from the output. */
function entry({ severity, code, coordinate, message, fix, places }: Finding): string {
  const head = [severity.padEnd(7), code, coordinate ?? ''].join(' ').trimEnd();
  const lines = [...places.map(({ file, line }) => `at ${file}:${line}`), ...printable(message)];
  if (fix !== null) lines.push(`→ ${fix}`);
  return [head, ...lines.map((line) => `  | ${line}`), ''].join('\n');
}

/** Descriptions may contain control characters for terminals. */
const printable = (text: string) => text.replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD').split('\n');

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('\n', '%0A');
const property = (text: string) => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
