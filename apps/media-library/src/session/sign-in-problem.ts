/** Why nobody is signed in. Each has texts in `messages.en.ts`. */
export type SignInProblemCode =
  /** The gateway needs a token, and has no setting that says where to get one. */
  | 'notConfigured'
  | 'gatewayUnreachable'
  | 'providerUnreachable'
  /** The content security policy allows no requests to this origin. */
  | 'originNotAllowed'
  /** The answer of the provider, for example that the user cancelled. */
  | 'providerRefused'
  /** An answer of the provider to a request that this window did not send, or sent long ago. */
  | 'unknownSignIn'
  /** The gateway does not accept the provider's token. */
  | 'tokenRejected'
  | 'otherUser'
  | 'popupBlocked'
  | 'noAccess'
  | 'failed';

export class SignInProblem extends Error {
  override readonly name = 'SignInProblem';
  readonly code: SignInProblemCode;
  /** For the operator: not translated. */
  readonly detail: string | undefined;

  constructor(
    code: SignInProblemCode,
    { detail, cause }: { detail?: string; cause?: unknown } = {},
  ) {
    super(detail ?? code, { cause });
    this.code = code;
    this.detail = detail;
  }
}

export const problemOf = (error: unknown): SignInProblem =>
  error instanceof SignInProblem
    ? error
    : new SignInProblem('failed', { detail: String(error), cause: error });
