import { buildSchema } from 'graphql';
import { changesBetween } from '../between.ts';

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

export const found = (before: string, after: string) =>
  changes(before, after).map(({ effect, code, coordinate }) => `${effect} ${code} ${coordinate}`);
