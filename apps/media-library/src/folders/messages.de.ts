export const folders = {
  heading: 'Ordner',
  all: 'Alle Dateien',
  count_one: '{{count, number}} Datei',
  count_other: '{{count, number}} Dateien',
  create: 'Neuer Ordner',
  actions: 'Aktionen für den Ordner',
  menu: { rename: 'Umbenennen…', move: 'Verschieben nach…', delete: 'Löschen…' },
  title: {
    create: 'Neuer Ordner',
    rename: 'Ordner umbenennen',
    move: 'Ordner verschieben',
    delete: 'Ordner löschen',
  },
  do: { create: 'Anlegen', rename: 'Umbenennen', move: 'Verschieben', delete: 'Löschen' },
  name: 'Name',
  parent: 'In Ordner',
  top: 'Keiner (oberste Ebene)',
  cancel: 'Abbrechen',
  deleteHint: 'Nur ein leerer Ordner kann gelöscht werden.',
  moved: 'Der Ordner ist jetzt unter {{path}}.',
  failed: 'Die Ordner konnten nicht geladen werden.',
  retry: 'Noch einmal versuchen',
  unreachable:
    'Der Server hat nicht geantwortet, daher wurde nichts geändert. Versuchen Sie es noch einmal.',
  error: {
    gone: 'Diesen Ordner gibt es nicht mehr.',
    notEmpty:
      'Der Ordner enthält noch Dateien oder Ordner. Verschieben oder löschen Sie diese zuerst und dann den Ordner.',
    exists: 'Es gibt schon einen Ordner mit diesem Namen. Wählen Sie einen anderen Namen.',
    invalid:
      'Der Ordner wurde nicht geändert. Wählen Sie einen anderen Namen oder Ort: Vielleicht gibt es ihn dort schon, oder der Name ist zu lang oder nicht zulässig. ({{message}})',
    other: 'Der Ordner wurde nicht geändert. Versuchen Sie es noch einmal. ({{message}})',
  },
};
