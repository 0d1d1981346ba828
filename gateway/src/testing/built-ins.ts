const BUILT_INS = [
  Object,
  Array,
  Function,
  Promise,
  String,
  Number,
  Boolean,
  Symbol,
  RegExp,
  Date,
  Error,
  Map,
  Set,
  WeakMap,
  JSON,
  Math,
  Reflect,
  Buffer,
  URL,
  Headers,
  AbortController,
  globalThis,
];

/** All properties of all built-in objects with their values. Two snapshots are equal if nothing was changed. */
export function snapshotOfBuiltIns(): ReadonlyMap<string, unknown> {
  const properties = new Map<string, unknown>();
  for (const [index, builtIn] of BUILT_INS.entries()) {
    remember(properties, `${index}`, builtIn);
    const prototype: unknown = Reflect.get(builtIn, 'prototype');
    if (prototype instanceof Object || prototype === Object.prototype) {
      remember(properties, `${index}.prototype`, prototype);
    }
  }
  return properties;
}

function remember(properties: Map<string, unknown>, name: string, holder: object) {
  properties.set(`${name} is extensible`, Object.isExtensible(holder));
  for (const key of Reflect.ownKeys(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    // Created lazily by Node, and not useful to an attacker.
    if (holder === globalThis && descriptor?.get) continue;
    const place = `${name} ${String(key)}`;
    properties.set(`${place} value`, descriptor?.value);
    properties.set(`${place} get`, descriptor?.get);
    properties.set(`${place} set`, descriptor?.set);
    properties.set(
      `${place} flags`,
      [descriptor?.writable, descriptor?.enumerable, descriptor?.configurable].join(),
    );
  }
}

/** The differences between two snapshots by name. */
export const changedSince = (before: ReadonlyMap<string, unknown>): string[] => {
  const now = snapshotOfBuiltIns();
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => before.has(name) !== now.has(name) || !Object.is(before.get(name), now.get(name)),
  );
};
