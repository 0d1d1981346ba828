export const files = {
  heading: 'Dateien',
  none: 'Hier gibt es keine Dateien.',
};
