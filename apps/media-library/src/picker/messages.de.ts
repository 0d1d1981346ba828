export const picker = {
  title: { one: 'Datei auswählen', many: 'Dateien auswählen' },
  cancel: 'Abbrechen',
  use_one: '{{count}} Datei verwenden',
  use_other: '{{count}} Dateien verwenden',
  use_zero: 'Verwenden',
  selected_zero: 'Noch ist nichts ausgewählt.',
  selected_one: '{{count}} Datei ist ausgewählt.',
  selected_other: '{{count}} Dateien sind ausgewählt.',
  most: 'Sie können höchstens {{count}} Dateien auf einmal auswählen.',
  chosen: 'Ausgewählte Dateien, in dieser Reihenfolge',
  remove: '{{name}} aus der Auswahl entfernen',
  notReady:
    'Eine der Dateien wird noch geprüft oder wurde abgelehnt. Entfernen Sie diese Datei, oder versuchen Sie es später noch einmal.',
  wrongType:
    'Eine der Dateien hat einen Typ, der hier nicht verwendet werden kann. Entfernen Sie diese Datei.',
  failed:
    'Die Dateien konnten nicht gelesen werden. Ihre Auswahl bleibt erhalten: Versuchen Sie es noch einmal.',
  gone: 'Eine der Dateien gibt es nicht mehr. Wählen Sie die Dateien noch einmal aus.',
  alone: {
    title: 'Diese Seite gehört zu anderen Programmen',
    text: 'Andere Programme öffnen sie, um Dateien auszuwählen. Ihre Dateien sehen und ändern Sie in der Mediathek.',
    open: 'Mediathek öffnen',
  },
  refused: {
    title: 'Dieses Programm darf die Mediathek nicht verwenden',
    text: 'Es hat die Adresse {{origin}}. Bitten Sie die Betreiber der Mediathek, es zu erlauben: Sie können diese Adresse in der Einstellung LIBRARY_PICKER_ORIGINS ergänzen.',
  },
  misunderstood: {
    title: 'Das Programm verlangt etwas, das diese Mediathek nicht kennt',
    text: 'Wahrscheinlich braucht es eine andere Version der Mediathek. Bitte melden Sie das den Betreibern des Programms.',
  },
  silent: {
    title: 'Das Programm antwortet nicht',
    text: 'Es hat die Mediathek geöffnet, sagt aber nicht, was Sie auswählen möchten. Schließen Sie dieses Fenster und öffnen Sie es noch einmal.',
  },
};
