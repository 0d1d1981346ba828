import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Settings } from '../settings.ts';
import { Notice } from './notice.tsx';
import { Picker } from './picker.tsx';
import { usePage } from './use-page.ts';
import { Waiting } from './waiting.tsx';

/** The media library in a frame or a pop-up of another program, which receives the chosen files. */
export function PickerPage({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation('picker');
  const page = usePage(settings.pickerOrigins);
  switch (page.status) {
    case 'open':
      return <Picker request={page.request} send={page.send} />;
    case 'waiting':
      return <Waiting />;
    case 'alone':
      return (
        <Notice title={t('alone.title')} text={t('alone.text')}>
          <Link to="/">{t('alone.open')}</Link>
        </Notice>
      );
    case 'refused': {
      const { origin } = page;
      return <Notice title={t('refused.title')} text={t('refused.text', { origin })} />;
    }
    default:
      return <Notice title={t('misunderstood.title')} text={t('misunderstood.text')} />;
  }
}
