import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, changeLanguage, isLanguage } from '../language/language.ts';

const SCHEMES = ['light', 'dark', 'auto'] as const;

/** The language and the appearance, kept for the next visit. */
export default function Preferences() {
  const { t, i18n } = useTranslation('app');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={`${t('language')}, ${t('theme.label')}`}>
          <IconSettings aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('language')}</Menu.Label>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <Menu.RadioItem
            key={code}
            value={code}
            lang={code}
            checked={i18n.language === code}
            onClick={() => isLanguage(code) && void changeLanguage(code)}
          >
            {name}
          </Menu.RadioItem>
        ))}
        <Menu.Label>{t('theme.label')}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.RadioItem
            key={scheme}
            value={scheme}
            checked={colorScheme === scheme}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`theme.${scheme}`)}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
