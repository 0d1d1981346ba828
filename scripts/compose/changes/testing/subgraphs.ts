import { parse } from 'graphql';
import type { Change } from '../change.ts';

/** Subgraphs by name. */
export const subgraphs = (sdl: Readonly<Record<string, string>>) =>
  new Map(Object.entries(sdl).map(([name, text]) => [name, parse(text)]));

export const summaryOf = (changes: readonly Change[]) =>
  changes.map(({ effect, code, coordinate }) => `${effect} ${code} ${coordinate}`);
