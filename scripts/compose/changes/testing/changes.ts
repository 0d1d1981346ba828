import { buildSchema, parse } from 'graphql';
import { changesBetween } from '../between.ts';
import type { Change } from '../change.ts';

const today = '2026-11-24';

/** From one schema to another, each with a query besides. */
export function changes(before: string, after: string) {
  const query = 'type Query { anything: ID }';
  return changesBetween({
    before: buildSchema(`${query} ${before}`),
    after: buildSchema(`${query} ${after}`),
    today,
  });
}

export const found = (before: string, after: string) => summaryOf(changes(before, after));

/** Subgraphs by name. */
export const subgraphs = (sdl: Readonly<Record<string, string>>) =>
  new Map(Object.entries(sdl).map(([name, text]) => [name, parse(text)]));

export const summaryOf = (changes: readonly Change[]) =>
  changes.map(({ effect, code, coordinate }) => `${effect} ${code} ${coordinate}`);
