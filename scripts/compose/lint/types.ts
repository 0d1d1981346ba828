import { Kind, type TypeNode } from 'graphql';

/** `MediaFile` of `[MediaFile!]!`. */
export function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

/** Whether it may be null where it stands, in a list or not: `[MediaFile!]` can't, `[MediaFile]!` can. */
export function canBeNull(type: TypeNode): boolean {
  if (type.kind === Kind.NAMED_TYPE) return true;
  if (type.kind === Kind.LIST_TYPE) return canBeNull(type.type);
  return type.type.kind === Kind.LIST_TYPE && canBeNull(type.type);
}
