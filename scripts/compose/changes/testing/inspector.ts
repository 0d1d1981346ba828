import { CriticalityLevel, diff, type Change as InspectorChange } from '@graphql-inspector/core';
import { buildASTSchema, parse } from 'graphql';
import { accessChanges } from '../access.ts';
import { appliedDirectiveChanges } from '../applied.ts';
import { changesBetween } from '../between.ts';
import { effects, type Change } from '../change.ts';
import type { Version } from './random/random-change.ts';

export type { InspectorChange };
export type Level = Change['effect'] | 'none';

export interface Compared {
  readonly ours: readonly Change[];
  readonly theirs: readonly InspectorChange[];
}

export function versionOf(sdl: string): Version {
  const document = parse(`type Query { anything: ID } ${sdl}`);
  return { document, schema: buildASTSchema(document) };
}

/** The findings of this check and of GraphQL Inspector. */
export async function compare(before: Version, after: Version): Promise<Compared> {
  const [old, current] = [before, after].map(({ document }) => new Map([['graph', document]]));
  const theirs = await diff(before.schema, after.schema);
  const ours = [
    ...changesBetween({ before: before.schema, after: after.schema, today: '2026-11-24' }),
    ...accessChanges(old!, current!),
    ...appliedDirectiveChanges(old!, current!),
  ];
  return { ours, theirs };
}

const levels = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
} as const;

/** The most severe finding of each. */
export function levelsOf({ ours, theirs }: Compared): { ours: Level; theirs: Level } {
  return {
    ours: worst(ours.map(({ effect }) => effect)),
    theirs: worst(theirs.map(({ criticality }) => levels[criticality.level])),
  };
}

const worst = (found: readonly Change['effect'][]): Level =>
  effects.find((effect) => found.includes(effect)) ?? 'none';
