export const session = {
  signIn: 'Sign in',
  signInOnceMore: 'Open the sign-in again',
  otherWindow: 'The sign-in goes on in another window.',
  signedOut: 'You are signed out.',
  framed: 'Sign in to choose files from the media library.',
  ended: 'Your session has ended',
  nothingIsLost:
    'Sign in again to go on. What you have entered is still here, and uploads continue.',
  notSignedIn: 'You are not signed in',
  detail: 'For the administrator: {{detail}}',
  problems: {
    notConfigured:
      'Nobody can sign in here yet. The administrator has to set LIBRARY_OIDC_ISSUER and LIBRARY_OIDC_CLIENT_ID at the gateway.',
    gatewayUnreachable:
      'The server of the media library cannot be reached at the moment. Check your connection and try again.',
    providerUnreachable:
      'The service for signing in cannot be reached at the moment. Try again in a minute.',
    originNotAllowed:
      'The page may not connect to the service for signing in. The administrator has to add its origin to LIBRARY_CONNECT_ORIGINS at the gateway.',
    providerRefused:
      'The service for signing in refused. Try again, or ask your administrator for access.',
    unknownSignIn: 'This sign-in was not started here, or took too long. Please start it again.',
    tokenRejected:
      'You are signed in, but the server of the media library does not accept that. The administrator finds the reason in its log: AUTH_ISSUER, AUTH_AUDIENCE and AUTH_JWKS_URL must match the service for signing in.',
    otherUser:
      'This is another user or another shop. Sign in as the user you were before; to work as another one, reload the page.',
    popupBlocked:
      'The browser blocked the window for signing in. Allow pop-ups for this page and try again.',
    noAccess:
      'Your account may not see the files. Ask your administrator for the right media:read.',
    failed: 'The sign-in did not work. Try again.',
  },
} as const;
