import { expect, test } from 'vitest';
import json from '../package.json' with { type: 'json' };

test('any version of an optional peer may be present: npm refuses to install the package otherwise', () => {
  const optional = Object.keys(json.peerDependenciesMeta);
  expect(json.peerDependencies).toEqual(Object.fromEntries(optional.map((name) => [name, '*'])));
});
