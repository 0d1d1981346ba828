import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { bySecret, identityOf, signed } from './testing/tokens.ts';
import { claimSettings, claimsOf } from './token-claims.ts';

const read = (settings: Record<string, string>) =>
  claimsOf(z.object(claimSettings).parse(settings));

async function identify(claims: Record<string, unknown>, settings: Record<string, string>) {
  const token = await signed({ claims: { store_id: undefined, scope: undefined, ...claims } });
  const identity = identityOf(bySecret, { claims: read(settings) });
  return identity.identify({ authorization: `Bearer ${token}` });
}

/** The claims of common identity providers, and the settings for them. */
const providers = {
  Auth0: {
    claims: {
      'https://shop.example.com/store': 'shoes',
      permissions: ['media:read', 'media:write'],
    },
    settings: {
      AUTH_STORE_CLAIM: 'https://shop.example.com/store',
      AUTH_SCOPE_CLAIM: 'permissions',
    },
  },
  'Entra ID, delegated': {
    claims: { extn: { store: ['shoes'] }, scp: 'media:read media:write' },
    settings: { AUTH_STORE_CLAIM: 'extn.store', AUTH_SCOPE_CLAIM: 'scp' },
  },
  'Entra ID, roles': {
    claims: { store: 'shoes', roles: ['Media.Editor'] },
    settings: {
      AUTH_STORE_CLAIM: 'store',
      AUTH_SCOPE_CLAIM: 'roles',
      AUTH_SCOPE_MAP: '{"Media.Editor": "media:read media:write"}',
    },
  },
  Okta: {
    claims: { store: 'shoes', scp: ['media:read', 'media:write'] },
    settings: { AUTH_STORE_CLAIM: 'store', AUTH_SCOPE_CLAIM: 'scp' },
  },
  Keycloak: {
    claims: { tenant: 'shoes', realm_access: { roles: ['editor', 'offline_access'] } },
    settings: {
      AUTH_STORE_CLAIM: 'tenant',
      AUTH_SCOPE_CLAIM: 'realm_access.roles',
      AUTH_SCOPE_MAP: '{"editor": ["media:read", "media:write"], "offline_access": []}',
    },
  },
  Cognito: {
    claims: { 'custom:store': 'shoes', 'cognito:groups': ['editors'] },
    settings: {
      AUTH_STORE_CLAIM: 'custom:store',
      AUTH_SCOPE_CLAIM: 'cognito:groups',
      AUTH_SCOPE_MAP: '{"editors": "media:read media:write"}',
    },
  },
};

test.each(Object.entries(providers))('reads tokens of %s', async (_name, { claims, settings }) => {
  expect(await identify(claims, settings)).toMatchObject({
    storeId: 'shoes',
    scopes: new Set(['media:read', 'media:write']),
  });
});

test('a role without an entry is a scope; `*` never is', async () => {
  const settings = { AUTH_SCOPE_MAP: '{"admin": "* media:admin"}' };
  const { scopes } = await identify({ store_id: 'shoes', scope: 'admin blog:read' }, settings);
  expect(scopes).toEqual(new Set(['media:admin', 'blog:read']));
});

test('the words of a group are no scopes', async () => {
  const claims = { store_id: 'shoes', groups: ['Shop media:delete', 'media:read'] };
  const { scopes } = await identify(claims, { AUTH_SCOPE_CLAIM: 'groups' });
  expect(scopes).toEqual(new Set(['media:read']));
});

const settings = { AUTH_STORE_CLAIM: 'a.store', AUTH_SCOPE_CLAIM: 'a.scopes' };
test.each([
  ['no store', { a: { scopes: [] } }],
  ['two stores', { a: { store: ['shoes', 'hats'], scopes: [] } }],
  ['a number for a store', { a: { store: 7, scopes: [] } }],
  ['a store that is a path', { a: { store: '../shoes', scopes: [] } }],
  ['the claims of the default names only', { store_id: 'shoes', scope: 'media:read' }],
  ['a list where the path leads', { a: [{ store: 'shoes', scopes: [] }] }],
  ['a text where the path leads', { a: 'shoes' }],
  ['no scopes', { a: { store: 'shoes' } }],
  ['numbers for scopes', { a: { store: 'shoes', scopes: [1] } }],
  ['an object for scopes', { a: { store: 'shoes', scopes: { 'media:read': true } } }],
  ['a scope with a line’s end', { a: { store: 'shoes', scopes: ['media:read\nmedia:write'] } }],
  ['endless scopes', { a: { store: 'shoes', scopes: Array.from({ length: 600 }, () => 'x') } }],
])('rejects a token with %s', async (_what, claims) => {
  await expect(identify(claims, settings)).rejects.toThrow(UnauthenticatedError);
});

test.each(['__proto__.store', 'constructor.name', 'a.__proto__'])(
  'the path %s finds nothing that the token does not have',
  async (path) => {
    const claims = { a: {}, scope: 'media:read' };
    await expect(identify(claims, { AUTH_STORE_CLAIM: path })).rejects.toThrow(
      UnauthenticatedError,
    );
  },
);

test.each([
  [{ AUTH_SCOPE_MAP: 'editor=media:read' }, 'must be JSON such as'],
  [{ AUTH_SCOPE_MAP: '["media:read"]' }, 'must be JSON such as'],
  [{ AUTH_SCOPE_MAP: '{"editor": 7}' }, 'must be JSON such as'],
  [{ AUTH_STORE_CLAIM: 'a store' }, 'must be the name of a claim'],
  [{ AUTH_SCOPE_CLAIM: 'x'.repeat(201) }, 'at most 200 characters'],
])('%j is an invalid setting', (given, reason) => {
  expect(() => read(given)).toThrow(reason);
});
