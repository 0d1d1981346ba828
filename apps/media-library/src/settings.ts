import * as v from 'valibot';

/** How users sign in, at an OpenID provider. */
const SignIn = v.object({
  issuer: v.string(),
  clientId: v.string(),
  scope: v.string(),
  audience: v.nullable(v.string()),
  resource: v.nullable(v.string()),
});
export type SignIn = v.InferOutput<typeof SignIn>;

/** What the operator of the gateway has configured. The gateway serves it at `/library/settings.json`. */
const Settings = v.object({
  /** Null: the library signs nobody in; in development, the gateway accepts requests without a token. */
  signIn: v.nullable(SignIn),
  /** The origins of pages that may show the picker. `http://localhost:*` means any port. */
  pickerOrigins: v.array(v.string()),
});
export type Settings = v.InferOutput<typeof Settings>;

/** @throws when the gateway cannot be reached, or answers with anything else */
export async function readSettings(): Promise<Settings> {
  const response = await fetch(`${import.meta.env.BASE_URL}settings.json`);
  if (!response.ok) throw new Error(`The gateway answered with status ${response.status}.`);
  return v.parse(Settings, await response.json());
}
