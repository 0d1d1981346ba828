import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import classes from './navigation.module.css';

/** The links to the screens. The trash is a view of the files. */
export function Navigation() {
  const { t } = useTranslation('app');
  const { pathname, search } = useLocation();
  const isTrash = new URLSearchParams(search).get('trashed') === 'true';
  const isWork = pathname.startsWith('/work-lists');
  const screens = [
    { to: '/', text: t('files'), isCurrent: !isWork && !isTrash },
    { to: '/?trashed=true', text: t('trash'), isCurrent: !isWork && isTrash },
    { to: '/work-lists', text: t('work'), isCurrent: isWork },
  ];
  return (
    <nav className={classes['navigation']} aria-label={t('navigation')}>
      {screens.map(({ to, text, isCurrent }) => (
        <Link key={to} to={to} aria-current={isCurrent ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
