export const quota = {
  label: 'Speicherplatz',
  used: '{{used}} belegt',
  usedOf: '{{used}} von {{limit}} belegt',
};
