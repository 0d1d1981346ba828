import { expect, test } from 'vitest';
import { keysByModule } from './internal-keys.ts';

const namesOf = (value: string | undefined) =>
  value?.split(',').map((entry) => entry.split('=')[0]);

test('each module gets the keys that it signs and verifies with, and no others', () => {
  const secrets = ['a secret of at least thirty-two characters'];
  const keys = keysByModule(secrets, ['cms', 'catalog', 'art-gallery']);
  expect([...keys].map(([module, value]) => [module, namesOf(value)])).toEqual([
    ['gateway', ['gateway/cms', 'gateway/catalog', 'gateway/art-gallery', 'gateway-cache/cms']],
    ['cms', ['gateway/cms', 'catalog/cms', 'art-gallery/cms', 'gateway-cache/cms']],
    ['catalog', ['gateway/catalog', 'catalog/cms']],
    ['art-gallery', ['gateway/art-gallery', 'art-gallery/cms']],
  ]);
  expect([...keys.values()].join()).not.toContain(secrets[0]);
});
