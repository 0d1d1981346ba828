import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { readStored, store } from '../shared/stored.ts';
import { english } from './english.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const isLanguage = (code: string | undefined): code is Language =>
  code !== undefined && code in LANGUAGES;
const STORED = 'media-library:language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: typeof english;
  }
}

/** Shows the language that was chosen before, else the one of the browser. German is loaded only where it is shown. */
export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: english },
    defaultNS: 'app',
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  });
  i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
  await showLanguage(preferred());
}

export async function changeLanguage(language: Language): Promise<void> {
  store(STORED, language);
  await showLanguage(language);
}

async function showLanguage(language: Language): Promise<void> {
  if (language === 'de' && !i18next.hasResourceBundle('de', 'app')) {
    const { german } = await import('./german.ts');
    for (const [name, texts] of Object.entries(german)) {
      i18next.addResourceBundle('de', name, texts);
    }
  }
  await i18next.changeLanguage(language);
}

function preferred(): Language {
  const wanted = [readStored(STORED), ...navigator.languages];
  for (const one of wanted) {
    const language = one?.split('-')[0];
    if (isLanguage(language)) return language;
  }
  return 'en';
}
