import { Kind, type TypeNode } from 'graphql';

/** `MediaFile` of `[MediaFile!]!`. */
export function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

/**
 * Whether a value of the type may be null in its position, in a list or not: not for `[MediaFile!]`, but for
 * `[MediaFile]!`.
 */
export function canBeNull(type: TypeNode): boolean {
  if (type.kind === Kind.NAMED_TYPE) return true;
  if (type.kind === Kind.LIST_TYPE) return canBeNull(type.type);
  return type.type.kind === Kind.LIST_TYPE && canBeNull(type.type);
}
