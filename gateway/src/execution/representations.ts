import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { type AnswerObject, isObject, merge } from './answers.ts';

/**
 * What a subgraph needs to know of `entity` to find it: its type and the fields of a key, and those the
 * subgraph asks for besides (`@requires`). Null when any of them is not there.
 */
export function representationOf(
  entity: AnswerObject,
  required: readonly QueryPlanSelectionNode[],
): AnswerObject | null {
  const representation = pick(entity, required);
  return representation?.['__typename'] ? representation : null;
}

function pick(
  source: AnswerObject,
  selections: readonly QueryPlanSelectionNode[],
): AnswerObject | null {
  const picked: AnswerObject = {};
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name;
      const value = source[name];
      if (value === undefined) return null;
      picked[name] = selection.selections ? pickFrom(value, selection.selections) : value;
    } else if (selection.typeCondition === source['__typename']) {
      const more = pick(source, selection.selections);
      if (more) merge(picked, more);
    }
  }
  return picked;
}

function pickFrom(value: unknown, selections: readonly QueryPlanSelectionNode[]): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => pickFrom(element, selections));
  return isObject(value) ? pick(value, selections) : value;
}
