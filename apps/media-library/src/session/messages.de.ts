export const session = {
  signIn: 'Anmelden',
  signInOnceMore: 'Anmeldung noch einmal öffnen',
  otherWindow: 'Die Anmeldung geht in einem anderen Fenster weiter.',
  signedOut: 'Sie sind abgemeldet.',
  framed: 'Melden Sie sich an, um Dateien aus der Mediathek auszuwählen.',
  ended: 'Ihre Sitzung ist abgelaufen',
  nothingIsLost:
    'Melden Sie sich noch einmal an, um weiterzuarbeiten. Ihre Eingaben sind noch da, und Uploads gehen weiter.',
  notSignedIn: 'Sie sind nicht angemeldet',
  detail: 'Für die Administration: {{detail}}',
  problems: {
    notConfigured:
      'Hier kann sich noch niemand anmelden. Die Administration muss am Gateway LIBRARY_OIDC_ISSUER und LIBRARY_OIDC_CLIENT_ID einstellen.',
    gatewayUnreachable:
      'Der Server der Mediathek ist gerade nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
    providerUnreachable:
      'Der Anmeldedienst ist gerade nicht erreichbar. Versuchen Sie es in einer Minute noch einmal.',
    originNotAllowed:
      'Die Seite darf sich nicht mit dem Anmeldedienst verbinden. Die Administration muss dessen Origin am Gateway in LIBRARY_CONNECT_ORIGINS eintragen.',
    providerRefused:
      'Der Anmeldedienst hat abgelehnt. Versuchen Sie es noch einmal, oder bitten Sie Ihre Administration um Zugang.',
    unknownSignIn:
      'Diese Anmeldung wurde nicht hier begonnen oder hat zu lange gedauert. Bitte beginnen Sie noch einmal.',
    tokenRejected:
      'Sie sind angemeldet, aber der Server der Mediathek erkennt das nicht an. Die Administration findet den Grund in seinem Protokoll: AUTH_ISSUER, AUTH_AUDIENCE und AUTH_JWKS_URL müssen zum Anmeldedienst passen.',
    otherUser:
      'Das ist ein anderes Konto oder ein anderer Shop. Melden Sie sich mit dem bisherigen Konto an. Wenn Sie mit einem anderen arbeiten wollen, laden Sie die Seite neu.',
    popupBlocked:
      'Der Browser hat das Fenster für die Anmeldung blockiert. Erlauben Sie Pop-ups für diese Seite und versuchen Sie es noch einmal.',
    noAccess:
      'Ihr Konto darf die Dateien nicht sehen. Bitten Sie Ihre Administration um das Recht media:read.',
    failed: 'Die Anmeldung hat nicht funktioniert. Versuchen Sie es noch einmal.',
  },
};
