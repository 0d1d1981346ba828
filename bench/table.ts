import { median } from './load.ts';

/** Prints rows under their headings, columns aligned. */
export function printTable(title: string, rows: readonly (readonly string[])[]) {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
  );
  process.stdout.write(`\n${title}\n${lines.map((line) => `  ${line.trimEnd()}`).join('\n')}\n`);
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
export const ratio = (value: number): string => `${value.toFixed(2)} x`;
export const verdict = (holds: boolean): string => (holds ? 'reached' : 'MISSED');

export const least = (values: readonly number[]): number => Math.min(...values);
export const most = (values: readonly number[]): number => Math.max(...values);

/** The lowest, the highest and the median of several rounds. */
export const spread = (values: readonly number[], text: (value: number) => string): string =>
  `${text(least(values))} to ${text(most(values))}, median ${text(median(values))}`;

/** A limit that every round has to keep. */
export const atLeast = (limit: number, ratios: readonly number[]): string =>
  `at least ${ratio(limit)}: ${verdict(least(ratios) >= limit)}`;
export const atMost = (limit: number, ratios: readonly number[]): string =>
  `at most ${ratio(limit)}: ${verdict(most(ratios) <= limit)}`;
