import {
  type FieldNode,
  type GraphQLField,
  Kind,
  type ValueNode,
  getArgumentValues,
} from 'graphql';
import type { Run } from './complete-values.ts';

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Returns the function that gives the arguments of a field to its resolver. All calls of one execution, or of all
 * executions if no argument is a variable, receive the same object, which cannot be changed.
 */
export function argumentsOf(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (run: Run) => Arguments {
  const read = ({ variables }: Run): Arguments =>
    Object.freeze(getArgumentValues(definition, node, variables));
  if (!(node.arguments ?? []).some(({ value }) => hasVariable(value))) {
    let known: Arguments | undefined;
    return (run) => (known ??= read(run));
  }
  const byRun = new WeakMap<Run, Arguments>();
  return (run) => {
    const given = byRun.get(run) ?? read(run);
    byRun.set(run, given);
    return given;
  };
}

function hasVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(hasVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => hasVariable(field.value));
    default:
      return false;
  }
}
