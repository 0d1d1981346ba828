import { expect, test } from 'vitest';
import { allTypes, findType, variantsOf } from './file-types.ts';

test('no two types have the same extension or are served as the same content type', () => {
  for (const property of ['extension', 'mimeType', 'name'] as const) {
    const values = allTypes.map((type) => type[property]);
    expect(new Set(values).size, property).toBe(values.length);
  }
});

test('each variant of a type is in the table', () => {
  for (const type of allTypes) {
    expect(variantsOf(type), type.name).toHaveLength(type.variants?.length ?? 0);
    expect(findType(type.mimeType)).toBe(type);
  }
});
