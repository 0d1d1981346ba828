import type { JWTPayload } from 'jose';
import { z } from 'zod';

const MAX_NAME = 200;
/** Of scopes and roles in one token. A token has at most 8 kB anyway. */
const MAX_VALUES = 500;
const DEFAULT_SCOPE_CLAIM = 'scope';

const claimName = () =>
  z
    .string()
    .max(MAX_NAME, `must be at most ${MAX_NAME} characters`)
    .regex(/^\S+$/, 'must be the name of a claim, or a path such as realm_access.roles')
    .optional();

export const claimSettings = {
  AUTH_STORE_CLAIM: claimName(),
  AUTH_SCOPE_CLAIM: claimName(),
  AUTH_SCOPE_MAP: z.string().transform(readScopeMap).optional(),
};

/** Where an identity provider writes the store and the scopes, and what its roles mean. */
export interface TokenClaims {
  /** Absent: `store_id`. */
  readonly store?: string | undefined;
  /** Absent: `scope`. */
  readonly scope?: string | undefined;
  /** The scopes of a role. Values that are not listed are scopes. */
  readonly scopeMap?: ReadonlyMap<string, string> | undefined;
}

export const claimsOf = (given: z.output<z.ZodObject<typeof claimSettings>>): TokenClaims => ({
  store: given.AUTH_STORE_CLAIM,
  scope: given.AUTH_SCOPE_CLAIM,
  scopeMap: given.AUTH_SCOPE_MAP,
});

/**
 * `payload` with the claims `store_id` and `scope` as the gateway reads them. A claim is found by its whole name, which
 * may contain dots (`https://example.com/store`), or else by its path (`realm_access.roles`). Scopes are a text with
 * spaces or a list of texts; a store is a text or a list of one text.
 * @throws TypeError for a value of another type
 */
export function standardClaims(payload: JWTPayload, claims: TokenClaims): JWTPayload {
  const { store, scope, scopeMap } = claims;
  const standard: JWTPayload = { ...payload };
  if (store !== undefined) standard['store_id'] = onlyText(claimAt(payload, store));
  if (scope !== undefined || scopeMap) {
    const values = textsOf(claimAt(payload, scope ?? DEFAULT_SCOPE_CLAIM));
    standard['scope'] = values.map((value) => scopeMap?.get(value) ?? scopeOf(value)).join(' ');
  }
  return standard;
}

/** The name of a group can contain spaces; its words must not become scopes. */
const scopeOf = (value: string) => (value.includes(' ') ? '' : value);

function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let at: unknown = payload;
  for (const key of name.split('.')) {
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

function onlyText(claim: unknown): string {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  const [value] = values;
  if (typeof value === 'string' && values.length === 1) return value;
  throw new TypeError('The claim of the store is missing or is not one text.');
}

function textsOf(claim: unknown): string[] {
  const values: unknown[] = typeof claim === 'string' ? claim.split(' ') : toList(claim);
  const texts = values.filter((value) => typeof value === 'string' && value !== '');
  if (typeof claim !== 'string' && texts.length < values.length) throw notScopes();
  if (texts.length > MAX_VALUES) throw new TypeError('The token has too many scopes.');
  return texts.map(String);
}

function toList(claim: unknown): unknown[] {
  if (Array.isArray(claim)) return claim;
  throw notScopes();
}

const notScopes = () => new TypeError('The claim of the scopes is missing or has another type.');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ScopeMap = z.record(z.string().min(1), z.union([z.string(), z.array(z.string())]));

/** `{"editor": "media:read media:write"}`, or with lists of scopes. */
function readScopeMap(text: string, context: z.RefinementCtx): ReadonlyMap<string, string> {
  try {
    const map = ScopeMap.parse(JSON.parse(text));
    return new Map(Object.entries(map).map(([role, scopes]) => [role, [scopes].flat().join(' ')]));
  } catch {
    const message = 'must be JSON such as {"editor": "media:read media:write"}';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
}
