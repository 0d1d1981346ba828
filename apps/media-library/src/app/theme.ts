import { createTheme } from '@mantine/core';

/** System fonts, and a primary colour with sufficient contrast on both backgrounds (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  fontFamily: 'system-ui, sans-serif',
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: 'sm',
  components: {
    // A `<header>` in a dialog would count as a second one of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    // Like the labels of other fields.
    Fieldset: { styles: { legend: { fontWeight: 'var(--mantine-font-weight-medium)' } } },
    // Only elements with a role can have a label.
    Loader: { defaultProps: { role: 'status' } },
  },
});
